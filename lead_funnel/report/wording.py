"""Numbers and names as people write them in the report, in its language."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from lead_funnel.language import ENGLISH, N_, _, current, local
from lead_funnel.report.names import WORDS
from lead_funnel.words import is_known, text

UNKNOWN = N_("unknown")
STAGE_LABELS = {
    "inquiry": N_("Inquiry"),
    "mql": N_("MQL"),
    "sal": N_("SAL"),
    "sql": N_("SQL"),
    "closed_won": N_("Won"),
    "closed_lost": N_("Lost"),
    "recycled": N_("Handed back"),
    "disqualified": N_("Disqualified"),
    "expired": N_("Expired"),
    "won_by_colleague": N_("Colleague won"),
    "open": N_("Open"),
}
_SHORT = {"sql": "SQL", "mql": "MQL", "sal": "SAL", "crm": "CRM", "utm": "UTM"}


def label(value: object) -> str:
    """Write a channel, factor or reason in words: ``paid_search`` is Paid search."""
    if not is_known(value) or str(value).strip("() ") in ("null", "none", ""):
        return _("Unknown")
    written = text(value)
    if written in STAGE_LABELS:
        return _(STAGE_LABELS[written])
    if written == "(address)":
        return written
    words = [_SHORT.get(word, word) for word in written.strip("()").replace("_", " ").split(" ")]
    phrase = " ".join(words)
    return named(phrase[:1].upper() + phrase[1:])


def named(words: str) -> str:
    """Translate a name that is ours; names of others stay as they are."""
    return _(words) if words in WORDS else words


def phrase(value: object) -> str:
    """Write an event, reason or level within a sentence: ``pricing_viewed`` is pricing viewed."""
    return named(text(value).replace("_", " "))


def reason(value: object) -> str:
    """Write why rows are in quarantine; what it concerns follows a colon."""
    kind, colon, subject = text(value).replace("_", " ").partition(":")
    return named(kind) + colon + subject


def inside(name: str) -> str:
    """Write a name within a sentence, where it begins with a small letter."""
    return name[:1].lower() + name[1:]


def count(value: object) -> str:
    """Write a whole number: 4,938."""
    return _fixed(value) if is_known(value) else _(UNKNOWN)


def _fixed(value: object, digits: int = 0, scale: int = 1) -> str:
    """Write a number with so many decimals; halves go up, as people round."""
    exact = Decimal(str(value)) * scale
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    # Nothing is less than nothing.
    return local(f"{rounded:,f}".replace("-", "−") if rounded else f"{abs(rounded):,f}")


def share(value: object) -> str:
    """Write a share with the digits that mean something: 62 %, 7.1 %, 0.4 %."""
    if not is_known(value):
        return _(UNKNOWN)
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
        return _(UNKNOWN)
    amount = float(str(value))
    size = abs(amount)
    digits = 2 if 0 < size < 1 else 1 if 0 < size < 20 else 0
    return _fixed(value, digits)


def number_range(low: object, high: object) -> str:
    """Write an interval of numbers: (319-460)."""
    if not (is_known(low) and is_known(high)):
        return ""
    return _("({low} to {high})").format(low=number(low), high=number(high))


def measure(value: object) -> str:
    """Write a measurement of a score with three decimals: 0.820."""
    return decimal(value, 3) if is_known(value) else _(UNKNOWN)


def decimal(value: object, digits: int, signed: bool = False) -> str:
    """Write a number with so many decimals."""
    return local(f"{float(str(value)):{'+' if signed else ''}.{digits}f}")


def money(value: object, currency: object) -> str:
    """Write an amount: 2.23 M EUR, 838 k EUR, 6,120 EUR."""
    if not is_known(value):
        return _(UNKNOWN)
    amount = float(str(value))
    code = f" {currency}" if is_known(currency) and str(currency) not in ("(none)", "") else ""
    size = abs(amount)
    if size >= 999_500:
        return _("{amount} M").format(amount=_fixed(amount / 1e6, 2)) + code
    if size >= 9_950:
        return _("{amount} k").format(amount=_fixed(amount / 1e3)) + code
    return f"{_fixed(value)}{code}"


def days(value: object) -> str:
    """Write a number of days: 14, or 3.5 where it is small."""
    if not is_known(value):
        return _(UNKNOWN)
    amount = float(str(value))
    return _fixed(value, 0 if amount >= 10 else 1)


def month(value: object) -> str:
    """Write a month: Mar 26."""
    return _date(value, "%b %y", "LLL yy") if is_known(value) else _(UNKNOWN)


def day(value: object) -> str:
    """Write a day: 25 June 2026."""
    if not is_known(value):
        return _(UNKNOWN)
    return _date(value, f"{pd.Timestamp(str(value)).day} %B %Y", "d. MMMM y")


def day_of_year(value: object) -> str:
    """Write a day without its year: 25 Jun."""
    return _date(value, "%d %b", "d. LLL")


def _date(value: object, english: str, other: str) -> str:
    """Write a date by a format of Python, in other languages by one of babel."""
    moment = pd.Timestamp(str(value))
    if current() == ENGLISH:
        return f"{moment:{english}}"
    # Only a page in another language waits for this import.
    from babel.dates import format_date

    return format_date(moment.date(), other, locale=current())


def count_range(low: object, high: object) -> str:
    """Write an interval of counts: (80 to 211)."""
    if not (is_known(low) and is_known(high)):
        return ""
    return _("({low} to {high})").format(low=count(low), high=count(high))


def distinct(names: Iterable[str]) -> list[str]:
    """Tell names that recur apart by a number: a chart has one row for each name."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
