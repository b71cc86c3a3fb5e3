"""What stands below the rows of a report: its totals, who made it, whose it is."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from lead_funnel.raw.records import Record

_COPYRIGHT = re.compile(r"\s*[\"']?(copyright\b|©|\(c\)\s*\d{4})", re.IGNORECASE)
_CLOSING = re.compile(
    r"""
    (copyright\b|©|\(c\)\s*\d{4}) .*
    | .* all\ rights\ reserved [.]?
    | confidential (\ information)? (\ *-.*|\ *[.])?
    | ((grand|sub)[ -]?)? totals? (\ (records?|rows?|count))?
      ([ :=(]* [\d.,]+ (\ (records?|rows?))? \)?)? :?
    | [\d.,]+ \ (records?|rows?) (\ .*)?
    | ((records?|rows?) \ count | number\ of\ (records|rows)) .*
    | (report\ )? (generated|exported) \ (by|on|at) \b .*
    | (filtered\ by | filters? | report\ (name|type|filters?)) \s* : .*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MAY_CLOSE = re.compile(
    rb"""^["' \t]*((grand|sub)[ -]?total|total|copyright|confidential|\xc2\xa9|\(c\))""",
    re.IGNORECASE | re.MULTILINE,
)


def may_close(lines: bytes) -> bool:
    """Whether any of some lines begins as what stands below a report does."""
    return _MAY_CLOSE.search(lines) is not None


def is_closing(record: Record, width: int) -> bool:
    """Whether nothing but the first cell of a record is filled, and it says what closes reports.

    A copyright whose comma is taken for a delimiter is one too.
    """
    values = record.values
    if width < 2 or not values[0].strip():
        return False
    if not any(value.strip() for value in values[1:]):
        return _CLOSING.fullmatch(values[0].strip()) is not None
    return _COPYRIGHT.match(values[0]) is not None and any(
        "rights reserved" in value.lower() for value in values[1:]
    )


def table_records(
    records: Iterable[Record], width: int, titles: int, is_export: bool
) -> Iterator[Record | None]:
    """Give the records of a table: none for each closing line that is left out.

    Blank lines are left out. A closing line ends the table, or a group of rows of an export. With
    it goes what stands alone on its line below a blank one, such as the name of the company.

    Parameters
    ----------
    titles : int
        Lines above the header.
    is_export : bool
        Whether the table is of a tool, whose reports have totals between rows.
    """
    # With whether a blank line stands between it and the table.
    held: deque[tuple[Record, bool]] = deque()
    follows_blank = closes = False
    for record in records:
        values = record.values
        may_be_row = not held and len(values) > 1 and values[0] and values[1]
        if may_be_row and not _COPYRIGHT.match(values[0]):
            follows_blank = closes = False
            yield record
            continue
        if record.is_line and not values[0].strip():
            follows_blank = True
            continue
        if is_closing(record, width):
            closes = True
            if is_export:
                yield None
            else:
                held.append((record, True))
            continue
        filled = [value for value in values if value.strip()]
        if not filled or (width > 1 and len(filled) == 1 and (record.is_line or values[0].strip())):
            held.append((record, follows_blank))
            continue
        yield from (one for one, _ in held)
        held.clear()
        follows_blank = closes = False
        yield record
    for record, is_set_off in held:
        is_blank = not any(value.strip() for value in record.values)
        is_left_out = (
            is_closing(record, width)
            or (is_blank and (closes or is_set_off or titles > 0))
            or (record.is_line and is_set_off)
        )
        yield None if is_left_out else record
