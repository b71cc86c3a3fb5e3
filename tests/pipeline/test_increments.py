"""Nightly increments end in the tables that one full build of the same rows gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo import simulate

BUILT = ["--select", "+fct_lead_timeline", "int_points_running", "--exclude-resource-type", "test"]
NIGHTS = ["2026-01-15 03:00:00", "2026-04-01 03:00:00"]


@pytest.fixture(scope="module")
def warehouses(
    tmp_path_factory: pytest.TempPathFactory, run_dbt: Callable[..., Any]
) -> tuple[Path, Path]:
    """One warehouse built night by night, one built at once."""
    folder = tmp_path_factory.mktemp("increments")
    raw = folder / "raw"
    simulate.main(["--leads", "300", "--out", str(raw), "--truth", str(folder / "truth")])
    nightly, whole = folder / "nightly" / "w.duckdb", folder / "whole" / "w.duckdb"
    for night in NIGHTS:
        nightly.parent.mkdir(exist_ok=True)
        run = run_dbt(["build", *BUILT], raw=raw, db=nightly, variables={"as_of": night})
        assert run.success, run.log
    whole.parent.mkdir()
    for db in (nightly, whole):
        run = run_dbt(["build", *BUILT], raw=raw, db=db)
        assert run.success, run.log
    return nightly, whole


def test_every_table_is_the_same_as_after_one_full_build(warehouses: tuple[Path, Path]) -> None:
    nightly, whole = warehouses
    with duckdb.connect(str(whole), read_only=True) as connection:
        connection.execute(f"attach '{nightly}' as nightly (read_only)")
        tables = connection.execute(
            """
            select
                table_schema || '.' || table_name,
                string_agg(
                    case
                        when data_type = 'DOUBLE' then 'round(' || column_name || ', 6)'
                        else column_name
                    end, ', '
                )
            from information_schema.columns
            where table_catalog != 'nightly' and table_schema in ('intermediate', 'marts')
            group by 1
            """
        ).fetchall()
        assert len(tables) > 30
        for table, columns in tables:
            [(rows, differing)] = connection.execute(
                f"""
                select (select count(*) from {table}), count(*) from (
                    (select {columns} from {table}
                     except all select {columns} from nightly.{table})
                    union all
                    (select {columns} from nightly.{table}
                     except all select {columns} from {table})
                )
                """
            ).fetchall()
            assert differing == 0, f"{table}: {differing} of {rows} rows differ"
