"""Times of a flat table: one column, one order of day and month."""

from __future__ import annotations

import pandas as pd
import pytest

from lead_funnel.errors import UserError
from ml.data.moments import read_moments


def read(*texts: str | None) -> list[str]:
    moments = read_moments(pd.Series([*texts], name="when"))
    return [str(moment)[:16] for moment in moments]


def test_every_plain_form_is_the_same_moment() -> None:
    forms = [
        ("2024-12-31 14:05", "2025-01-02T09:00:00+01:00"),
        ("31.12.2024 14:05", "2.1.2025 8:00"),
        ("31/12/2024 14:05", "02/01/2025 08:00"),
        ("12/31/2024 2:05 PM", "1/2/2025 8:00 AM"),
        ("31-12-2024 14:05:00", "02-01-2025 08:00:00"),
        ("31 Dec 2024 14:05", "Jan 2, 2025 8:00"),
    ]
    for form in forms:
        assert read(*form) == ["2024-12-31 14:05", "2025-01-02 08:00"], form


def test_a_column_that_does_not_tell_days_from_months_is_refused() -> None:
    for column in (("03/04/2025", "05/06/2025"), ("31/12/2024", "12/31/2024")):
        with pytest.raises(UserError, match="'when' does not tell days from months"):
            read(*column)


def test_one_slip_in_many_is_missing_and_no_other_day() -> None:
    texts = ["31/12/2024"] * 25 + ["12/31/2024", "02/01/2025"]
    assert read(*texts)[-2:] == ["NaT", "2025-01-02 00:00"]


@pytest.mark.parametrize(
    "text", ["2024-13-01", "01/02/24", "2024-01-02 09:00 IST", "13.13.2024", "soon", "may be"]
)
def test_what_is_no_time_is_missing(text: str) -> None:
    assert read("2024-01-01", text, None) == ["2024-01-01 00:00", "NaT", "NaT"]
