"""Read the times of a table, whose dates may be written in the order of any country."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from lead_funnel.errors import UserError

YEAR_LAST = r"^\s*(\d{1,2})([./-])(\d{1,2})[./-](\d{4})(?:,?[ T]+(.*?))?,?\s*$"
WORDS = (
    {"t", "z", "utc", "gmt", "am", "pm"}
    | {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
    | {"january", "february", "march", "april", "may", "june", "july", "august"}
    | {"september", "october", "november", "december"}
)
KNOWN_WORDS = WORDS | {word[:3] for word in WORDS} | {"sept", "tues", "thur", "thurs"}
SLIPS = 20
"""One date in so many may belie the order of all others."""


def read_moments(values: pd.Series) -> pd.Series:
    """Read times written as text; what is none, or could be another day, is missing.

    Parameters
    ----------
    values : pandas.Series of shape (rows,)
        Dates with the year first, with the month in English, or with the year last: the column
        then tells by a day above twelve whether days or months come first. Dates with points
        have the day first.

    Returns
    -------
    pandas.Series of shape (rows,)
        Times in UTC.

    Raises
    ------
    UserError
        If no date of the column tells days from months.
    """
    parsed = pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601")
    left = values[parsed.isna() & values.notna()].astype(str)
    if left.empty:
        return parsed
    parts = left.str.extract(YEAR_LAST)
    parts = parts[parts[0].notna()]
    texts = left[left.map(_says_its_month)]
    if not parts.empty:
        texts = pd.concat([texts, _year_first(parts, str(values.name))])
    parsed.loc[texts.index] = pd.to_datetime(texts, utc=True, errors="coerce", format="mixed")
    return parsed


def _says_its_month(text: str) -> bool:
    """Whether all words are of a date, so that no zone is passed over, and one is a month."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return any(len(word) >= 3 and word not in ("utc", "gmt") for word in words) and all(
        word in KNOWN_WORDS for word in words
    )


def _year_first(parts: pd.DataFrame, name: str) -> pd.Series:
    first = parts[0].astype(int)
    second = parts[2].astype(int)
    has_points = parts[1] == "."
    open_dates = ~has_points
    day_first = int(((first > 12) & (second <= 12) & open_dates).sum())
    month_first = int(((second > 12) & (first <= 12) & open_dates).sum())
    if open_dates.any() and max(day_first, month_first) <= SLIPS * min(day_first, month_first):
        row = parts.index[np.flatnonzero(open_dates)[0]]
        raise UserError(
            f"The time column {name!r} does not tell days from months, first in row "
            f"{int(row) + 1}. Write times as 2026-03-31 or 2026-03-31 10:15:00."
        )
    is_day_first = has_points | (day_first > month_first)
    day = first.where(is_day_first, second).astype(str).str.zfill(2)
    month = second.where(is_day_first, first).astype(str).str.zfill(2)
    dates = parts[3] + "-" + month + "-" + day
    # A month above twelve would be taken for a day.
    dates = dates.where(month.astype(int) <= 12)
    return (dates + " " + parts[4].fillna("")).str.strip()
