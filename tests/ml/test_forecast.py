"""Weeks of what was promised are those of the marts."""

from __future__ import annotations

import pandas as pd

from ml.judge.forecast import ReportingWeek

# Saturday and Sunday night, and Monday, in UTC.
MOMENTS = pd.Series(
    pd.to_datetime(["2025-01-04 23:30", "2025-01-05 03:00", "2025-01-05 23:30", "2025-01-06 12:00"])
    .as_unit("us")
    .astype("int64")
)


def test_a_week_begins_on_its_day_in_the_zone_of_the_reports() -> None:
    def told(zone: str, day: int) -> list[str]:
        return list(ReportingWeek(zone, day).first_days(MOMENTS))

    assert told("UTC", 1) == ["2024-12-30", "2024-12-30", "2024-12-30", "2025-01-06"]
    assert told("UTC", 7) == ["2024-12-29", "2025-01-05", "2025-01-05", "2025-01-05"]
    # There it is still Saturday at the second moment; in Berlin the third is Monday.
    assert told("America/New_York", 7) == ["2024-12-29", "2024-12-29", "2025-01-05", "2025-01-05"]
    assert told("Europe/Berlin", 1) == ["2024-12-30", "2024-12-30", "2025-01-06", "2025-01-06"]
