"""Numbers and names as people write them in the report."""

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
    words = [_SHORT.get(word, word) for word in written.strip("()").replace("_", " ").split(" ")]
    phrase = " ".join(words)
    return phrase[:1].upper() + phrase[1:]


def count(value: object) -> str:
    """Write a whole number: 4,938."""
    return _minus(f"{round(float(str(value))):,}") if is_known(value) else UNKNOWN


def _minus(written: str) -> str:
    return "−" + written[1:] if written.startswith("-") else written


def share(value: object) -> str:
    """Write a share with the digits that mean something: 62 %, 7.1 %, 0.4 %."""
    if not is_known(value):
        return UNKNOWN
    percent = float(str(value)) * 100
    digits = 1 if 0 < abs(percent) < 10 else 0
    return f"{percent:.{digits}f} %"


def share_range(low: object, high: object) -> str:
    """Write an interval of shares: (59-64 %)."""
    if not (is_known(low) and is_known(high)):
        return ""
    bounds = [float(str(bound)) * 100 for bound in (low, high)]
    digits = 1 if bounds[1] < 10 else 0
    return f"({abs(bounds[0]):.{digits}f}–{bounds[1]:.{digits}f} %)"


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
    return _minus(f"{amount:,.{digits}f}")


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
        return f"{amount / 1e6:.2f} M{code}"
    if size >= 9_950:
        return f"{amount / 1e3:,.0f} k{code}"
    return f"{amount:,.0f}{code}"


def days(value: object) -> str:
    """Write a number of days: 14, or 3.5 where it is small."""
    if not is_known(value):
        return UNKNOWN
    amount = float(str(value))
    return f"{amount:.0f}" if amount >= 10 else f"{amount:.1f}"


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
