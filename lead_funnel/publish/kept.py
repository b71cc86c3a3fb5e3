"""Tables that a copy takes over from the last one, but for the leads that differ.

The largest marts hold with each row the version of its lead. To write them anew is most of what a
copy costs, and in a night few leads change. So the file of the last copy is copied as it is, the
rows of leads that differ are replaced, and only the other tables are made anew.

DuckDB leaves in the free blocks of a file what it deletes. A copy is therefore made from nothing
where more, less or something else was erased since the last one, or that one tells of single reps
and the new one does not.
"""

import shutil
from pathlib import Path

import duckdb

from lead_funnel.publish.files import attach_to_write, remove_database
from lead_funnel.publish.people import BLANKED, is_rep_level
from lead_funnel.publish.rewrite import erased_version
from lead_funnel.warehouse import Connection, quoted

VERSION = "lead_version"
Table = tuple[str, str]
"""Schema and name."""


def begin_copy(
    source: Connection, last: Path, aside: Path, copy: str, tables: list[Table]
) -> list[Table]:
    """Attach the file of a new copy; gives the tables that it has of the last one.

    Parameters
    ----------
    source : duckdb.DuckDBPyConnection
        The warehouse.
    last, aside : pathlib.Path
        The last copy, if there is one, and the new file.
    copy : str
        What the new file is called in the connection.
    tables : list of (schema, table)
        What is to be copied.
    """
    kept = [table for table in tables if _is_by_lead(source, table)]
    if kept and last.is_file():
        shutil.copyfile(last, aside)
        try:
            attach_to_write(source, aside, copy)
            if all(_goes_on(source, copy, table) for table in kept):
                _drop_others(source, copy, kept)
                return kept
            source.execute(f"detach {quoted(copy)}")
        except duckdb.Error:
            # It is to be replaced, whatever it is.
            source.execute(f"detach database if exists {quoted(copy)}")
        remove_database(aside)
    attach_to_write(source, aside, copy)
    return []


def replace_leads(source: Connection, copy: str, table: Table) -> None:
    """Replace in a table of the copy the rows of the leads that differ."""
    copied = quoted(copy, *table)
    made, kept = (
        f"(select lead_key, max({VERSION}) as version, count(*) as lead_rows "  # noqa: S608
        f"from {relation} group by lead_key)"
        for relation in (quoted(*table), copied)
    )
    source.execute(
        f"create or replace temp table differing_leads as select lead_key from {made} as made "  # noqa: S608
        f"full outer join {kept} as kept using (lead_key) where made.version is distinct from "
        "kept.version or made.lead_rows is distinct from kept.lead_rows"
    )
    differing = "where lead_key in (select lead_key from differing_leads)"
    source.execute(f"delete from {copied} {differing}")  # noqa: S608
    source.execute(f"insert into {copied} select * from {quoted(*table)} {differing}")  # noqa: S608


def mark(source: Connection, copy: str, table: Table) -> None:
    """Write beside a table that the next copy may keep what the file is free of."""
    if _is_by_lead(source, table):
        source.execute(f"comment on table {quoted(copy, *table)} is '{_free_of(source)}'")


def _is_by_lead(source: Connection, table: Table) -> bool:
    names = [column for column, _ in _columns(source, None, table)]
    return {"lead_key", VERSION} <= {*names} and table not in BLANKED


def _goes_on(source: Connection, copy: str, table: Table) -> bool:
    """Tell whether the last copy has a table of the same columns, free of the same."""
    comments = source.execute(
        "select comment from duckdb_tables() "
        "where database_name = ? and schema_name = ? and table_name = ?",
        [copy, *table],
    ).fetchall()
    return comments == [(_free_of(source),)] and (
        _columns(source, copy, table) == _columns(source, None, table)
    )


def _free_of(source: Connection) -> str:
    return f"rep-level {is_rep_level(source)}, erased {erased_version(source)}"


def _columns(source: Connection, database: str | None, table: Table) -> list[tuple[str, str]]:
    return source.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = coalesce(?, current_database()) "
        "and schema_name = ? and table_name = ? order by column_index",
        [database, *table],
    ).fetchall()


def _drop_others(source: Connection, copy: str, kept: list[Table]) -> None:
    """Drop what is made anew, so that its place in the file is free."""
    found = source.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ?", [copy]
    ).fetchall()
    for table in found:
        if table not in kept:
            source.execute(f"drop table {quoted(copy, *table)}")
    source.execute(f"checkpoint {quoted(copy)}")
