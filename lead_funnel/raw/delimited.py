"""Files of delimited text: what they hold, and whether they can be read as they are."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from operator import methodcaller
from typing import BinaryIO

from lead_funnel.raw.apostrophes import is_single_quoted, quotes_values, read_single_quoted
from lead_funnel.raw.closing import may_close, table_records
from lead_funnel.raw.contract import Table
from lead_funnel.raw.dialect import Dialect, find_dialect, guessed_names
from lead_funnel.raw.headers import matched, plain
from lead_funnel.raw.records import Record, is_swallowing, read_records, split_record
from lead_funnel.raw.text import HEAD, Decoding, is_plain_text, sniffed, text_lines, whole_lines

LONG_LINE = 1 << 20
"""Longer lines are not left to DuckDB's CSV reader, which takes lines of two megabytes."""
TAIL = 1 << 14
REPEATED_HEADER = "repeated_header"

csv.field_size_limit(2**31 - 1)

_FORMULAS = re.compile(rb'(?:^|[,;\t|])(?:=|"=")"', re.MULTILINE)

Open = Callable[[], BinaryIO]
Row = list[str | None]
Rows = Iterator[Row]


@dataclass
class Tally:
    """What was met while a file was read with care, in records.

    Attributes
    ----------
    closing, titles : int
        Lines left out: totals and what stands below the table, and what stands above it.
    is_overlong : bool
        Whether lines with too many values were seen before any was split with care.
    """

    records: int = 0
    short: int = 0
    mended: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    titles: int = 0
    closing: int = 0
    is_overlong: bool = False


def head_of(open_file: Open) -> bytes:
    """Give the first bytes of a file."""
    with open_file() as stream:
        return stream.read(HEAD)


def dialect_of(table: Table, head: bytes) -> tuple[Dialect | None, list[str], Decoding]:
    """Find the header in the first bytes of a file; gives the names that stand there otherwise."""
    decoding = sniffed(head)
    lines = list(text_lines(io.BytesIO(head), replace(decoding)))
    dialect = find_dialect(table, lines)
    return dialect, guessed_names(lines) if dialect is None else [*dialect.names], decoding


def is_blank(open_file: Open, decoding: Decoding) -> bool:
    """Whether a file holds nothing but blank lines."""
    with open_file() as stream:
        return not any(line.strip() for line in text_lines(stream, decoding))


def plain_records(
    open_file: Open, decoding: Decoding, dialect: Dialect, is_export: bool = False
) -> Tally | None:
    """Count the records of a file that DuckDB can read as it is; none where it cannot.

    It can where all is UTF-8, the header is the first line and the only one, and quotes keep the
    rule; what a tool exported has no totals between its rows. This count is the one that the
    reader's is held against.
    """
    if decoding.encoding != "utf-8" or not dialect.is_plain:
        return None
    with open_file() as stream:
        stream.read(decoding.mark)
        tally, is_quoted = _scanned(stream, dialect, is_export)
    if tally is None:
        return None
    if not is_quoted:
        # Single quotes may hold values together.
        is_single = tally.is_overlong and _has_quoted_values(open_file, decoding, dialect)
        return None if is_single else tally
    with open_file() as stream:
        return _counted(text_lines(stream, replace(decoding)), dialect)


def careful_rows(
    table: Table, open_file: Open, decoding: Decoding, dialect: Dialect, tally: Tally
) -> Iterator[Row]:
    """Give the records of any file: the table's columns in it, the surplus, and the fault."""
    width = len(dialect.names)
    tally.titles = dialect.first
    is_each_quoted = is_single_quoted(dialect.names)
    read: Callable[[Iterable[str], str, int], Iterator[Record]] = read_records
    if is_each_quoted or _has_quoted_values(open_file, decoding, dialect):
        read = partial(read_single_quoted, is_each_quoted=is_each_quoted)
    with open_file() as stream:
        lines = islice(text_lines(stream, decoding), dialect.end, None)
        records = read(lines, dialect.delimiter, width)
        yield from table_rows(table, records, dialect.names, dialect.delimiter, tally)


def _has_quoted_values(open_file: Open, decoding: Decoding, dialect: Dialect) -> bool:
    """Whether single quotes hold values together, of a file whose header has none."""
    with open_file() as stream:
        below = islice(text_lines(stream, replace(decoding)), dialect.end, None)
        return quotes_values(below, dialect.delimiter, len(dialect.names))


def table_rows(
    table: Table,
    records: Iterable[Record],
    names: tuple[str, ...],
    delimiter: str,
    tally: Tally,
) -> Iterator[Row]:
    """Give the records as rows of the table's columns, without what stands below a report."""
    columns = list(matched(table, names).values())
    is_single = all(len(positions) == 1 for positions in columns)
    width = len(names)
    has_single_quotes = is_single_quoted(names)
    header = [plain(name) for name in names]
    first = names[0].strip().lower()
    for record in table_records(records, width, tally.titles, bool(table.tool)):
        if record is None:
            tally.closing += 1
            continue
        values = [_bare(value, has_single_quotes) for value in record.values]
        fault = record.fault
        # A single name may well be a value.
        is_header = width > 1 and len(values) >= width and values[0].strip().lower() == first
        if is_header and [plain(one) for one in values[:width]] == header:
            fault = REPEATED_HEADER
        tally.records += 1
        tally.short += len(values) < width
        tally.mended += record.is_mended
        tally.faults.update([fault] if fault else [])
        if is_single and len(values) == width:
            yield [*(values[at] for (at,) in columns), None, fault]
            continue
        row: Row = [
            next((values[at] for at in positions if at < len(values) and values[at].strip()), None)
            for positions in columns
        ]
        surplus = values[width:] if fault is None else []
        row.append(delimiter.join(surplus) if any(one.strip() for one in surplus) else None)
        row.append(fault)
        yield row


def _bare(value: str, has_single_quotes: bool) -> str:
    """Give a value without single quotes, and without what keeps its zeros: ``="007"``."""
    if value.startswith('="') and value.endswith('"') and value.count('"') == 2:
        return value[2:-1]
    inner = value.strip()
    if has_single_quotes and len(inner) > 1 and inner[0] == inner[-1] == "'":
        return inner[1:-1].replace("''", "'")
    return value


def _scanned(stream: BinaryIO, dialect: Dialect, is_export: bool) -> tuple[Tally | None, bool]:
    """Look through the bytes of a file; tells besides whether there is any quote."""
    count = methodcaller("count", dialect.delimiter.encode())
    widths: Counter[int] = Counter()
    header: bytes | None = None
    is_quoted = False
    rest = tail = b""
    for chunk, rest in whole_lines(stream):
        if len(rest) > LONG_LINE or not _is_sound(chunk):
            return None, True
        if is_export and may_close(chunk):
            return None, True
        if header and (chunk.startswith(header) or rest.startswith(header)):
            return None, True
        if header is None and chunk:
            header = chunk[: chunk.index(b"\n")].rstrip(b"\r")
        if header and b"\n" + header in chunk:
            return None, True
        is_quoted |= b'"' in chunk
        tail = (tail + chunk)[-TAIL:]
        if not is_quoted:
            widths.update(map(count, filter(bytes.strip, chunk.split(b"\n"))))
    if not _is_sound(rest) or _has_closing(tail + rest, dialect):
        return None, True
    if rest.strip():
        widths[count(rest)] += 1
    width = len(dialect.names) - 1
    if width and widths[0]:
        # A line without a delimiter may be one that stands below a report.
        return None, True
    short = sum(number for marks, number in widths.items() if marks < width)
    tally = Tally(sum(widths.values()) - 1, short, is_overlong=max(widths, default=0) > width)
    return tally, is_quoted or b'"' in rest


def _is_sound(chunk: bytes) -> bool:
    r"""Whether a chunk of whole lines is UTF-8 without NUL, lone ``\r``, ``\"`` and long lines.

    Values that are formulas of a text are not plain either.
    """
    if b'\\"' in chunk or chunk.count(b"\r") != chunk.count(b"\r\n"):
        return False
    if b'="' in chunk and _FORMULAS.search(chunk):
        return False
    return is_plain_text(chunk, LONG_LINE)


def _has_closing(tail: bytes, dialect: Dialect) -> bool:
    """Whether the last lines may be what stands below a report."""
    lines = [line for line in tail.split(b"\n") if line.strip()]
    if len(dialect.names) < 2 or len(lines) < 2:
        return False
    values = split_record(lines[-1].decode(errors="replace").strip(), dialect.delimiter)
    return sum(bool(value.strip()) for value in values) < 2 or may_close(lines[-1])


def _counted(lines: Iterator[str], dialect: Dialect) -> Tally | None:
    """Count the records by Python's reader; none where quotes break the rule or swallow rows."""
    width = len(dialect.names)
    tally = Tally(records=-1)
    taken: list[str] = []

    def given() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield f"{line}\n"

    try:
        for values in csv.reader(given(), delimiter=dialect.delimiter, strict=True):
            if len(taken) > 1 and is_swallowing(taken, dialect.delimiter, width):
                return None
            taken.clear()
            if len(values) == 1 < width:
                return None
            if values:
                tally.records += 1
                tally.short += len(values) < width
    except csv.Error:
        return None
    return tally
