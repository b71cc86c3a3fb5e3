"""Hold what was promised of each week's handoffs against what came."""

import numpy as np
import pandas as pd

from ml.data.columns import Floats
from ml.data.examples import Examples


def forecast_by_week(test: Examples, probabilities: Floats) -> pd.DataFrame:
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

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_metrics`` without ``model_version``; the subset is the
        Monday. Metrics: ``handoffs``, ``handoff_wins`` and ``handoff_wins_expected``.
    """
    rows = test.kinds == "handoff"
    days = pd.Series(pd.to_datetime(test.time[rows], unit="us")).dt.normalize()
    mondays = (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
    chance = probabilities[rows]
    sums = (
        pd.DataFrame({"handoffs": 1.0, "handoff_wins": test.is_won[rows]})
        .assign(handoff_wins_expected=chance, variance=chance * (1 - chance))
        .groupby(mondays.to_numpy())
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
