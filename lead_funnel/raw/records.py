"""Records out of lines of delimited text, so that a stray quote swallows none of them."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

LONGEST_RECORD = 100_000
"""Lines that one record may take, such as an e-mail of megabytes that is quoted by the rule."""
LONGEST_MENDED = 50
"""The same where the quotes break the rule: one open for longer was never meant to be one."""

STRAY_QUOTE = "stray_quote"


@dataclass(frozen=True)
class Record:
    """The values of one record, and what is wrong with it where it cannot be used.

    Attributes
    ----------
    is_mended : bool
        Whether its quotes are not those of the rule, and it was read nevertheless.
    is_line : bool
        Whether it is one line without any delimiter.
    """

    values: list[str]
    fault: str | None = None
    is_mended: bool = False
    is_line: bool = False


def _always(_line: str) -> bool:
    return True


def read_records(
    lines: Iterable[str],
    delimiter: str,
    width: int,
    may_go_on: Callable[[str], bool] = _always,
) -> Iterator[Record]:
    r"""Give the records of lines, one for each line but those that continue a quoted value.

    Quotes within a value that are not doubled, or escaped by ``\``, are read where that gives as
    many values as the header has names. A quote that is never closed, or closed only lines later
    in what are records of their own, opens nothing: its line is split as if it had no quotes.

    Parameters
    ----------
    may_go_on : callable
        Whether a record that begins with a line may be longer than it.
    """
    ahead: deque[str] = deque()
    source = iter(lines)
    while True:
        line = ahead.popleft() if ahead else next(source, None)
        if line is None:
            return
        if '"' not in line:
            for values in _split_lines(line, delimiter, width):
                yield Record(values, is_line=len(values) == 1)
            continue
        try:
            values = next(csv.reader([line], delimiter=delimiter, strict=True))
            if len(values) == width:
                yield Record(values, is_line=width == 1)
                continue
        except (csv.Error, StopIteration):
            pass
        if may_go_on(line):
            record, taken = _quoted_record(line, ahead, source, delimiter, width)
        else:
            record, taken = _quoted_record(line, deque(), iter(()), delimiter, width)
        for _ in range(taken):
            ahead.popleft()
        yield record


def _split_lines(line: str, delimiter: str, width: int) -> list[list[str]]:
    r"""Split a line without quotes; several, where records within it end in ``\r`` alone."""
    if "\r" in line:
        several = [one.split(delimiter) for one in line.split("\r")]
        if all(len(values) == width for values in several):
            return several
    return [line.split(delimiter)]


def split_record(text: str, delimiter: str) -> list[str]:
    """Split one record by its quotes, if they can be meant as such."""
    values = split_closed(text, delimiter)
    return text.split(delimiter) if values is None else values


def split_closed(text: str, delimiter: str) -> list[str] | None:
    """Split one record by its quotes; none where one that opens a value is never closed."""
    for reading in _READINGS:
        values, is_closed = reading(text, delimiter)
        if is_closed:
            return values
    return None


def is_swallowing(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether lines that quotes make one record look like several.

    A line looks like a record if it has as many values and they look like those of the first line:
    numbers, times, ids and addresses at the same places.
    """
    if width < 2 or len(lines) < 2:
        return False
    own: list[str] = []
    for line in lines[1:]:
        if line.count(delimiter) + 1 < width:
            continue
        own = own or [_shape(value) for value in _loosely(lines[0], delimiter)]
        values = _loosely(line, delimiter)
        if len(values) != width:
            continue
        pairs = zip(own, map(_shape, values), strict=False)
        telling = [(one, other) for one, other in pairs if _tells(one)]
        if telling and sum(one == other for one, other in telling) * 2 > len(telling):
            return True
    return False


def _shape(value: str) -> str:
    """Give a value without what differs between two of a kind: its letters and digits."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", value.strip(' "')))


def _tells(shape: str) -> bool:
    return "9" in shape or "@" in shape


def _quoted_record(
    line: str, ahead: deque[str], source: Iterator[str], delimiter: str, width: int
) -> tuple[Record, int]:
    """Give the record that begins with a line, and how many of the lines ahead belong to it."""
    parts = [line]
    quotes = 0
    was_even = False
    whole: list[str] | None = None
    for taken in range(LONGEST_RECORD):
        if taken >= LONGEST_MENDED and was_even:
            # By the rule it would have ended there.
            break
        quotes += parts[-1].count('"')
        was_even |= not quotes % 2
        readings = _readings_that_may_end(parts[-1], taken, quotes)
        is_open = not readings
        text = "\n".join(parts) if readings else ""
        for reading in readings:
            values, is_closed = reading(text, delimiter)
            is_open |= not is_closed
            if is_closed and _fits(values, width):
                is_mended = reading is not _READINGS[0]
                return Record(values, is_mended=is_mended, is_line=len(values) == 1), taken
            if is_closed and reading is _READINGS[0] and not taken:
                whole = values
        if not is_open or whole is not None:
            break
        if taken == len(ahead):
            following = next(source, None)
            if following is None:
                break
            ahead.append(following)
        parts.append(ahead[taken])
        if is_swallowing([line, ahead[taken]], delimiter, width):
            break
    if whole is not None:
        # Its quotes are in order; that it is short or overlong is for others to judge.
        return Record(whole, is_line=len(whole) == 1), 0
    values = _loosely(line, delimiter)
    if not _fits(values, width):
        values = line.split(delimiter)
    return Record(values, None if _fits(values, width) else STRAY_QUOTE, is_mended=True), 0


def _readings_that_may_end(line: str, taken: int, quotes: int) -> Sequence[Reading]:
    """Give the readings by which a record may end with a line, its quotes being so many."""
    if '"' not in line:
        return ()
    if taken < LONGEST_MENDED:
        return _READINGS
    # By the rule, what is closed has each quote twice.
    return () if quotes % 2 else _READINGS[:1]


def _fits(values: list[str], width: int) -> bool:
    return len(values) == width or (len(values) == width + 1 and not values[-1].strip())


def _by_rule(text: str, delimiter: str) -> tuple[list[str], bool]:
    """Split by the rule: quotes within quotes are doubled. What breaks it is open."""
    return _split(text, delimiter, is_strict=True)


def _by_backslash(text: str, delimiter: str) -> tuple[list[str], bool]:
    return _split(text, delimiter, has_escapes=True)


def _by_position(text: str, delimiter: str) -> tuple[list[str], bool]:
    """Close a value only by a quote before a delimiter or the end."""
    return _split(text, delimiter)


def _by_position_only(text: str, delimiter: str) -> tuple[list[str], bool]:
    return _split(text, delimiter, has_doubled=False)


def _loosely(text: str, delimiter: str) -> list[str]:
    """Split a line in which a quote that is not closed opens nothing."""
    values: list[str] = []
    at = 0
    while at <= len(text):
        start = _past_blanks(text, at)
        value: str | None = None
        end = at
        if text.startswith('"', start):
            value, end = _quoted_value(text, start + 1, delimiter, False, True, False)
        if value is None:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            value = text[at:end]
        values.append(value)
        at = end + 1
    return values


Reading = Callable[[str, str], tuple[list[str], bool]]

_READINGS: tuple[Reading, ...] = (_by_rule, _by_backslash, _by_position, _by_position_only)
"""How quotes may be meant, in the order in which it is tried."""


def _split(
    text: str,
    delimiter: str,
    *,
    is_strict: bool = False,
    has_escapes: bool = False,
    has_doubled: bool = True,
) -> tuple[list[str], bool]:
    """Split a record; tells besides whether all its quotes are closed."""
    values = []
    at = 0
    while True:
        start = _past_blanks(text, at)
        if not text.startswith('"', start):
            end = text.find(delimiter, at)
            values.append(text[at:] if end < 0 else text[at:end])
            if end < 0:
                return values, True
            at = end + 1
            continue
        value, at = _quoted_value(text, start + 1, delimiter, has_escapes, has_doubled, is_strict)
        if value is None:
            return values, False
        values.append(value)
        if at >= len(text):
            return values, True
        at += 1


def _past_blanks(text: str, at: int) -> int:
    while text.startswith(" ", at):
        at += 1
    return at


def _quoted_value(
    text: str, at: int, delimiter: str, has_escapes: bool, has_doubled: bool, is_strict: bool
) -> tuple[str | None, int]:
    """Give the value within quotes and where it ends; none where the quote is not closed."""
    parts = []
    while True:
        quote = text.find('"', at)
        if quote < 0:
            return None, len(text)
        before = text[at:quote]
        following = text[quote + 1 : quote + 2]
        end = _past_blanks(text, quote + 1)
        if has_escapes and (len(before) - len(before.rstrip("\\"))) % 2:
            parts.append(before[:-1] + '"')
            at = quote + 1
        elif following == '"' and (
            has_doubled or text[quote + 2 : quote + 3] not in ("", delimiter)
        ):
            parts.append(before + '"')
            at = quote + 2
        elif text[end : end + 1] in ("", delimiter):
            parts.append(before)
            return "".join(parts), end
        elif is_strict:
            return None, len(text)
        else:
            parts.append(before + '"')
            at = quote + 1
