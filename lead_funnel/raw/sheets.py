"""Excel workbooks: the first sheet as records of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from python_calamine import CalamineWorkbook

from lead_funnel.raw.contract import Table
from lead_funnel.raw.delimited import Row, Tally, table_rows
from lead_funnel.raw.dialect import SEARCHED_LINES, Dialect
from lead_funnel.raw.headers import matched
from lead_funnel.raw.records import Record

DELIMITER = "\t"


def read_sheet(stream: BinaryIO) -> tuple[list[list[str]], int]:
    """Read the first sheet that holds anything; gives its rows and how many other sheets do.

    Raises
    ------
    ValueError
        If it is no workbook that can be read.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        sheets = [workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names]
    except (KeyboardInterrupt, SystemExit):
        raise
    # Whatever is wrong within it; a panic of the library is no Exception.
    except BaseException as error:
        raise ValueError("no workbook") from error
    filled = [
        [[_text(value) for value in row] for row in sheet]
        for sheet in sheets
        if any(value != "" for row in sheet for value in row)
    ]
    return (filled[0], len(filled) - 1) if filled else ([], 0)


def find_header(table: Table, rows: Sequence[Sequence[str]]) -> Dialect | None:
    """Find the header among the first rows of a sheet."""
    counts = [len(matched(table, row)) for row in rows[:SEARCHED_LINES]]
    if not any(counts):
        return None
    first = next(number for number, count in enumerate(counts) if count >= max(counts) / 2)
    names = list(rows[first])
    while names and not names[-1].strip():
        names.pop()
    return Dialect(DELIMITER, first, first + 1, tuple(names))


def sheet_rows(
    table: Table, rows: Sequence[list[str]], header: Dialect, tally: Tally
) -> Iterator[Row]:
    """Give the rows below the header as those of delimited text."""
    tally.titles = header.first
    records = map(_record, rows[header.end :])
    return table_rows(table, records, header.names, DELIMITER, tally)


def _record(row: list[str]) -> Record:
    # A sheet is as wide in every row as in its widest.
    filled = sum(map(bool, row))
    return Record(row if filled else [""], is_line=not filled or (filled == 1 and bool(row[0])))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        text = repr(value)
        # A number, not text: its point cannot be taken for one that parts thousands.
        return f"{text}0" if re.search("[.][0-9]{3}$", text) else text
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)
