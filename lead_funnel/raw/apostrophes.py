"""Files of delimited text whose values stand in single quotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lead_funnel.raw.records import Record, read_records, split_closed

_EXCHANGED = str.maketrans("'\"", "\"'")


def is_single_quoted(names: Sequence[str]) -> bool:
    """Whether the names of a header, and so the values below it, stand in single quotes."""
    return all(len(name) > 2 and name[0] == name[-1] == "'" for name in map(str.strip, names))


def quotes_values(lines: Iterable[str], delimiter: str, width: int) -> bool:
    """Whether single quotes hold the values of a file together whose header has none.

    They do where lines have more values than the header has names, each of them has as many as it
    by its single quotes, and nothing speaks against it: another line that has fewer for them, a
    value that an apostrophe opens and nothing closes (``'t Hooft``), one in double quotes.
    """
    is_needed = False
    for line in lines:
        count = line.count(delimiter) + 1
        if '"' in line and any(one.lstrip(" ").startswith('"') for one in line.split(delimiter)):
            return False
        if "'" not in line:
            if count > width:
                return False
            continue
        values = split_closed(line.translate(_EXCHANGED), delimiter)
        if values is None or (count >= width and ('"' in line or len(values) != width)):
            return False
        is_needed |= count > width
    return is_needed


def read_single_quoted(
    lines: Iterable[str], delimiter: str, width: int, *, is_each_quoted: bool
) -> Iterator[Record]:
    """Give the records of lines as if their single quotes were double ones.

    An apostrophe opens values by itself, so that only what is certainly in quotes may go on in
    the next line.

    Parameters
    ----------
    is_each_quoted : bool
        Whether each value stands in quotes, as the names of the header do.
    """
    exchanged = (line.translate(_EXCHANGED) for line in lines)
    may_go_on = _opens if is_each_quoted else _never
    for record in read_records(exchanged, delimiter, width, may_go_on):
        yield replace(record, values=[value.translate(_EXCHANGED) for value in record.values])


def _opens(line: str) -> bool:
    return line.lstrip(" ").startswith('"')


def _never(_line: str) -> bool:
    return False
