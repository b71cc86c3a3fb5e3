"""One simulated company, built and scored once for all tests of the whole way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo import simulate
from ml import cli as lead_ml
from tests.pipeline.demo_company import Company

PROJECT = Path(__file__).resolve().parents[2]
NO_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory, run_dbt: Callable[..., Any]) -> Company:
    """Simulate, build, train, make the version champion, and score."""
    folder = tmp_path_factory.mktemp("company")
    raw, truth, db = folder / "raw", folder / "truth", folder / "warehouse.duckdb"
    assert simulate.main(["--leads", "2500", "--out", str(raw), "--truth", str(truth)]) in (0, None)
    built = run_dbt(["build", *NO_UNIT_TESTS], raw=raw, db=db)
    assert built.success, built.log
    in_project = ["--db", str(db), "--project-dir", str(PROJECT)]
    assert lead_ml.main(["train", *in_project]) == 0
    with duckdb.connect(str(db)) as connection:
        [(version, passed)] = connection.execute(
            "select model_version, gate_passed from ml.model_versions"
        ).fetchall()
    if not passed:
        assert lead_ml.main(["promote", version, "--force", *in_project]) == 0
    assert lead_ml.main(["compare", *in_project]) == 0
    scored = run_dbt(["build", "--select", "source:ml+", *NO_UNIT_TESTS], raw=raw, db=db)
    assert scored.success, scored.log
    return Company(db, truth)


@pytest.fixture(scope="session")
def truth(company: Company) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((company.truth / "truth_summary.json").read_text())
    return summary
