"""Files of JSON: one object a line, or lists and objects written over several lines."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, BinaryIO

from lead_funnel.raw.contract import Table
from lead_funnel.raw.delimited import Open, Row, Tally
from lead_funnel.raw.headers import matched
from lead_funnel.raw.text import Decoding, is_plain_text, text_lines, whole_lines

LONG_LINE = 8 << 20
"""Longer lines are not left to DuckDB's JSON reader, which takes objects of 16 megabytes."""
SAMPLE_LINES = 10_000
SAMPLE_BYTES = 1 << 23
BROKEN_JSON = "broken_json"

_HALF = re.compile(
    rb"""
    \\u d[89ab][0-9a-f]{2} (?! \\u d[c-f][0-9a-f]{2})
    | (?<! \\u d[89ab][0-9a-f]{2}) \\u d[c-f][0-9a-f]{2}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Half of a character that takes two escapes, as is left where a text was cut to a length."""


@dataclass(frozen=True)
class Layout:
    """How a file of JSON is laid out.

    Attributes
    ----------
    names : tuple of str
        Those in its first objects, in the order in which they come.
    is_by_line : bool
        Whether each line is an object of its own.
    nested : tuple of str
        Names that the objects within its first objects have.
    is_empty : bool
        Whether it is JSON without rows: an empty list, as an answer may be.
    """

    names: tuple[str, ...]
    is_by_line: bool
    nested: tuple[str, ...]
    is_empty: bool = False


def layout_of(table: Table, open_file: Open, decoding: Decoding) -> Layout:
    """Look at the first objects of a file."""
    with open_file() as stream:
        start = stream.read(SAMPLE_BYTES)
    lines = text_lines(io.BytesIO(start), replace(decoding))
    first = next((line for line in lines if line.strip()), "")
    values = [_loaded(line) for line in chain([first], islice(lines, SAMPLE_LINES))]
    layout = _layout([value for value in values if isinstance(value, dict)], is_by_line=True)
    is_listed = first.lstrip().startswith("[") or _rows_of_columns(table, values[0]) is not None
    if matched(table, layout.names) and not is_listed:
        return layout
    text, tally = _whole_text(io.BytesIO(start), replace(decoding)), Tally()
    found = [*islice(_objects(table, text, tally), SAMPLE_LINES)]
    layout = _layout([value for value in found if isinstance(value, dict)], is_by_line=False)
    is_empty = not tally.faults and all(value in (None, {}) for value in found)
    return replace(layout, is_empty=is_empty)


def plain_lines(open_file: Open, decoding: Decoding) -> int | None:
    """Count the lines of a file that DuckDB can read as it is; none where it cannot."""
    if decoding.encoding != "utf-8" or decoding.mark:
        return None
    count = 0
    rest = b""
    with open_file() as stream:
        for chunk, rest in whole_lines(stream):
            if not _is_sound(chunk) or len(rest) > LONG_LINE:
                return None
            count += sum(map(bool, map(bytes.strip, chunk.split(b"\n"))))
    return count + bool(rest.strip()) if _is_sound(rest) else None


def careful_rows(
    table: Table,
    open_file: Open,
    decoding: Decoding,
    layout: Layout,
    tally: Tally,
) -> Iterator[Row]:
    """Give the objects of any file: the table's columns in them, then no surplus and no fault.

    What is no object is a row without values.
    """
    columns = [
        [layout.names[at] for at in positions]
        for positions in matched(table, layout.names).values()
    ]
    with open_file() as stream:
        if layout.is_by_line:
            lines = text_lines(stream, decoding)
            objects: Iterator[Any] = (_loaded(line) for line in lines if line.strip())
        else:
            objects = _objects(table, _whole_text(stream, decoding), tally)
        for value in objects:
            tally.records += 1
            found = value if isinstance(value, dict) else {}
            yield [*(_text_of(found, spellings) for spellings in columns), None, None]


def _list_within(value: Any) -> list[dict[str, Any]] | None:
    """Give the list of objects that a file wraps in one object, as answers of an API do."""
    for one in value.values() if isinstance(value, dict) else ():
        if isinstance(one, list) and all(isinstance(item, dict) for item in one):
            return one
    return None


def _rows_of_columns(table: Table, value: Any) -> list[dict[str, Any]] | None:
    """Give the rows of an object that holds the values of each column, as data frames write it."""
    columns = value if isinstance(value, dict) else {}
    if not {one.name for one in table.key} <= matched(table, list(columns)).keys():
        return None
    if all(isinstance(one, dict) for one in columns.values()):
        numbers = list(dict.fromkeys(number for one in columns.values() for number in one))
        return [{name: one.get(at) for name, one in columns.items()} for at in numbers]
    if not all(isinstance(one, list) for one in columns.values()):
        return None
    longest = max(map(len, columns.values()))
    return [
        {name: one[at] if at < len(one) else None for name, one in columns.items()}
        for at in range(longest)
    ]


def _is_sound(chunk: bytes) -> bool:
    r"""Whether a chunk is plain, without ``\u0000`` and halves of a character of two."""
    has_halves = b"\\ud" in chunk.lower() and _HALF.search(chunk)
    return b"\\u0000" not in chunk and not has_halves and is_plain_text(chunk, LONG_LINE)


def _loaded(text: str) -> Any:
    try:
        # Numbers as they are written: an id of twenty digits is no floating-point number.
        return json.loads(text, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError):
        return None


class _Number(float):
    """A number that remembers how it was written."""

    def __new__(cls, text: str) -> _Number:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text


def _layout(objects: Sequence[Mapping[str, Any]], is_by_line: bool) -> Layout:
    names = dict.fromkeys(name for value in objects for name in value)
    inner = (one for value in objects for one in value.values() if isinstance(one, dict))
    return Layout(
        tuple(names), is_by_line, tuple(dict.fromkeys(name for one in inner for name in one))
    )


def _whole_text(stream: BinaryIO, decoding: Decoding) -> str:
    return "\n".join(text_lines(stream, decoding))


def _objects(table: Table, text: str, tally: Tally) -> Iterator[Any]:
    """Give the values in a text one after the other, whatever stands between them.

    What cannot be read ends it, with one row that says so.
    """
    decoder = json.JSONDecoder(parse_float=_Number, parse_int=_Number)
    at = end = is_open = 0
    while (at := _next_object(text, at)) < len(text):
        is_open += _opened(text[end:at])
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            tally.faults[BROKEN_JSON] += 1
            yield None
            return
        end = at
        inner = _rows_of_columns(table, value)
        if inner is None and not matched(table, list(value) if isinstance(value, dict) else []):
            inner = _list_within(value)
        if inner is None:
            yield value
        else:
            yield from inner
    if is_open + _opened(text[end:]) > 0:
        # It was cut between two objects.
        tally.faults[BROKEN_JSON] += 1
        yield None


def _opened(between: str) -> int:
    """Count the lists that are opened, less those that are closed, by what parts two values."""
    return between.count("[") - between.count("]")


def _next_object(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,[]":
        at += 1
    return at


def _text_of(found: Mapping[str, Any], spellings: Sequence[str]) -> str | None:
    for spelling in spellings:
        value = found.get(spelling)
        if value is None or value == "":
            continue
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, _Number):
            return value.text
        # Written as DuckDB writes it, where it reads the file itself.
        text = value if isinstance(value, str) else _compact(value)
        return text.replace("\0", "")
    return None


def _compact(value: Any) -> str:
    return json.dumps(_bare(value), ensure_ascii=False, separators=(",", ":"))


def _bare(value: Any) -> Any:
    """Give a value with the numbers that JSON writes as they were."""
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if isinstance(value, _Number):
        return int(value.text) if value.text.lstrip("-").isdigit() else float(value)
    return value
