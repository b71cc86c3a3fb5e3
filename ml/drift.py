"""Tell whether the world has moved between training and test."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.examples import Examples
from ml.terms import Floats, level_values, numeric_values

# The usual reading of the population stability index.
STABLE_BELOW, SHIFTED_FROM = 0.1, 0.25
# A base rate has moved if it did so by a quarter and beyond three errors.
BASE_RATE_CHANGE, BASE_RATE_ERRORS = 0.25, 3.0


@dataclass(frozen=True)
class Drift:
    """What moved.

    Attributes
    ----------
    train_rate, test_rate
        Base rates, share of examples won.
    base_rate_moved
        By more than a quarter of itself and beyond chance.
    score_psi
        Population stability index of the probabilities.
    feature_psi
        The same for each feature, largest first.
    verdict
        ``stable``, ``watch`` or ``refit``.
    """

    train_rate: float
    test_rate: float
    base_rate_moved: bool
    score_psi: float
    feature_psi: dict[str, float]
    verdict: str


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
    """Index of a number over tenths of ``before``; missing is a bin."""
    present = before[~np.isnan(before)]
    edges = np.unique(np.quantile(present, np.linspace(0.1, 0.9, 9))) if len(present) else present
    counts = []
    for values in (before, after):
        bins = np.searchsorted(edges, values, side="left")
        bins[np.isnan(values)] = len(edges) + 1
        counts.append(np.bincount(bins, minlength=len(edges) + 2).astype("float64"))
    return stability_index(counts[0], counts[1])


def level_index(before: pd.Series, after: pd.Series) -> float:
    """Index of a category; levels below one percent before are pooled."""
    shares = pd.Series(level_values(before)).value_counts(normalize=True)
    kept = sorted(shares[shares >= 0.01].index)
    counts = []
    for values in (before, after):
        found = pd.Series(level_values(values)).value_counts().reindex(kept)
        inside = found.fillna(0).to_numpy(dtype="float64")
        counts.append(np.append(inside, len(values) - inside.sum()))
    return stability_index(counts[0], counts[1])


def measure_drift(
    train: Examples, test: Examples, train_scores: Floats, test_scores: Floats
) -> Drift:
    """Compare training and test period.

    Parameters
    ----------
    train, test : Examples
    train_scores, test_scores : numpy.ndarray of shape (rows,)
        The model's probabilities.
    """
    rates, errors = [], []
    for side in (train, test):
        rate = float(np.average(side.is_won, weights=side.weights))
        leads = len(np.unique(side.leads))
        rates.append(rate)
        errors.append(rate * (1 - rate) / leads)
    change = abs(rates[1] - rates[0])
    moved = change > BASE_RATE_CHANGE * rates[0] and (
        change > BASE_RATE_ERRORS * float(np.sqrt(sum(errors)))
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
    verdict = "stable"
    if moved or score_psi >= SHIFTED_FROM:
        verdict = "refit"
    elif score_psi >= STABLE_BELOW or max(features.values(), default=0) >= SHIFTED_FROM:
        verdict = "watch"
    ordered = dict(sorted(features.items(), key=lambda item: -item[1]))
    return Drift(rates[0], rates[1], bool(moved), score_psi, ordered, verdict)
