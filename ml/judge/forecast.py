"""Hold what was promised of each week's handoffs against what came."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from ml.data.columns import Floats
from ml.data.examples import Examples
from ml.data.features import project_variable
from ml.model.calibrate import FEWEST_LEADS, match_base_rate

QUARTER = 91 * 86_400_000_000


@dataclass(frozen=True)
class LevelPrior:
    """How far the level of wins moves before weeks have told it.

    Attributes
    ----------
    deviation
        Standard deviation of the log odds; the variable ``level_prior_deviation``. With 0
        nothing is allowed for the level.
    weeks
        As how many large weeks this counts; ``level_prior_weeks``. With 0 the weeks alone
        decide, as soon as there are any.
    """

    deviation: float = 0.2
    weeks: float = 8.0


USUAL_PRIOR = LevelPrior()


def level_prior(project: Path) -> LevelPrior:
    """Read the variables; those a project does not set have their defaults."""
    said = {
        name: project_variable(project, f"level_prior_{name}") for name in ("deviation", "weeks")
    }
    return LevelPrior(**{name: float(one) for name, one in said.items() if one is not None})


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
    variance is that of chance alone, of a sum of independent wins (Poisson binomial);
    the mart ``forecast_backtest`` makes the range.

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
        first day of the week. Metrics: ``handoffs``, ``handoff_wins``,
        ``handoff_wins_expected`` and ``handoff_wins_variance``.
    """
    rows = test.kinds == "handoff"
    first_days = week.first_days(pd.Series(test.time[rows]))
    promised = probabilities[rows]
    sums = (
        pd.DataFrame({"handoffs": 1.0, "handoff_wins": test.is_won[rows]})
        .assign(handoff_wins_expected=promised, handoff_wins_variance=promised * (1 - promised))
        .groupby(first_days.to_numpy())
        .sum()
    )
    table = sums.rename_axis("subset").reset_index().melt("subset", None, "metric", "value")
    return table.assign(scorer="model", interval_low=np.nan, interval_high=np.nan)


def level_variance(
    train: Examples, probabilities: Floats, week: ReportingWeek, prior: LevelPrior = USUAL_PRIOR
) -> float:
    """Tell from the weeks of training how far the level of wins moves, in log odds.

    Each week's handoffs are promised by the model's effects with the base rate that was
    known when the week began: of the outcomes that became known in the quarter before,
    or of all known by then where those hold too few wins. What the weeks missed
    beyond chance is the variance (see ``pooled_variance``). The effects have seen these
    weeks; the level, which is what is asked for, has not.

    Parameters
    ----------
    train : Examples
        Rows of training with weights and times.
    probabilities : numpy.ndarray of shape (rows,)
        Of the model fitted on them.
    week : ReportingWeek
    prior : LevelPrior

    Returns
    -------
    float
        Variance of the log odds.
    """
    scores = logit(np.clip(probabilities, 1e-9, 1 - 1e-9))
    known_at = train.time + train.horizon

    def won_leads(rows: NDArray[np.bool_]) -> int:
        return len(np.unique(train.leads[rows & (train.is_won > 0)]))

    handoffs = np.flatnonzero(train.kinds == "handoff")
    names = week.first_days(pd.Series(train.time[handoffs])).to_numpy()
    promises = []
    for name in sorted(set(names)):
        own = handoffs[names == name]
        begins = train.time[own].min()
        known = known_at <= begins
        latest = known & (known_at > begins - QUARTER)
        learnt = latest if won_leads(latest) >= FEWEST_LEADS else known
        if won_leads(learnt) < FEWEST_LEADS:
            continue
        shift = match_base_rate(scores[learnt], train.is_won[learnt], train.weights[learnt])
        promised = expit(scores[own] + shift)
        variance = (promised * (1 - promised)).sum()
        promises.append((train.is_won[own].sum(), promised.sum(), variance))
    wins, expected, variance = np.array(promises, dtype="float64").reshape(-1, 3).T
    return pooled_variance(wins, expected, variance, prior)


def pooled_variance(wins: Floats, expected: Floats, variance: Floats, prior: LevelPrior) -> float:
    """Estimate the variance of the level by the method of moments, with a prior.

    With a level that moves by log odds of variance s, the wins of a week have the variance
    V + s V^2, where V is that of chance (Williams 1982, Applied Statistics 31, 144-148): each
    week says ((wins - expected)^2 - V) / V^2. It counts by 1 / (prior variance + 1 / V)^2,
    so that large weeks count alike. The macros in ``macros/routing/promises.sql`` do the same.
    Weeks count as if each told of its own, although those of one quarter share their level.

    Parameters
    ----------
    wins, expected, variance : numpy.ndarray of shape (weeks,)
    prior : LevelPrior

    Returns
    -------
    float
    """
    assumed = prior.deviation**2
    if assumed == 0:
        return 0.0
    spread = 1 + assumed * variance
    excess = ((wins - expected) ** 2 - variance) / spread**2
    weight, prior_weight = (variance / spread) ** 2, prior.weeks / assumed**2
    total, weights = prior_weight * assumed + excess.sum(), prior_weight + weight.sum()
    return float(max(total / weights, 0.0)) if weights > 0 else assumed
