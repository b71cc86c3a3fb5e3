"""Each file of a raw table is looked at once: read as it is, by a copy, or not at all."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.raw import delimited, objects, sheets, text
from lead_funnel.raw.contract import Table
from lead_funnel.raw.delimited import Open, Tally
from lead_funnel.raw.files import Found, RawFile, is_remote, path_list
from lead_funnel.raw.headers import matched
from lead_funnel.raw.remarks import (
    column_remarks,
    empty,
    misfit,
    nested_remark,
    refused,
    tally_remarks,
)
from lead_funnel.raw.shelf import Shelf, Taken, code_version, keep, known_file, write_copy

Connection = duckdb.DuckDBPyConnection


def take_in(
    connection: Connection, table: Table, files: Sequence[RawFile], found: Found, shelf: Shelf
) -> list[Taken]:
    """Look at the files of a table, and tell how each is read."""
    versions = _versions(connection, files)
    taken = []
    for file in files:
        version = versions.get(file.path)
        known = version and known_file(shelf, table.name, file.path, version)
        if not known:
            start = Taken(file.path, file.path.removeprefix(found.root), version or "", "refused")
            known = look_at(connection, table, file, start, shelf)
        keep(shelf, table.name, known)
        taken.append(known)
    return taken


def look_at(
    connection: Connection,
    table: Table,
    file: RawFile,
    start: Taken,
    shelf: Shelf,
    needs_copy: bool = False,
) -> Taken:
    """Look at one file; whatever is wrong with it is an answer.

    Parameters
    ----------
    needs_copy : bool
        Whether it is known that the file cannot be read as it is.
    """
    if not start.version:
        return refused(start, table, "missing", "is a broken link or may not be read", "Check it")
    if start.path.encode(errors="replace").decode() != start.path:
        return refused(start, table, "odd_name", "has a name that is not UTF-8", "Rename it")

    def open_file() -> BinaryIO:
        return text.opened(_stream(connection, start.path))

    try:
        if file.kind == "parquet":
            return _parquet(table, start)
        head = delimited.head_of(open_file)
        if file.kind == "xlsx" or (head.startswith(b"PK\x03\x04") and file.kind == "csv"):
            return _sheet(table, start, open_file, shelf)
        if not head:
            return empty(start, table)
        if words := text.other_format(head):
            return refused(
                start, table, "wrong_format", f"is {words}", "Export the table as CSV or Parquet"
            )
        look = _json if _is_json(table, file, head) else _lines
        return look(table, start, open_file, head, shelf, needs_copy)
    except (EOFError, zlib.error):
        return refused(
            start, table, "truncated", "ends in the middle of its compressed data", "Copy it again"
        )
    except UserError:
        raise
    # Whatever bytes do to a parser: they are one file's, and the others are read.
    except Exception:
        return refused(
            start, table, "unreadable", f"cannot be read as {_WORDS[file.kind]}", "Write it again"
        )


_WORDS = {"parquet": "Parquet", "csv": "CSV", "ndjson": "JSON", "xlsx": "an Excel workbook"}


def _is_json(table: Table, file: RawFile, head: bytes) -> bool:
    """Whether a file is to be read as JSON: by its name, unless what is in it tells otherwise."""
    decoding = text.sniffed(head)
    if file.kind == "csv":
        return text.begins_as_json(head, decoding)
    is_table = text.may_be_table(head, decoding) and delimited.dialect_of(table, head)[0]
    return not is_table


def _lines(
    table: Table, start: Taken, open_file: Open, head: bytes, shelf: Shelf, needs_copy: bool
) -> Taken:
    dialect, names, decoding = delimited.dialect_of(table, head)
    if dialect is None:
        if delimited.is_blank(open_file, replace(decoding)):
            return empty(start, table)
        return misfit(start, table, names)
    remarks = column_remarks(table, start, names)
    tally = None
    if not needs_copy:
        tally = delimited.plain_records(open_file, decoding, dialect, bool(table.tool))
    if tally:
        return replace(
            start,
            way="csv",
            delimiter=dialect.delimiter,
            names=tuple(names),
            records=tally.records,
            notes=(*remarks, *tally_remarks(table, start, tally, text.Decoding())),
        )
    tally = Tally()
    rows = delimited.careful_rows(table, open_file, decoding, dialect, tally)
    copied = _copied(table, start, names, shelf, rows)
    return replace(
        copied,
        delimiter=dialect.delimiter,
        records=tally.records,
        notes=(*remarks, *tally_remarks(table, start, tally, decoding)),
    )


def _json(
    table: Table, start: Taken, open_file: Open, head: bytes, shelf: Shelf, needs_copy: bool
) -> Taken:
    decoding = text.sniffed(head)
    layout = objects.layout_of(table, open_file, decoding)
    columns = matched(table, layout.names)
    if not columns:
        if layout.is_empty or delimited.is_blank(open_file, replace(decoding)):
            return empty(start, table)
        if not layout.names:
            return refused(start, table, "unreadable", "holds no JSON object", "Write it again")
        return misfit(start, table, layout.names, layout.nested)
    remarks = column_remarks(table, start, layout.names)
    remarks += nested_remark(table, start, layout.names, layout.nested)
    # DuckDB's columns do not differ in case alone.
    is_plain = layout.is_by_line and len({name.lower() for name in layout.names}) == len(
        layout.names
    )
    lines = None if needs_copy or not is_plain else objects.plain_lines(open_file, decoding)
    if lines is not None:
        return replace(start, way="ndjson", names=layout.names, records=lines, notes=remarks)
    tally = Tally()
    rows = objects.careful_rows(table, open_file, decoding, layout, tally)
    copied = _copied(table, start, layout.names, shelf, rows)
    return replace(
        copied,
        # Numbers of JSON are written in one way.
        delimiter="",
        records=tally.records,
        notes=(*remarks, *tally_remarks(table, start, tally, decoding)),
    )


def _sheet(table: Table, start: Taken, open_file: Open, shelf: Shelf) -> Taken:
    with open_file() as stream:
        rows, others = sheets.read_sheet(cast(BinaryIO, io.BytesIO(stream.read())))
    if not rows:
        return empty(start, table)
    header = sheets.find_header(table, rows)
    if header is None:
        return misfit(start, table, next((row for row in rows if sum(map(bool, row)) > 1), []))
    tally = Tally()
    copied = _copied(
        table, start, header.names, shelf, sheets.sheet_rows(table, rows, header, tally)
    )
    remarks = column_remarks(table, start, header.names)
    return replace(
        copied,
        records=tally.records,
        notes=(*remarks, *tally_remarks(table, start, tally, text.Decoding(), sheets=others)),
    )


def _copied(
    table: Table,
    start: Taken,
    names: Sequence[str],
    shelf: Shelf,
    rows: delimited.Rows,
) -> Taken:
    key = f"{table.name}|{start.path}|{start.version}|{code_version()}"
    copy, longest, content = write_copy(shelf, key, rows)
    columns = tuple(matched(table, names))
    return replace(start, way="copy", names=columns, copy=copy, longest=longest, content=content)


def _parquet(table: Table, start: Taken) -> Taken:
    if not is_remote(start.path):
        with Path(start.path).open("rb") as stream:
            head = stream.read(4)
            size = stream.seek(0, io.SEEK_END)
            stream.seek(max(size - 4, 0))
            tail = stream.read(4)
        if not size:
            return refused(
                start,
                table,
                "empty",
                "is empty, as after a failed write",
                "Write it again",
            )
        if head != b"PAR1":
            return refused(start, table, "wrong_format", "is not a Parquet file", "Write it again")
        if tail != b"PAR1":
            return refused(start, table, "truncated", "ends before its end", "Copy it again")
    return replace(start, way="parquet")


def _versions(connection: Connection, files: Sequence[RawFile]) -> dict[str, str]:
    """Tell how each file is now: its size and when it was last written."""
    versions = {}
    for file in files:
        if not is_remote(file.path):
            try:
                status = Path(file.path).stat()
            except OSError:
                continue
            versions[file.path] = f"{status.st_size}@{status.st_mtime_ns // 1000}"
    if remote := [file.path for file in files if is_remote(file.path)]:
        rows = connection.execute(
            "select filename, size || '@' || epoch_us(last_modified) "
            f"from read_blob({path_list(remote)})"  # noqa: S608
        ).fetchall()
        versions |= {str(path): str(version) for path, version in rows}
    return versions


def _stream(connection: Connection, path: str) -> BinaryIO:
    if not is_remote(path):
        return Path(path).open("rb")
    rows = connection.execute(
        f"select content from read_blob({path_list([path])})"  # noqa: S608
    ).fetchall()
    return io.BytesIO(rows[0][0])
