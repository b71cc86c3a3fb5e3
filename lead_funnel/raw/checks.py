"""The readers of a table's files, held against what was counted in the files without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from lead_funnel.raw.contract import Table
from lead_funnel.raw.files import RawFile
from lead_funnel.raw.intake import look_at
from lead_funnel.raw.notes import Note
from lead_funnel.raw.numbers import damaged_ids, looks, number_columns, style_of
from lead_funnel.raw.readers import (
    Reader,
    copy_readers,
    csv_readers,
    ndjson_readers,
    parquet_readers,
)
from lead_funnel.raw.remarks import (
    column_remarks,
    misfit,
    nested_remark,
    number_remarks,
    refused,
)
from lead_funnel.raw.shelf import Shelf, Taken, keep

Connection = duckdb.DuckDBPyConnection


def checked_readers(
    connection: Connection, table: Table, taken: Sequence[Taken], shelf: Shelf
) -> tuple[list[Reader], list[Taken]]:
    """Make the readers of a table's files, and check those that nobody has looked at yet.

    A file of which DuckDB gives another number of records than was counted is copied with care; one
    of which it gives none even so is not read.
    """
    known = {one.path: one for one in taken}
    # The second time for the copies that the first makes.
    for _ in range(2):
        fresh = [
            one
            for one in known.values()
            if not _is_old(one) and one.way in ("csv", "ndjson", "copy")
        ]
        for reader in _text_readers(table, fresh, shelf):
            for one in _checked(connection, table, reader, shelf):
                known[one.path] = one
    readers, looked_at = _parquet(
        connection, table, [one for one in known.values() if one.way == "parquet"]
    )
    known |= {one.path: one for one in looked_at}
    for one in known.values():
        keep(shelf, table.name, one)
    return readers + _text_readers(table, [*known.values()], shelf), [*known.values()]


def _text_readers(table: Table, files: Sequence[Taken], shelf: Shelf) -> list[Reader]:
    by_way = {way: [one for one in files if one.way == way] for way in ("csv", "ndjson", "copy")}
    return [
        *csv_readers(table, by_way["csv"]),
        *ndjson_readers(table, by_way["ndjson"]),
        *copy_readers(shelf.folder.absolute(), table, by_way["copy"]),
    ]


def _checked(connection: Connection, table: Table, reader: Reader, shelf: Shelf) -> list[Taken]:
    """Count what DuckDB reads of each file, and look how its numbers are written."""
    names = number_columns(table, list(reader.columns)) if reader.has_text_numbers else []
    try:
        found = _counted(connection, table, reader, names)
    except duckdb.Error:
        if len(reader.files) > 1:
            return [
                one
                for file in reader.files
                for alone in _text_readers(table, [file], shelf)
                for one in _checked(connection, table, alone, shelf)
            ]
        return [_otherwise(connection, table, reader.files[0], shelf)]
    checked = []
    for file in reader.files:
        count, damaged, marks = found.get(file.path, (0, 0, [False] * 4 * len(names)))
        if count != file.records:
            checked.append(_otherwise(connection, table, file, shelf))
            continue
        given = {name: marks[4 * at : 4 * at + 4] for at, name in enumerate(names)}
        styles = {name: style_of(one, file.delimiter) for name, one in given.items()}
        said = number_remarks(table, file, given, styles, damaged)
        styles = {name: style for name, style in styles.items() if style}
        checked.append(replace(file, styles=styles, notes=(*file.notes, *said)))
    return checked


def _counted(
    connection: Connection, table: Table, reader: Reader, names: Sequence[str]
) -> dict[str, tuple[int, int, list[bool]]]:
    ids = [one.name for one in table.columns if one.key and one.name in reader.columns]
    damaged = damaged_ids([reader.columns[name].sql for name in ids if reader.has_text_numbers])
    marks = [one for name in names for one in looks(table, name, reader.columns[name].sql)]
    rows = connection.execute(
        f"select {', '.join(['_source_file', 'count(*)', damaged, *marks])} "  # noqa: S608
        f"from {reader.source} group by _source_file"
    ).fetchall()
    return {
        reader.originals.get(path, path): (count, cut, found) for path, count, cut, *found in rows
    }


def _otherwise(connection: Connection, table: Table, file: Taken, shelf: Shelf) -> Taken:
    """Read a file by a copy, or not at all where that is what did not work."""
    start = Taken(file.path, file.name, file.version, "refused")
    if file.way == "copy":
        return refused(start, table, "unreadable", "cannot be read whole", "Write it again")
    return look_at(connection, table, RawFile(file.path, file.way), start, shelf, needs_copy=True)


def _parquet(
    connection: Connection, table: Table, files: Sequence[Taken]
) -> tuple[list[Reader], list[Taken]]:
    """Make the readers of Parquet files; gives besides the files with what is said of them.

    New ones are read once through: what is wrong within one would stop the build later.
    """
    try:
        readers = parquet_readers(connection, table, files)
        for fresh in parquet_readers(connection, table, [one for one in files if not _is_old(one)]):
            # Counts would be told by the statistics of the file, without a look at its pages.
            values = [f"bit_xor(hash({one.sql}))" for one in fresh.columns.values()]
            connection.execute(
                f"select {', '.join([*values, 'count(*)'])} from {fresh.source}"  # noqa: S608
            ).fetchall()
    except duckdb.Error:
        if len(files) == 1:
            what = "cannot be read as Parquet"
            return [], [refused(files[0], table, "unreadable", what, "Write it again")]
        alone = [_parquet(connection, table, [file])[1][0] for file in files]
        bad = [one for one in alone if one.way == "refused"]
        if not bad:
            raise
        readers, good = _parquet(connection, table, [one for one in alone if one not in bad])
        return readers, [*good, *bad]
    kept: list[Reader] = []
    looked_at: list[Taken] = []
    for reader in readers:
        kinds = " ".join(reader.kinds)
        nested = [name.strip('"') for name in re.findall(r'("[^"]+"|\w+) [A-Z]', kinds)]
        if not reader.columns:
            looked_at += [misfit(one, table, reader.names, nested) for one in reader.files]
            continue
        kept.append(reader)
        for one in reader.files:
            notes: tuple[Note, ...] = column_remarks(table, one, reader.names)
            notes += nested_remark(table, one, reader.names, nested)
            looked_at.append(replace(one, styles={}, notes=notes))
    return kept, looked_at


def _is_old(file: Taken) -> bool:
    return file.styles is not None
