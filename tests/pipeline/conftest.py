"""What several tests of whole builds share: a scored company, and a small one built in two ways."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo import simulate
from ml.commands import cli as lead_ml
from tests.dbt_runs import DbtRun, Once, RunDbt
from tests.pipeline.demo_company import BERLIN, Company
from tests.pipeline.planted_people import Planted, people, write_raw
from tests.pipeline.raw_files import LEADS, Build
from tests.pipeline.small_company import SmallCompany

PROJECT = Path(__file__).resolve().parents[2]
NO_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]
BUILT = [
    "--select",
    "+fct_lead_timeline",
    "+fct_training_examples",
    "+fct_lead_features",
    "+fct_stage_transitions",
    *("--exclude-resource-type", "test"),
    *("--exclude-resource-type", "unit_test"),
]
# What is compared with the truth where no points count lies in these areas.
AREAS_OF_TRUTH = ("cycles", "handoffs", "funnel")
NIGHTS = ["2026-01-15 03:00:00", "2026-04-01 03:00:00"]


@pytest.fixture(scope="session")
def company(once: Once, run_dbt: RunDbt) -> Company:
    """Simulate, build, train, make the version champion, and score; only to be read."""

    def fill(folder: Path) -> None:
        raw, truth, db = folder / "raw", folder / "truth", folder / "warehouse.duckdb"
        simulated = simulate.main(["--leads", "2500", "--out", str(raw), "--truth", str(truth)])
        assert simulated in (0, None)
        # As `make build` does it.
        built = run_dbt(["build", "--exclude", "source:ml+", *NO_UNIT_TESTS], raw=raw, db=db)
        assert built.success, built.log
        in_project = ["--db", str(db), "--project-dir", str(PROJECT)]
        assert lead_ml.main(["train", "--compare", *in_project]) == 0
        with duckdb.connect(str(db)) as connection:
            [(version, passed)] = connection.execute(
                "select model_version, gate_passed from ml.model_versions"
            ).fetchall()
        if not passed:
            assert lead_ml.main(["promote", version, "--force", *in_project]) == 0
        scored = run_dbt(["build", "--select", "source:ml+", *NO_UNIT_TESTS], raw=raw, db=db)
        assert scored.success, scored.log

    folder = once("company", fill)
    return Company(folder / "warehouse.duckdb", folder / "truth")


@pytest.fixture(scope="session")
def truth(company: Company) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((company.truth / "truth_summary.json").read_text())
    return summary


@pytest.fixture(scope="session")
def by_crm(company: Company, run_dbt: RunDbt, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The same company by its CRM's word alone, reported in Berlin's time.

    No points suffice to hand a lead over. What reads it runs on one worker: tests/conftest.py.
    """
    db = tmp_path_factory.mktemp("by_crm") / "warehouse.duckdb"
    db.write_bytes(company.db.read_bytes())
    with duckdb.connect(str(db)) as connection:
        connection.execute(
            "update seeds.points_thresholds set value = 1000000 where name = 'behavior'"
        )
    built = run_dbt(
        ["run", "--select", *(f"points_crossings+,+marts.{area}" for area in AREAS_OF_TRUTH)],
        raw=company.truth.parent / "raw",
        db=db,
        variables={"reporting_time_zone": BERLIN.key},
    )
    assert built.success, built.log
    return replace(company, db=db)


@pytest.fixture(scope="session")
def small_company(once: Once, run_dbt: RunDbt) -> SmallCompany:
    """Only to be read."""

    def of(folder: Path) -> SmallCompany:
        return SmallCompany(
            folder / "nightly" / "warehouse.duckdb",
            folder / "whole" / "warehouse.duckdb",
            folder / "raw",
        )

    def fill(folder: Path) -> None:
        raw, company = folder / "raw", of(folder)
        simulate.main(["--leads", "300", "--out", str(raw), "--truth", str(folder / "truth")])
        company.nightly.parent.mkdir()
        company.whole.parent.mkdir()
        for night in NIGHTS:
            run = run_dbt(
                ["build", *BUILT], raw=raw, db=company.nightly, variables={"as_of": night}
            )
            assert run.success, run.log
        for db in (company.nightly, company.whole):
            run = run_dbt(["build", *BUILT], raw=raw, db=db)
            assert run.success, run.log

    return of(once("small_company", fill))


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Planted:
    """Build everything that contacts people, of people in every state there is."""
    folder = tmp_path_factory.mktemp("planted")
    everybody = people()
    write_raw(everybody, folder / "raw")
    chosen = ["+nurture_queue", "+routable_leads", "+crm_lead_sync", "+handoff_decisions"]
    no_tests = ["--exclude-resource-type", "unit_test", "test"]
    db = folder / "warehouse.duckdb"
    run = run_dbt(["build", "--select", *chosen, *no_tests], raw=folder / "raw", db=db)
    assert run.success, run.log
    return Planted(db, everybody)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Path:
    (tmp_path / "db").mkdir()
    return tmp_path / "db" / "warehouse.duckdb"


@pytest.fixture
def build(run_dbt: RunDbt, raw: Path, db: Path) -> Build:
    """Build one selection, without data tests unless asked to; nobody ever sees a traceback.

    Unit tests read no raw rows, and test_stories runs all of them.
    """

    def run(selection: list[str] = LEADS, has_tests: bool = False, **more: Any) -> DbtRun:
        left_out = ["unit_test"] if has_tests else ["test", "unit_test"]
        words = ["build", *selection, "--exclude-resource-type", *left_out]
        outcome = run_dbt(words, **{"raw": raw, "db": db, **more})
        assert "Traceback" not in outcome.log
        return outcome

    return run
