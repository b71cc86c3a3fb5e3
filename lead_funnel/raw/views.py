"""The views over the files of a folder, one per raw table, as SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.raw.checks import checked_readers
from lead_funnel.raw.contract import LOADED_AT, Table
from lead_funnel.raw.costs import missing_columns
from lead_funnel.raw.files import Found, is_remote, quoted
from lead_funnel.raw.headers import matched, table_like
from lead_funnel.raw.intake import take_in
from lead_funnel.raw.notes import Note, shown_name, warnings_of
from lead_funnel.raw.readers import Expression, Reader
from lead_funnel.raw.shelf import Shelf, Taken
from lead_funnel.words import count_text

NO_ROWS = Reader((), "(select 1) where false", {})
NOTE_COLUMNS = {
    "raw_table": "varchar",
    "file_name": "varchar",
    "kind": "varchar",
    "message": "varchar",
    "remedy": "varchar",
    "size_bytes": "bigint",
    "is_quarantined": "boolean",
}


@dataclass
class Views:
    """The query of each raw table's view, and what is to be said."""

    selects: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def raw_views(
    connection: duckdb.DuckDBPyConnection,
    folder: str,
    found: Found,
    tables: Mapping[str, Table],
    loaded: Collection[str],
    shelf: Shelf,
    views: Views,
    needed: bool = True,
    max_unreadable: float = 0.5,
    elsewhere: bool = False,
) -> None:
    """Say how each raw table is read from the files found in a folder.

    Parameters
    ----------
    views : Views
        What is found is put there, so that an error leaves what was found before.
    loaded : collection of str
        Raw tables that `loaded_tables` gives; they get no view.
    shelf : Shelf
        Where copies lie of files that cannot be read as they are.
    needed : bool
        Whether it is an error that there is nothing at all.
    elsewhere : bool
        Whether rows come from elsewhere too, so that there need be no files.
    max_unreadable : float
        The share of a table's files above which files that cannot be read are an error.

    Raises
    ------
    UserError
        If too many files of a table cannot be read, or one stands beside a loaded table.
    """
    views.notes += stranger_notes(found, tables)
    if not found.tables and not loaded and not (needed and elsewhere):
        if needed:
            raise UserError(
                f"No raw tables in the folder '{folder}'. Expected are files such as "
                "crm_leads.parquet, crm_leads.csv or crm_leads.ndjson, or folders of such files, "
                f"named after the tables {', '.join(tables)}. "
                "Set the environment variable LEAD_FUNNEL_RAW to the folder that holds them."
            )
        return
    for name in loaded:
        if files := found.tables.get(name):
            raise UserError(
                f"raw.{name} is a table that a loader wrote, or a view of your own, and there is "
                f"also the file '{shown_name(files[0].path)}'. Keep one of the two."
            )
    for name, table in tables.items():
        if name in loaded:
            continue
        files = found.tables.get(name, [])
        taken = take_in(connection, table, files, found, shelf)
        readers, taken = checked_readers(connection, table, taken, shelf)
        views.notes += [note for one in taken for note in one.notes]
        _check_share(table, taken, max_unreadable)
        if readers:
            views.notes += missing_columns(table, _present(table, readers))
        views.selects[name] = view_select(table, readers)


def loaded_tables(connection: duckdb.DuckDBPyConnection, database: str) -> set[str]:
    """Give the tables of schema raw that a loader wrote, or somebody's own view gives.

    Views that are made of files know the version of each; any other view is somebody's own.
    """
    rows = connection.execute(
        """
        select table_name
        from information_schema.columns
        where table_catalog = ? and table_schema = 'raw'
        group by table_name
        having count(*) filter (column_name = 'source_version') = 0
        """,
        [database],
    ).fetchall()
    return {str(name) for (name,) in rows}


def stranger_notes(found: Found, tables: Collection[str]) -> list[Note]:
    """Name the data files that belong to no raw table.

    A misspelt name would otherwise look like missing data.
    """
    notes = []
    for name in found.strangers:
        first = name.split("/")[0]
        like = table_like(first.split(".")[0], tables)
        why = "not read, because it is not named after a raw table or has an unsupported format."
        remedy = f"Is it {like}? Name it or its folder so." if like else "See docs/sources.md."
        size = None if is_remote(found.root) else _size(found.root + name)
        notes.append(
            Note("unknown_name", why, remedy, file=name, size_bytes=size, is_quarantined=True)
        )
    return notes


def _size(path: str) -> int | None:
    try:
        return Path(path).stat().st_size
    except OSError:
        return None


def view_select(table: Table, readers: Sequence[Reader]) -> str:
    """Give the query of a raw table's view; without readers it has no rows.

    Real times stay times where every reader has them; all else is text, to be typed in staging,
    where a failure is counted.
    """
    types = {
        name: "timestamp" if kind in ("time", "date") and _is_time(name, readers) else "varchar"
        for name, kind in table.value_kinds.items()
    }
    if table.tool:
        # What a person exports arrives when they do.
        readers = [_dated(reader) for reader in readers]
    return " union all ".join(_reader_select(reader, types) for reader in readers or [NO_ROWS])


def _dated(reader: Reader) -> Reader:
    written = _by_path(reader, {one.path: one.version.split("@")[-1] for one in reader.files})
    moment = Expression(f"make_timestamp(cast({_map(written)}[_source_file] as bigint))")
    return replace(reader, columns={LOADED_AT: moment, **reader.columns})


def notes_select(notes: Sequence[Note]) -> str:
    """Give the query of the view `intake_notes`: one row per note."""
    rows = [
        (
            note.table,
            note.file and shown_name(note.file),
            note.kind,
            note.message,
            note.remedy,
            note.size_bytes,
            note.is_quarantined,
        )
        for note in notes
    ]
    values = ", ".join(f"({', '.join(_literal(value) for value in row)})" for row in rows)
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in NOTE_COLUMNS.items())
    nothing = f"select {', '.join(f'null as {name}' for name in NOTE_COLUMNS)} where false"
    source = f"(values {values}) as notes({', '.join(NOTE_COLUMNS)})" if rows else f"({nothing})"
    return f"select {columns} from {source}"  # noqa: S608


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return quoted(value) if isinstance(value, str) else str(value).lower()


def _check_share(table: Table, taken: Sequence[Taken], max_unreadable: float) -> None:
    refused = [one for one in taken if one.way == "refused"]
    if refused and len(refused) > max_unreadable * len(taken):
        said = warnings_of(refused[0].notes, "")
        count = f"{count_text(len(refused))} of the {count_text(len(taken))} files of {table.name}"
        raise UserError(
            f"{said[0]} {count} cannot be read, more than the share max_unreadable_files of "
            f"{max_unreadable:g} lets pass: fix them, or take them out of the folder."
        )


def _present(table: Table, readers: Sequence[Reader]) -> set[str]:
    """Give the columns that are in any file; JSON is asked for all of them."""
    present: set[str] = set()
    for reader in readers:
        for one in reader.files:
            present |= matched(table, one.names).keys() if one.names else reader.columns.keys()
    return present


def _is_time(name: str, readers: Sequence[Reader]) -> bool:
    seen = [reader.columns[name].is_time for reader in readers if name in reader.columns]
    return bool(seen) and all(seen)


def _reader_select(reader: Reader, types: Mapping[str, str]) -> str:
    expressions = []
    for name, kind in types.items():
        column = reader.columns.get(name)
        expressions.append(f"cast({column.sql if column else 'null'} as {kind}) as {name}")
    source_file = "_source_file" if reader.files else "cast(null as varchar)"
    if reader.originals:
        source_file = f"{_map(reader.originals)}[_source_file]"
    expressions += [
        f"cast({reader.surplus} as varchar) as surplus_value",
        f"cast({reader.fault} as varchar) as row_fault",
        f"{source_file} as source_file",
        f"{_source_version(reader)} as source_version",
    ]
    return f"select {', '.join(expressions)} from {reader.source}"  # noqa: S608


def _source_version(reader: Reader) -> str:
    """How a file was when this run found it, and how it is read."""
    if not reader.files:
        return "cast(null as varchar)"
    versions = {one.path: f"{one.version}:{reader.manner}{one.content}" for one in reader.files}
    return f"{_map(_by_path(reader, versions))}[_source_file]"


def _by_path(reader: Reader, values: Mapping[str, str]) -> dict[str, str]:
    """Give values of files by the paths that are read, which may be those of copies."""
    read = {original: path for path, original in reader.originals.items()}
    return {read.get(path, path): value for path, value in values.items()}


def _map(pairs: Mapping[str, str]) -> str:
    inner = ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in pairs.items())
    return f"map {{{inner}}}"
