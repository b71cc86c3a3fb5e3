"""Hold what was promised of each week's handoffs against what came."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ml.data.columns import Floats
from ml.data.examples import Examples
from ml.data.features import project_variable


@dataclass(frozen=True)
class ReportingWeek:
    """When a week begins, as the marts tell it: in which time zone, on which day (1: Monday)."""

    time_zone: str = "UTC"
    starts_day: int = 1

    def first_days(self, microseconds: pd.Series) -> pd.Series:
        """Give the first day of the week that each moment (UTC) lies in, as text."""
        local = pd.to_datetime(microseconds, unit="us", utc=True).dt.tz_convert(self.time_zone)
        days = local.dt.tz_localize(None).dt.normalize()
        since = (days.dt.day_of_week + 1 - self.starts_day) % 7
        return (days - pd.to_timedelta(since, unit="D")).dt.strftime("%Y-%m-%d")


def reporting_week(project: Path) -> ReportingWeek:
    """Read the variables that say when a week begins."""
    return ReportingWeek(
        str(project_variable(project, "reporting_time_zone") or "UTC"),
        int(project_variable(project, "week_starts_day") or 1),
    )


def forecast_by_week(test: Examples, probabilities: Floats, week: ReportingWeek) -> pd.DataFrame:
    """Sum the wins that were to be expected of each week's handoffs, and those that came.

    The judged model never saw these leads, and learnt from nothing that was not known
    when the test period began: it is what would have been promised at the time. The
    interval is where the wins of 19 of 20 weeks lie if the probabilities are right: mean
    and variance of a sum of independent wins (Poisson binomial), to half a win.

    Parameters
    ----------
    test : Examples
        Rows of the test period that sales worked, with times.
    probabilities : numpy.ndarray of shape (rows,)
    week : ReportingWeek

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_metrics`` without ``model_version``; the subset is the
        first day of the week. Metrics: ``handoffs``, ``handoff_wins`` and
        ``handoff_wins_expected``.
    """
    rows = test.kinds == "handoff"
    first_days = week.first_days(pd.Series(test.time[rows]))
    chance = probabilities[rows]
    sums = (
        pd.DataFrame({"handoffs": 1.0, "handoff_wins": test.is_won[rows]})
        .assign(handoff_wins_expected=chance, variance=chance * (1 - chance))
        .groupby(first_days.to_numpy())
        .sum()
    )
    reach = 1.96 * np.sqrt(sums.pop("variance")) + 0.5
    expected = sums["handoff_wins_expected"]
    table = sums.rename_axis("subset").reset_index().melt("subset", None, "metric", "value")
    is_expected = table["metric"] == "handoff_wins_expected"
    low, high = (expected - reach).clip(lower=0.0), np.minimum(expected + reach, sums["handoffs"])
    return table.assign(
        scorer="model",
        interval_low=table["subset"].map(low).where(is_expected).astype("float64"),
        interval_high=table["subset"].map(high).where(is_expected).astype("float64"),
    )
