"""Where the rows of two tables differ."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any


def differences(
    expected: Sequence[tuple[Any, ...]], actual: Sequence[tuple[Any, ...]]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Rows missing and rows too many; doubles may be apart by a billionth of their size."""
    exact = Counter(expected), Counter(actual)
    missing = list((exact[0] - exact[1]).elements())
    surplus = list((exact[1] - exact[0]).elements())
    for row in list(missing):
        twin = next((other for other in surplus if _same(row, other)), None)
        if twin is not None:
            missing.remove(row)
            surplus.remove(twin)
    return missing, surplus


def _same(row: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(
        math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-12)
        if isinstance(one, float) and isinstance(two, float)
        else one == two
        for one, two in zip(row, other, strict=True)
    )
