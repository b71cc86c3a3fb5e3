"""After an update, what no model makes any more can be dropped, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tests.dbt_runs import RunDbt
from tests.pipeline.small_company import SmallCompany

TABLES = "select table_schema, table_name from information_schema.tables"


def test_only_what_no_model_makes_is_dropped(
    small_company: SmallCompany, run_dbt: RunDbt, tmp_path: Path
) -> None:
    db = Path(shutil.copy(small_company.whole, tmp_path / "warehouse.duckdb"))
    with duckdb.connect(str(db)) as connection:
        before = set(connection.execute(TABLES).fetchall())
        connection.execute("create table intermediate.int_of_old as select 1 as one")
        connection.execute('create table intermediate."Of Old" as select 1 as one')
        connection.execute("create view staging.stg_of_old as select 1 as one")
        connection.execute("create table main.of_somebody_else as select 1 as one")
        connection.execute("create table marts.of_an_analyst as select 1 as one")
    run = run_dbt(["run-operation", "drop_unmade"], raw=small_company.raw, db=db)
    assert run.success, run.log
    assert "Dropping intermediate.int_of_old, which no model makes." in run.log
    with duckdb.connect(str(db), read_only=True) as connection:
        after = set(connection.execute(TABLES).fetchall())
    assert after == before | {("main", "of_somebody_else"), ("marts", "of_an_analyst")}


def test_nothing_is_dropped_while_other_rules_are_tried(
    small_company: SmallCompany, run_dbt: RunDbt, tmp_path: Path
) -> None:
    db = Path(shutil.copy(small_company.whole, tmp_path / "warehouse.duckdb"))
    with duckdb.connect(str(db), read_only=True) as connection:
        before = connection.execute(TABLES).fetchall()
    run = run_dbt(
        ["run-operation", "drop_unmade"],
        raw=small_company.raw,
        db=db,
        variables={"points_rules_file": "rules.csv"},
    )
    assert not run.success
    assert "Run it without the variable points_rules_file" in run.log
    with duckdb.connect(str(db), read_only=True) as connection:
        assert sorted(connection.execute(TABLES).fetchall()) == sorted(before)
