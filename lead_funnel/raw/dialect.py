"""Where the header of a table of text stands, and what delimits its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lead_funnel.raw.apostrophes import is_single_quoted
from lead_funnel.raw.contract import Table
from lead_funnel.raw.headers import matched
from lead_funnel.raw.records import split_record

DELIMITERS = (",", ";", "\t", "|")
SEARCHED_LINES = 60
"""Lines among which the header is looked for: report exports have titles above it."""
HEADER_LINES = 5
"""Lines that one header may take, where names in quotes hold line ends."""


@dataclass(frozen=True)
class Dialect:
    """How a file of delimited text is laid out.

    Attributes
    ----------
    first, end : int
        The lines of the header: from the first up to the end, counted from 0.
    names : tuple of str
        As they stand in the header.
    """

    delimiter: str
    first: int
    end: int
    names: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether the header is the first line, and only that, in quotes that are doubled."""
        return (self.first, self.end) == (0, 1) and not is_single_quoted(self.names)


def find_dialect(table: Table, lines: Sequence[str]) -> Dialect | None:
    """Find the header among the first lines: the first with about as many columns as any.

    A line `sep=;` above it, as Excel writes, decides the delimiter.
    """
    told = _told_delimiter(lines)
    candidates = []
    for first in range(min(len(lines), SEARCHED_LINES)):
        for delimiter in (told,) if told else DELIMITERS:
            dialect = _header_at(lines, first, delimiter)
            if count := len(matched(table, dialect.names)):
                candidates.append((count, dialect))
    if not candidates:
        return None
    enough = max(count for count, _ in candidates) / 2
    first = next(dialect.first for count, dialect in candidates if count >= enough)
    return max(
        (one for one in candidates if one[1].first == first),
        # The first of those that tell the same: a header of one name has no delimiter.
        key=lambda one: one[0],
    )[1]


def guessed_names(lines: Sequence[str]) -> list[str]:
    """Give the names of a file that has none of a table's: of the first line with several."""
    for line in lines[:SEARCHED_LINES]:
        names = max((split_record(line, one) for one in DELIMITERS), key=len)
        if len(names) > 1:
            return names
    return []


def _told_delimiter(lines: Sequence[str]) -> str | None:
    for line in lines[:3]:
        word = line.strip().strip('"').lower()
        if word.startswith("sep=") and len(word) <= 5:
            return line.strip().strip('"')[4:] or "\t"
    return None


def _header_at(lines: Sequence[str], first: int, delimiter: str) -> Dialect:
    end = first + 1
    while (
        '"' in lines[first]
        and sum(line.count('"') for line in lines[first:end]) % 2
        and end < min(len(lines), first + HEADER_LINES)
    ):
        end += 1
    if sum(line.count('"') for line in lines[first:end]) % 2:
        end = first + 1
    names = split_record("\n".join(lines[first:end]), delimiter)
    return Dialect(delimiter, first, end, tuple(names))
