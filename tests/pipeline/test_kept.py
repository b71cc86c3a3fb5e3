"""What would be made of the same is kept, if the build says so, and nothing else is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.small_company import SmallCompany

SEED, MAP = "seeds.crm_status_map", "intermediate.stage_map"
BUILD = ["build", "--select", "+stage_map", "--exclude-resource-type", "unit_test"]
Made = Callable[[str], set[str]]


@pytest.fixture
def db(small_company: SmallCompany, tmp_path: Path) -> Path:
    return Path(shutil.copy(small_company.whole, tmp_path / "warehouse.duckdb"))


@pytest.fixture
def made(
    small_company: SmallCompany, db: Path, run_dbt: RunDbt, monkeypatch: pytest.MonkeyPatch
) -> Made:
    """Build as of a version of the code, and give the tables that were not kept."""

    def build(version: str) -> set[str]:
        monkeypatch.setenv("LEAD_FUNNEL_KEEP", version)
        run = run_dbt(BUILD, raw=small_company.raw, db=db)
        assert run.success, run.log
        return {
            result.node.name
            for result in run.result.results
            if result.node.resource_type in ("seed", "model") and result.message != "KEPT"
        }

    return build


def do(db: Path, *statements: str) -> None:
    with duckdb.connect(str(db)) as connection:
        for statement in statements:
            connection.execute(statement)


def comment(db: Path, table: str) -> str:
    """What a table remembers; empty where it remembers nothing."""
    with duckdb.connect(str(db), read_only=True) as connection:
        found = connection.execute(
            "select comment from duckdb_tables() where schema_name || '.' || table_name = ?",
            [table],
        ).fetchall()
    return str(found[0][0] or "")


def test_what_stands_is_kept_until_what_it_reads_differs(db: Path, made: Made) -> None:
    every = made("1")
    assert every > {"crm_status_map", "stages", "stage_map"}
    assert made("1") == set()

    # Another version of the Python code may make other rows of the same SQL.
    assert made("2") == every

    # A seed that is loaded again and holds what it held keeps what hangs on it.
    held = comment(db, SEED).split(" ")[1]
    do(db, f"comment on table {SEED} is 'made_of=another {held}'")
    assert made("2") == {"crm_status_map"}
    assert comment(db, SEED).split(" ")[1] == held

    # One that holds something else does not.
    of = comment(db, SEED).split(" ")[0]
    do(db, f"comment on table {SEED} is '{of} holds=another'")
    assert made("2") == {"stage_map"}

    # Nor does one that something else wrote, which remembers nothing.
    do(db, f"comment on table {SEED} is null")
    assert "crm_status_map" in made("2")
    do(db, f"drop table {MAP}")
    assert made("2") == {"stage_map"}
    do(db, f"create or replace table {MAP} as from {MAP}")
    assert made("2") == {"stage_map"}
    assert made("2") == set()

    # dbt by itself makes everything, and leaves nothing that a later build could believe.
    assert made("") == every
    assert comment(db, SEED) == comment(db, MAP) == ""


def test_a_test_that_passed_is_run_again_when_rows_differ(
    small_company: SmallCompany, db: Path, made: Made, run_dbt: RunDbt
) -> None:
    test = ["test", "--select", "stage_map"]
    made("1")
    # What no build did, no comment tells: the test that passed before is not run.
    do(db, f"insert into {MAP} from {MAP} limit 1")
    assert run_dbt(test, raw=small_company.raw, db=db).success
    do(db, f"comment on table {MAP} is 'made_of=1 holds=2'")
    failing = run_dbt(test, raw=small_company.raw, db=db)
    assert not failing.success
    # And it is run until it passes.
    again = run_dbt(test, raw=small_company.raw, db=db)
    assert again.messages.keys() == failing.messages.keys()
    assert made("1") == {"stage_map"}
    assert run_dbt(test, raw=small_company.raw, db=db).success
