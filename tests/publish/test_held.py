"""A build says how much memory it held, and how much DuckDB spilled."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lead_funnel.held import most_memory, temporary_folder, watched


@pytest.mark.slow
def test_what_is_spilled_is_seen(tmp_path: Path) -> None:
    db = tmp_path / "warehouse.duckdb"
    limits = {"memory_limit": "60MB", "threads": 1, "temp_directory": str(temporary_folder(db))}
    with watched(db) as held, duckdb.connect(str(db), config=limits) as connection:
        connection.execute(
            "create table sorted as "
            "select hash(number) as hashed, number from range(8_000_000) as given(number) "
            "order by 1"
        )
    assert held.spilled > 10 * 2**20
    assert re.search(r"spilled to disk: [\d.]+ (MB|GB) at most\.$", str(held))


def test_where_all_fits_nothing_is_spilled(tmp_path: Path) -> None:
    db = tmp_path / "warehouse.duckdb"
    with watched(db) as held, duckdb.connect(str(db)) as connection:
        connection.execute("create table one as select 1 as one")
    assert held.spilled == 0
    assert str(held).endswith("spilled to disk: nothing.")


def test_memory_of_whoever_started_a_run_is_not_its_own() -> None:
    program = "from lead_funnel.held import most_memory; print(most_memory())"
    held = b"x" * 300 * 2**20
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert 2**20 < int(ended.stdout) < len(held)
    assert most_memory() > len(held)
