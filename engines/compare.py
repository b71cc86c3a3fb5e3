"""Compare the rows of one table on two engines."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Difference:
    """How the rows of a table differ between two engines.

    Attributes
    ----------
    rows : tuple of int
        Rows on the first and on the second engine.
    only_first, only_second : list of tuple
        Rows without a partner on the other engine, in a stable order.
    columns : list of str
        Columns in which the first of them differs from the row on the other
        engine that is most like it, as ``name: value / value``.
    """

    rows: tuple[int, int]
    only_first: list[Row]
    only_second: list[Row]
    columns: list[str]

    @property
    def count(self) -> int:
        """Rows without a partner, on both engines together."""
        return len(self.only_first) + len(self.only_second)


def compare_rows(
    names: Sequence[str],
    first: Iterable[Row],
    second: Iterable[Row],
    tolerance: float = TOLERANCE,
) -> Difference:
    """Pair the rows of a table on two engines, whatever their order.

    Parameters
    ----------
    names : sequence of str
        The columns, in the order of the values of each row.
    first, second : iterable of tuple
        The rows as both engines give them.
    tolerance : float
        Doubles that are as close as this, relative to their size or to 1, are equal;
        anything else must be the same.

    Returns
    -------
    Difference
    """
    ours = [tuple(row) for row in first]
    theirs = [tuple(row) for row in second]
    groups: dict[Row, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((ours, theirs)):
        for row in rows:
            groups[_exact(row)][side].append(row)
    only_first: list[Row] = []
    only_second: list[Row] = []
    for left, right in groups.values():
        rest = list(right)
        for row in left:
            partner = next(
                (place for place, other in enumerate(rest) if _same(row, other, tolerance)), None
            )
            if partner is None:
                only_first.append(row)
            else:
                rest.pop(partner)
        only_second.extend(rest)
    only_first.sort(key=repr)
    only_second.sort(key=repr)
    return Difference(
        (len(ours), len(theirs)),
        only_first,
        only_second,
        _telling_columns(names, only_first, only_second, tolerance),
    )


def _exact(row: Row) -> Row:
    """Give a row without its doubles, but with where they are."""
    return tuple("a double" if isinstance(value, float) else value for value in row)


def _same(row: Row, other: Row, tolerance: float) -> bool:
    return all(_same_value(left, right, tolerance) for left, right in zip(row, other, strict=True))


def _same_value(left: Any, right: Any, tolerance: float) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return (math.isnan(left) and math.isnan(right)) or math.isclose(
            left, right, rel_tol=tolerance, abs_tol=tolerance
        )
    return bool(left == right)


def _telling_columns(
    names: Sequence[str], only_first: list[Row], only_second: list[Row], tolerance: float
) -> list[str]:
    if not only_first or not only_second:
        return []
    row = only_first[0]

    def differing(other: Row) -> list[int]:
        return [
            place
            for place in range(len(names))
            if not _same_value(row[place], other[place], tolerance)
        ]

    nearest = min(only_second, key=lambda other: len(differing(other)))
    return [f"{names[place]}: {row[place]!r} / {nearest[place]!r}" for place in differing(nearest)]
