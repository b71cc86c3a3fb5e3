"""A copy goes on with the large tables of the last one, and equals one made from nothing."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from lead_funnel.publish import copy as copying
from lead_funnel.publish.copy import publish

Rows = list[tuple[object, ...]]
TIMELINE = "marts.fct_lead_timeline"
SECRET = "a page only one person saw"


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """Give a warehouse with a timeline of a thousand leads."""
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as writer:
        for schema in ("marts", "ml", "staging", "sync"):
            writer.execute(f"create schema {schema}")
        writer.execute(
            f"create table {TIMELINE} as select md5(lead::text)::uuid as lead_key, event, "
            "'page ' || event as content_id, 'v1' as lead_version "
            "from range(1000) as leads(lead), range(20) as events(event)"
        )
        writer.execute("create table marts.dim_leads as select 'mine' as owner_id, 1 as lead")
        writer.execute("create table marts.publishing_rules as select false as rep_level_reporting")
        writer.execute("create table staging.erased_rows as select 1 as row_key where false")
    return file


def copy_of(file: Path) -> Path:
    return file.with_name("copy.duckdb")


def publish_again(file: Path) -> None:
    publish(file, copy_of(file), accept_changes=True)


def rows_of(file: Path, table: str) -> Rows:
    with duckdb.connect(str(file), read_only=True) as reader:
        return reader.execute(f"select * from {table} order by all").fetchall()


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """List the tables of which only differing leads were written."""
    names: list[str] = []
    usual = copying.replace_leads

    def noted(source: duckdb.DuckDBPyConnection, copy: str, table: tuple[str, str]) -> None:
        names.append(".".join(table))
        usual(source, copy, table)

    monkeypatch.setattr(copying, "replace_leads", noted)
    yield names


def change(file: Path, *statements: str) -> None:
    with duckdb.connect(str(file)) as writer:
        for statement in statements:
            writer.execute(statement)


NIGHTS = {
    "a lead with other rows": [
        f"update {TIMELINE} set event = event + 100, lead_version = 'v2' "
        "where lead_key in (select md5(lead::text)::uuid from range(7) as leads(lead))",
    ],
    "a lead that is gone": [f"delete from {TIMELINE} where lead_key = md5('3')::uuid"],
    "a lead that is new": [
        f"insert into {TIMELINE} values (md5('new')::uuid, 1, 'page 1', 'v1')",
    ],
    "rows that came or went under the same version": [
        f"delete from {TIMELINE} where lead_key = md5('4')::uuid and event > 10",
    ],
    "nothing": [],
}


@pytest.mark.parametrize("night", NIGHTS)
def test_rows_of_leads_that_differ_are_replaced(
    night: str, grown: Path, replaced: list[str]
) -> None:
    publish_again(grown)
    assert not replaced
    change(grown, *NIGHTS[night], "update marts.dim_leads set lead = 2")
    publish_again(grown)
    assert replaced == [TIMELINE]
    assert rows_of(copy_of(grown), TIMELINE) == rows_of(grown, TIMELINE)
    assert rows_of(copy_of(grown), "marts.dim_leads") == [(None, 2)]


def test_a_table_that_is_no_longer_made_leaves_the_copy(grown: Path) -> None:
    change(grown, "create table marts.of_old as select 1 as one")
    publish_again(grown)
    change(grown, "drop table marts.of_old")
    publish_again(grown)
    with duckdb.connect(str(copy_of(grown)), read_only=True) as reader:
        tables = reader.execute("select table_name from duckdb_tables() order by all").fetchall()
    assert tables == [("dim_leads",), ("fct_lead_timeline",), ("publishing_rules",)]


ANEW = {
    "more columns": [f"alter table {TIMELINE} add column more int"],
    "another type": [f"alter table {TIMELINE} alter event type varchar"],
    "somebody erased": [
        "insert into staging.erased_rows values (1)",
        f"delete from {TIMELINE} where content_id = '{SECRET}'",
    ],
    "reps told of before, and not now": [
        "update marts.publishing_rules set rep_level_reporting = false",
    ],
}


@pytest.mark.parametrize("reason", ANEW)
def test_a_copy_is_made_from_nothing_where_the_last_holds_what_it_must_not(
    reason: str, grown: Path, replaced: list[str]
) -> None:
    change(
        grown,
        f"insert into {TIMELINE} values (md5('1')::uuid, 1, '{SECRET}', 'v1')",
        f"update marts.publishing_rules set rep_level_reporting = {reason.startswith('reps')}",
    )
    publish_again(grown)
    assert SECRET.encode() in copy_of(grown).read_bytes()
    change(grown, *ANEW[reason])
    publish_again(grown)
    assert not replaced
    assert rows_of(copy_of(grown), TIMELINE) == rows_of(grown, TIMELINE)
    if reason == "somebody erased":
        assert SECRET.encode() not in copy_of(grown).read_bytes()


def test_a_copy_by_an_earlier_release_is_replaced(grown: Path, replaced: list[str]) -> None:
    publish_again(grown)
    change(copy_of(grown), f"comment on table {TIMELINE} is null")
    publish_again(grown)
    assert not replaced
    assert rows_of(copy_of(grown), TIMELINE) == rows_of(grown, TIMELINE)


def test_a_file_that_is_no_database_is_replaced(grown: Path) -> None:
    copy_of(grown).write_text("half a copy")
    publish_again(grown)
    assert rows_of(copy_of(grown), TIMELINE) == rows_of(grown, TIMELINE)
