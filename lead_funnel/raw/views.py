"""The views over the files of a folder, one per raw table, as SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.raw.contract import Table
from lead_funnel.raw.files import Found, path_list, quoted
from lead_funnel.raw.readers import READERS, Reader

SHOWN_STRANGERS = 5
NO_ROWS = Reader((), "(select 1) where false", {})


def raw_selects(
    connection: duckdb.DuckDBPyConnection,
    folder: str,
    found: Found,
    tables: Mapping[str, Table],
    loaded: Collection[str],
    needed: bool = True,
) -> dict[str, str]:
    """Say how each raw table is read from the files found in a folder.

    Parameters
    ----------
    loaded : collection of str
        Raw tables that a loader wrote as tables.
    needed : bool
        Whether it is an error that there is nothing at all.

    Returns
    -------
    dict of str to str
        By raw table, the query of its view. Tables that a loader wrote have none; without any
        file and any such table, none has.

    Raises
    ------
    UserError
        If a file cannot be read, is no file of its table, or stands beside a loaded table.
    """
    if not found.tables and not loaded:
        if needed:
            raise UserError(
                f"No raw tables in the folder '{folder}'. Expected are files such as "
                "crm_leads.parquet, crm_leads.csv or crm_leads.ndjson, or folders of such files, "
                f"named after the tables {', '.join(tables)}. "
                "Set the environment variable LEAD_FUNNEL_RAW to the folder that holds them."
            )
        return {}
    for name in loaded:
        if files := found.tables.get(name):
            raise UserError(
                f"raw.{name} is a table that a loader wrote, and there is also the file "
                f"'{files[0].path}'. Keep one of the two."
            )
    return {
        name: view_select(connection, table, table_readers(connection, table, found))
        for name, table in tables.items()
        if name not in loaded
    }


def stranger_warnings(found: Found, folder: str) -> list[str]:
    """Name the data files that belong to no raw table.

    A misspelt name would otherwise look like missing data.
    """
    names = found.strangers
    if not names:
        return []
    more = len(names) - SHOWN_STRANGERS
    return [
        "Not read, because named after no raw table or not .parquet, .csv or .ndjson: "
        f"{', '.join(names[:SHOWN_STRANGERS])}{f' and {more} more' if more > 0 else ''} "
        f"in '{folder}'."
    ]


def table_readers(
    connection: duckdb.DuckDBPyConnection, table: Table, found: Found
) -> list[Reader]:
    """Make the readers of all files of a raw table."""
    readers = []
    for kind, read in READERS.items():
        if paths := found.of_kind(table.name, kind):
            try:
                readers += read(connection, table, paths)
            except duckdb.Error as error:
                raise UserError(f"The files of {table.name} cannot be read: {error}") from error
    return readers


def view_select(
    connection: duckdb.DuckDBPyConnection, table: Table, readers: Sequence[Reader]
) -> str:
    """Give the query of a raw table's view; without readers it has no rows.

    Real times stay times where every reader has them; all else is text, to be typed in staging,
    where a failure is counted.
    """
    types = {
        name: "timestamp" if kind in ("time", "date") and _is_time(name, readers) else "varchar"
        for name, kind in table.value_kinds.items()
    }
    return " union all ".join(
        _reader_select(connection, reader, types) for reader in readers or [NO_ROWS]
    )


def _is_time(name: str, readers: Sequence[Reader]) -> bool:
    seen = [reader.columns[name].is_time for reader in readers if name in reader.columns]
    return bool(seen) and all(seen)


def _reader_select(
    connection: duckdb.DuckDBPyConnection, reader: Reader, types: Mapping[str, str]
) -> str:
    expressions = []
    for name, kind in types.items():
        column = reader.columns.get(name)
        expressions.append(f"cast({column.sql if column else 'null'} as {kind}) as {name}")
    source_file = "_source_file" if reader.paths else "cast(null as varchar)"
    expressions += [
        f"cast({reader.surplus} as varchar) as surplus_value",
        f"{source_file} as source_file",
        f"{_source_version(connection, reader.paths)} as source_version",
    ]
    return f"select {', '.join(expressions)} from {reader.source}"  # noqa: S608


def _source_version(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> str:
    """How a file was when this run found it: its size and when it was last written."""
    if not paths:
        return "cast(null as varchar)"
    rows = connection.execute(
        "select filename, size || '@' || epoch_us(last_modified) "
        f"from read_blob({path_list(paths)})"  # noqa: S608
    ).fetchall()
    versions = ", ".join(f"{quoted(path)}: {quoted(version)}" for path, version in rows)
    return f"map {{{versions}}}[_source_file]"
