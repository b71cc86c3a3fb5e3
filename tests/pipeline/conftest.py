"""What several tests of whole builds share: one small company, built in two ways."""

from __future__ import annotations

import pytest

from demo import simulate
from tests.dbt_runs import RunDbt
from tests.pipeline.small_company import SmallCompany

BUILT = [
    "--select",
    "+fct_lead_timeline",
    "+fct_training_examples",
    "fct_stage_transitions",
    "int_points_running",
    *("--exclude-resource-type", "test"),
    *("--exclude-resource-type", "unit_test"),
]
NIGHTS = ["2026-01-15 03:00:00", "2026-04-01 03:00:00"]


@pytest.fixture(scope="session")
def small_company(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> SmallCompany:
    folder = tmp_path_factory.mktemp("small_company")
    raw = folder / "raw"
    simulate.main(["--leads", "300", "--out", str(raw), "--truth", str(folder / "truth")])
    company = SmallCompany(folder / "nightly" / "w.duckdb", folder / "whole" / "w.duckdb")
    company.nightly.parent.mkdir()
    company.whole.parent.mkdir()
    for night in NIGHTS:
        run = run_dbt(["build", *BUILT], raw=raw, db=company.nightly, variables={"as_of": night})
        assert run.success, run.log
    for db in (company.nightly, company.whole):
        run = run_dbt(["build", *BUILT], raw=raw, db=db)
        assert run.success, run.log
    return company
