"""Numbers and tables as text."""

import re
from collections.abc import Iterable, Sequence

from lead_funnel.language import _, local, local_date

ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
# Controls of a terminal, and characters that turn the direction of writing.
CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Take out what a terminal would obey rather than show; line ends and tabs stay."""
    return CONTROLS.sub("", text.replace("\r\n", "\n"))


def is_known(value: object) -> bool:
    """Tell whether a cell holds a value: neither null nor not-a-number nor not-a-time."""
    return value is not None and str(value) not in ("nan", "NaT", "<NA>", "None")


def count_text(value: object) -> str:
    """Write a whole number with thousands separated, or a dash."""
    return local(f"{int(float(str(value))):,}") if is_known(value) else "-"


def percent_text(value: object) -> str:
    """Write a share as a percentage with one decimal, or a dash."""
    return local(f"{float(str(value)):.1%}".replace("%", " %")) if is_known(value) else "-"


def percent_range(low: object, high: object) -> str:
    """Write an interval of shares, or a dash."""
    if not (is_known(low) and is_known(high)):
        return "-"
    bounds = (local(f"{float(str(bound)) * 100:.1f}") for bound in (low, high))
    return _("{low} to {high}").format(**dict(zip(("low", "high"), bounds, strict=True)))


def number_text(value: object, signed: bool = False) -> str:
    """Write a measurement with three decimals, or a dash."""
    if not is_known(value):
        return "-"
    return local(f"{float(str(value)):+.3f}" if signed else f"{float(str(value)):.3f}")


def number_range(low: object, high: object, signed: bool = False) -> str:
    """Write an interval of measurements, or a dash."""
    if not (is_known(low) and is_known(high)):
        return "-"
    return _("{low} to {high}").format(low=number_text(low, signed), high=number_text(high, signed))


def points_text(value: object, signed: bool = False) -> str:
    """Write points with one decimal, or a dash."""
    if not is_known(value):
        return "-"
    points = float(str(value))
    return local(f"{points:+.1f}" if signed else f"{points:.1f}")


def days_text(value: object) -> str:
    """Write a number of days or the like with one decimal, or a dash."""
    return local(f"{float(str(value)):,.1f}") if is_known(value) else "-"


def money_text(value: object, currency: object) -> str:
    """Write an amount without cents and its currency, or a dash."""
    if not is_known(value):
        return "-"
    code = f" {currency}" if is_known(currency) and str(currency) != "(none)" else ""
    return local(f"{float(str(value)):,.0f}") + code.rstrip()


def time_text(value: object) -> str:
    """Write a moment to the minute, or a dash."""
    return local_date(str(value)[:16].replace("T", " ")) if is_known(value) else "-"


def text(value: object) -> str:
    """Write a cell in one line, without any e-mail address that a source may have put in it."""
    if not is_known(value):
        return "-"
    return ADDRESS.sub("(address)", printable(" ".join(str(value).split())))


def shorten(line: str, width: int) -> str:
    """Cut a line to a width."""
    return line if len(line) <= width else line[: width - 3].rstrip() + "..."


def headed(head: str, line: str) -> str:
    """Write a line of a summary behind what it is about."""
    return f"{head:<13} {line}"


def align(rows: Sequence[Sequence[str]], left: Iterable[int] = (0,)) -> list[str]:
    """Lay rows out in columns.

    Parameters
    ----------
    rows : sequence of sequences of str
        All of one length.
    left : iterable of int
        Columns that are aligned to the left; the others to the right.

    Returns
    -------
    list of str
        One line per row.
    """
    if not rows:
        return []
    to_left = set(left)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place in to_left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
