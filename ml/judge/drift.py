"""Measure drift between training and test."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.data.columns import Floats, level_values, numeric_values
from ml.data.examples import Examples
from ml.data.features import AGE_FEATURE, project_variable

# Times before 1980 are places in an order.
FIRST_MOMENT = 315_532_800_000_000
PERIOD_COLUMNS = ["period", "leads", "won_share", "mean_probability", "is_off"]
# Bands of the age of a cycle in days, each up to an edge; as in macros/scoring/bands.sql.
AGE_BAND_DAYS = (7, 28, 56, 180)
AGE_BANDS = ("0 to 7 days", "8 to 28 days", "29 to 56 days", "57 to 180 days", "over 180 days")


@dataclass(frozen=True)
class DriftLimits:
    """Thresholds beyond which something has moved; the variables ``drift_*`` of a dbt project.

    Attributes
    ----------
    stable
        A population stability index below this is no change.
    shifted
        From this index on the population has changed.
    rate_change
        A share has moved if it changed by more than this share of itself,
    errors
        and by more than this many standard errors.
    fewest_leads
        A month with fewer leads is not judged.
    """

    stable: float = 0.1
    shifted: float = 0.25
    rate_change: float = 0.25
    errors: float = 3.0
    fewest_leads: int = 30


USUAL_LIMITS = DriftLimits()


def project_limits(project: Path) -> DriftLimits:
    """Read the limits of a dbt project; those it does not set have their defaults."""
    names = [field.name for field in fields(DriftLimits)]
    said = {name: project_variable(project, f"drift_{name}") for name in names}
    return replace(USUAL_LIMITS, **{name: one for name, one in said.items() if one is not None})


@dataclass(frozen=True)
class Drift:
    """What moved.

    Attributes
    ----------
    train_rate, test_rate
        Base rates, share of examples won.
    base_rate_moved
        By more than the limits allow.
    score_psi
        Population stability index of the probabilities.
    feature_psi
        The same for each feature, largest first.
    periods
        Calibration by month of the test period (by decile where rows only have an
        order): ``period``, ``leads``, ``won_share``, ``mean_probability`` and
        ``is_off``.
    verdict
        ``keep``; ``refit`` if base rate, scores or the latest month's calibration
        moved; ``points`` if points, or chance where there are none, do as well.
    reason
        The verdict in words.
    """

    train_rate: float
    test_rate: float
    base_rate_moved: bool
    score_psi: float
    feature_psi: dict[str, float]
    periods: pd.DataFrame
    verdict: str
    reason: str


def stability_index(before: Floats, after: Floats) -> float:
    """Give the population stability index of two sets of shares.

    Half a case is added to every bin, so that an empty bin stays finite.

    Parameters
    ----------
    before, after : numpy.ndarray of shape (bins,)
        Counts.
    """
    first = (before + 0.5) / (before + 0.5).sum()
    second = (after + 0.5) / (after + 0.5).sum()
    return float(((second - first) * np.log(second / first)).sum())


def numeric_index(before: Floats, after: Floats) -> float:
    """Index of a number over deciles of ``before``; missing is a bin."""
    edges = decile_edges(before)
    return stability_index(count_numbers(before, edges), count_numbers(after, edges))


def decile_edges(values: Floats) -> Floats:
    """Give the upper edges of the deciles of what is not missing; equal ones are one."""
    present = values[~np.isnan(values)]
    return np.unique(np.quantile(present, np.linspace(0.1, 0.9, 9))) if len(present) else present


def count_numbers(values: Floats, edges: Floats) -> Floats:
    """Count numbers up to each edge, beyond the last one, and missing."""
    bins = np.searchsorted(edges, values, side="left")
    bins[np.isnan(values)] = len(edges) + 1
    return np.bincount(bins, minlength=len(edges) + 2).astype("float64")


def level_index(before: pd.Series, after: pd.Series) -> float:
    """Index of a category; levels below one percent before are pooled."""
    kept = common_levels(before)
    return stability_index(count_levels(before, kept), count_levels(after, kept))


def common_levels(values: pd.Series) -> list[str]:
    """List the levels that hold at least one percent."""
    shares = pd.Series(level_values(values)).value_counts(normalize=True)
    return sorted(shares[shares >= 0.01].index)


def count_levels(values: pd.Series, kept: list[str]) -> Floats:
    """Count the levels that are kept, and all others."""
    found = pd.Series(level_values(values)).value_counts().reindex(kept)
    inside = found.fillna(0).to_numpy(dtype="float64")
    return np.append(inside, len(values) - inside.sum())


def measure_drift(
    train: Examples,
    test: Examples,
    train_scores: Floats,
    test_scores: Floats,
    is_worth_it: bool,
    limits: DriftLimits = USUAL_LIMITS,
) -> Drift:
    """Compare training and test period.

    Parameters
    ----------
    train, test : Examples
    train_scores, test_scores : numpy.ndarray of shape (rows,)
        The model's probabilities.
    is_worth_it : bool
        Whether the model orders the test leads better than chance, and no worse
        than points.
    limits : DriftLimits
    """
    rates, errors = [], []
    for side in (train, test):
        rate = float(np.average(side.is_won, weights=side.weights))
        leads = len(np.unique(side.leads))
        rates.append(rate)
        errors.append(rate * (1 - rate) / leads)
    change = abs(rates[1] - rates[0])
    moved = change > limits.rate_change * rates[0] and (
        change > limits.errors * float(np.sqrt(sum(errors)))
    )
    features = {
        feature: numeric_index(
            numeric_values(train.frame[feature]), numeric_values(test.frame[feature])
        )
        if kind == "numeric"
        else level_index(train.frame[feature], test.frame[feature])
        for feature, kind in train.features.items()
    }
    score_psi = numeric_index(train_scores, test_scores)
    periods = calibration_by_period(test, test_scores, limits)
    reasons = []
    if moved:
        reasons.append("the base rate moved")
    if score_psi >= limits.shifted:
        reasons.append("the scores are spread differently")
    if len(periods) and periods["is_off"].iloc[-1]:
        reasons.append(f"the probabilities of {periods['period'].iloc[-1]} were off")
    verdict, reason = "refit", " and ".join(reasons)
    if not is_worth_it:
        verdict, reason = "points", "the model ranks leads no better than what there is without it"
    elif not reasons:
        verdict, reason = "keep", "nothing moved much"
        if score_psi >= limits.stable or max(features.values(), default=0) >= limits.shifted:
            reason = "leads look different, and the model still holds"
    ordered = dict(sorted(features.items(), key=lambda item: -item[1]))
    return Drift(rates[0], rates[1], bool(moved), score_psi, ordered, periods, verdict, reason)


def calibration_by_period(
    test: Examples, probabilities: Floats, limits: DriftLimits = USUAL_LIMITS
) -> pd.DataFrame:
    """Compare promised and observed wins month by month.

    A month is off if the mean probability misses the observed share by more than the
    limits allow, of itself and in errors (of leads, not of rows).

    Parameters
    ----------
    test : Examples
    probabilities : numpy.ndarray of shape (rows,)
    limits : DriftLimits

    Returns
    -------
    pandas.DataFrame
        As ``Drift.periods``; months of too few leads are left out, and so is
        everything if there is no time.
    """
    if np.ptp(test.time) == 0:
        return pd.DataFrame(columns=PERIOD_COLUMNS)
    if test.time.min() > FIRST_MOMENT:
        names = pd.to_datetime(test.time, unit="us").strftime("%Y-%m").to_numpy()
    else:
        decile = np.argsort(np.argsort(test.time, kind="stable")) * 10 // len(test)
        names = np.array([f"part {number + 1:2d} of 10" for number in decile])
    return _calibration_by_name(test, probabilities, names, limits)


def calibration_by_age(
    test: Examples, probabilities: Floats, limits: DriftLimits = USUAL_LIMITS
) -> pd.DataFrame:
    """Compare promised and observed wins by the age of the cycle; as ``calibration_by_period``."""
    if AGE_FEATURE not in test.frame:
        return pd.DataFrame(columns=PERIOD_COLUMNS)
    bands = age_bands(numeric_values(test.frame[AGE_FEATURE]))
    return _calibration_by_name(test, probabilities, bands, limits)


def age_bands(days: Floats) -> NDArray[np.str_]:
    """Name the band of each age of a cycle."""
    return np.array(AGE_BANDS)[np.searchsorted(AGE_BAND_DAYS, days, side="left")]


def _calibration_by_name(
    test: Examples, probabilities: Floats, names: NDArray[Any], limits: DriftLimits
) -> pd.DataFrame:
    rows = []
    for name in sorted(set(names)):
        own = names == name
        weights = test.weights[own]
        leads = len(np.unique(test.leads[own]))
        if leads < limits.fewest_leads:
            continue
        share = float(np.average(test.is_won[own], weights=weights))
        promised = float(np.average(probabilities[own], weights=weights))
        gap, error = abs(promised - share), float(np.sqrt(promised * (1 - promised) / leads))
        off = gap > limits.rate_change * share and gap > limits.errors * error
        rows.append((name, leads, share, promised, off))
    return pd.DataFrame(rows, columns=PERIOD_COLUMNS)
