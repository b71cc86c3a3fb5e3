"""What the tests of the project's structure look at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_runs import RunDbt


@pytest.fixture(scope="session")
def manifest(run_dbt: RunDbt, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What dbt made of the project when it read it."""
    folder = tmp_path_factory.mktemp("structure")
    parsed = run_dbt(["parse"], raw=folder, db=folder / "warehouse.duckdb")
    assert parsed.success, parsed.log
    return parsed.result
