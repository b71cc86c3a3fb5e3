"""The company of messy rows, built once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt_runs import Once, RunDbt
from tests.messy.company import Messy, write_raw


@pytest.fixture(scope="session")
def messy(once: Once, run_dbt: RunDbt) -> Messy:
    """Build everything, data tests too: no odd value fails one."""

    def fill(folder: Path) -> None:
        write_raw(folder / "raw")
        built = run_dbt(
            ["build", "--exclude-resource-type", "unit_test"],
            raw=folder / "raw",
            db=folder / "warehouse.duckdb",
        )
        assert built.success, built.log

    return Messy(once("messy", fill) / "warehouse.duckdb")
