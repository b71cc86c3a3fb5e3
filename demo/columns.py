"""Make Arrow columns from numpy arrays: vocabulary look-ups, ids, times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Column = Any
"""An Arrow array; Arrow ships no types."""

DAY_MICROSECONDS = 86_400_000_000
_ARROW_KINDS = {
    "text": pa.string(),
    "time": pa.timestamp("us"),
    "date": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "texts": pa.list_(pa.string()),
}


def arrow_schema(columns: dict[str, str]) -> Any:
    """Turn ``{column: kind}`` into an Arrow schema."""
    return pa.schema([(name, _ARROW_KINDS[kind]) for name, kind in columns.items()])


def pick(
    words: Sequence[str | None] | Column, index: NDArray[Any], mask: Bools | None = None
) -> Column:
    """Look up `words` at `index`; null where the index is negative or `mask` is true."""
    gone = index < 0 if mask is None else (index < 0) | mask
    column = words if isinstance(words, pa.Array) else pa.array(words, pa.string())
    return column.take(pa.array(index, mask=gone))


def label(
    prefix: str, numbers: NDArray[Any], mask: Bools | None = None, suffix: str = ""
) -> Column:
    """Text ids ``prefix + number + suffix``; null where `mask` is true."""
    text = pa.array(numbers, mask=mask).cast(pa.string())
    return pc.binary_join_element_wise(prefix, text, suffix, "")


def glue(*parts: Column | str) -> Column:
    """Concatenate text columns and literals row by row; null if any is null."""
    return pc.binary_join_element_wise(*parts, "")


def hexes(rng: np.random.Generator, rows: int) -> Column:
    """Random ids of 32 hexadecimal digits, as web trackers make them."""
    data = rng.bytes(16 * rows).hex().encode()
    offsets = np.arange(rows + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))


def numbers(values: NDArray[Any], mask: Bools | None = None) -> Column:
    """Numbers or booleans; null where `mask` is true."""
    return pa.array(values, mask=mask)


def nothing(rows: int, kind: str = "text") -> Column:
    """Build an all-null column."""
    return pa.nulls(rows, _ARROW_KINDS[kind])


def stack(*parts: Column) -> Column:
    """Put columns of one type below each other."""
    return pa.concat_arrays(list(parts))


def choose(condition: Bools, yes: Column, no: Column) -> Column:
    """Take `yes` where the condition holds and `no` elsewhere."""
    return pc.if_else(pa.array(condition), yes, no)


def upper(text: Column) -> Column:
    """Upper-case text."""
    return pc.utf8_upper(text)


def lower(text: Column) -> Column:
    """Lower-case text."""
    return pc.utf8_lower(text)


def times(days: Floats, start: date) -> Column:
    """Turn days since `start` (NaN: null) into UTC timestamps with millisecond steps."""
    base = (start - date(1970, 1, 1)).days * DAY_MICROSECONDS
    gone = np.isnan(days)
    millis = np.rint(np.where(gone, 0.0, days) * 86_400_000).astype(np.int64)
    return pa.array(millis * 1000 + base, pa.timestamp("us"), mask=gone)


def dates(days: Ints, start: date) -> Column:
    """Turn whole days since `start` into dates."""
    base = (start - date(1970, 1, 1)).days
    return pa.array((days + base).astype(np.int32), pa.date32())


def lists(owner: Ints, values: Column, owners: int) -> Column:
    """Collect `values` into one list per owner 0..owners-1."""
    order = np.argsort(owner, kind="stable")
    counts = np.bincount(owner, minlength=owners)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values.take(pa.array(order)))


def table(columns: dict[str, Column], schema: dict[str, str]) -> Any:
    """Build an Arrow table with exactly the columns of `schema`, in its order.

    Columns that the simulated tools do not have are null.
    """
    rows = len(next(iter(columns.values())))
    given = [columns.get(name, nothing(rows, kind)) for name, kind in schema.items()]
    unknown = sorted(columns.keys() - schema.keys())
    assert not unknown, unknown
    return pa.table(given, schema=arrow_schema(schema))


def filter_rows(rows: Any, keep: NDArray[Any]) -> Any:
    """Keep rows by a boolean mask or by positions."""
    if keep.dtype == np.bool_:
        return rows.filter(pa.array(keep))
    return rows.take(pa.array(keep))


def set_column(rows: Any, name: str, values: Column) -> Any:
    """Replace one column of a table."""
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, rows.schema.field(place), values)


def concat(tables: list[Any]) -> Any:
    """Put tables of one schema below each other."""
    return pa.concat_tables(tables)


def empty(schema: Any) -> Any:
    """Build a table without rows."""
    return schema.empty_table()


def to_days(column: Column, start: date) -> Floats:
    """Turn timestamps or dates into days since `start`."""
    base = (start - date(1970, 1, 1)).days
    moments = column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    return np.asarray(moments / DAY_MICROSECONDS - base)
