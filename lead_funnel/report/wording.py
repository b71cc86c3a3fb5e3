"""Numbers and names as people write them in the report."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from lead_funnel.words import is_known, text

UNKNOWN = "unknown"
STAGE_LABELS = {
    "inquiry": "Inquiry",
    "mql": "MQL",
    "sal": "SAL",
    "sql": "SQL",
    "closed_won": "Won",
    "closed_lost": "Lost",
    "recycled": "Handed back",
    "disqualified": "Disqualified",
    "expired": "Expired",
    "won_by_colleague": "Colleague won",
    "open": "Open",
}
_SHORT = {"sql": "SQL", "mql": "MQL", "sal": "SAL", "crm": "CRM", "utm": "UTM"}


def label(value: object) -> str:
    """Write a channel, factor or reason in words: ``paid_search`` is Paid search."""
    if not is_known(value) or str(value).strip("() ") in ("null", "none", ""):
        return "Unknown"
    written = text(value)
    if written in STAGE_LABELS:
        return STAGE_LABELS[written]
    if written == "(address)":
        return written
    words = [_SHORT.get(word, word) for word in written.strip("()").replace("_", " ").split(" ")]
    phrase = " ".join(words)
    return phrase[:1].upper() + phrase[1:]


def count(value: object) -> str:
    """Write a whole number: 4,938."""
    return _fixed(value) if is_known(value) else UNKNOWN


def _fixed(value: object, digits: int = 0, scale: int = 1) -> str:
    """Write a number with so many decimals; halves go up, as people round."""
    exact = Decimal(str(value)) * scale
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    # Nothing is less than nothing.
    return f"{rounded:,f}".replace("-", "−") if rounded else f"{abs(rounded):,f}"


def share(value: object) -> str:
    """Write a share with the digits that mean something: 62 %, 7.1 %, 0.4 %."""
    if not is_known(value):
        return UNKNOWN
    percent = float(str(value)) * 100
    digits = 1 if 0 < abs(percent) < 10 else 0
    return f"{_fixed(value, digits, 100)} %"


def share_range(low: object, high: object) -> str:
    """Write an interval of shares: (59-64 %)."""
    if not (is_known(low) and is_known(high)):
        return ""
    digits = 1 if float(str(high)) < 0.1 else 0
    return f"({_fixed(low, digits, 100)}–{_fixed(high, digits, 100)} %)"


def share_with_range(row: Any, value: str) -> str:
    """Write a share and its interval, from the columns of one name."""
    bounds = share_range(getattr(row, f"{value}_low"), getattr(row, f"{value}_high"))
    return f"{share(getattr(row, value))} {bounds}".strip()


def number(value: object) -> str:
    """Write a number with at most three digits that mean something: 0.82, 13.8, 408."""
    if not is_known(value):
        return UNKNOWN
    amount = float(str(value))
    size = abs(amount)
    digits = 2 if 0 < size < 1 else 1 if 0 < size < 20 else 0
    return _fixed(value, digits)


def number_range(low: object, high: object) -> str:
    """Write an interval of numbers: (319-460)."""
    if not (is_known(low) and is_known(high)):
        return ""
    return f"({number(low)} to {number(high)})"


def measure(value: object) -> str:
    """Write a measurement of a score with three decimals: 0.820."""
    return f"{float(str(value)):.3f}" if is_known(value) else UNKNOWN


def money(value: object, currency: object) -> str:
    """Write an amount: 2.23 M EUR, 838 k EUR, 6,120 EUR."""
    if not is_known(value):
        return UNKNOWN
    amount = float(str(value))
    code = f" {currency}" if is_known(currency) and str(currency) not in ("(none)", "") else ""
    size = abs(amount)
    if size >= 999_500:
        return f"{_fixed(amount / 1e6, 2)} M{code}"
    if size >= 9_950:
        return f"{_fixed(amount / 1e3)} k{code}"
    return f"{_fixed(value)}{code}"


def days(value: object) -> str:
    """Write a number of days: 14, or 3.5 where it is small."""
    if not is_known(value):
        return UNKNOWN
    amount = float(str(value))
    return _fixed(value, 0 if amount >= 10 else 1)


def month(value: object) -> str:
    """Write a month: Mar 26."""
    return f"{pd.Timestamp(str(value)):%b %y}" if is_known(value) else UNKNOWN


def day(value: object) -> str:
    """Write a day: 25 June 2026."""
    if not is_known(value):
        return UNKNOWN
    moment = pd.Timestamp(str(value))
    return f"{moment.day} {moment:%B %Y}"


def count_range(low: object, high: object) -> str:
    """Write an interval of counts: (80 to 211)."""
    if not (is_known(low) and is_known(high)):
        return ""
    return f"({count(low)} to {count(high)})"


def distinct(names: Iterable[str]) -> list[str]:
    """Tell names that recur apart by a number: a chart has one row for each name."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
