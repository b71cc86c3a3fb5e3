"""Files of delimited text whose values stand in single quotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lead_funnel.raw.records import Record, read_records, split_record

_EXCHANGED = str.maketrans("'\"", "\"'")


def is_single_quoted(names: Sequence[str]) -> bool:
    """Whether the names of a header, and so the values below it, stand in single quotes."""
    return all(len(name) > 2 and name[0] == name[-1] == "'" for name in map(str.strip, names))


def quotes_values(lines: Iterable[str], delimiter: str, width: int) -> bool:
    """Whether single quotes hold the values of a file together whose header has none.

    They do where lines have more values than the header has names, each of them has as many as it
    by its single quotes, and no other line has fewer for them.
    """
    is_needed = False
    for line in lines:
        if "'" not in line:
            if line.count(delimiter) >= width and '"' not in line:
                return False
            continue
        values = line.split(delimiter)
        if len(values) < width:
            continue
        if '"' in line or len(split_record(line.translate(_EXCHANGED), delimiter)) != width:
            return False
        is_needed |= len(values) > width
    return is_needed


def read_single_quoted(lines: Iterable[str], delimiter: str, width: int) -> Iterator[Record]:
    """Give the records of lines as if their single quotes were double ones."""
    exchanged = (line.translate(_EXCHANGED) for line in lines)
    for record in read_records(exchanged, delimiter, width):
        yield replace(record, values=[value.translate(_EXCHANGED) for value in record.values])
