"""Calibrate scores, so that they mean probabilities."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from ml.data.columns import Floats
from ml.data.examples import Examples, Rows, take
from ml.data.split import latest_slice
from ml.settings import ModelSettings

# Fewer won leads, or leads without a win, say nothing about a slope or a base rate.
FEWEST_LEADS = 20
# With fewer in the latest slice all of training tells the slope, in folds.
FEWEST_IN_SLICE = 100
SLOPE_FOLDS = 10
# A strong penalty needs a steep slope; beyond these the slope is noise.
SLOPE_RANGE = (0.1, 10.0)


@dataclass(frozen=True)
class Calibration:
    """Calibrated logit = slope * logit + intercept."""

    slope: float
    intercept: float
    reason: str


def match_base_rate(scores: Floats, won: Floats, weights: Floats) -> float:
    """Find the shift that makes the mean probability the base rate.

    Half a win and half a loss are added, so that the shift is always finite.

    Parameters
    ----------
    scores, won, weights : numpy.ndarray of shape (rows,)
        Logits, outcomes 0 or 1, weights.

    Returns
    -------
    float
        To be added to the logits.
    """
    total = weights.sum()
    target = (weights @ won + 0.5) / (total + 1.0)

    def beyond(shift: float) -> float:
        return float(weights @ expit(scores + shift) / total - target)

    # If every score were the least, or the greatest, one of these would be the answer.
    low, high = logit(target) - scores.max() - 1, logit(target) - scores.min() + 1
    return float(brentq(beyond, low, high, xtol=1e-14))


def platt_slope(scores: Floats, won: Floats, weights: Floats) -> float:
    """Slope of a logistic regression of the outcome on the score.

    Platt (1999) with his smoothed targets, solved by Newton steps.

    Parameters
    ----------
    scores, won, weights : numpy.ndarray of shape (rows,)

    Returns
    -------
    float
    """
    wins = weights @ won
    losses = weights.sum() - wins
    target = np.where(won > 0, (wins + 1) / (wins + 2), 1 / (losses + 2))
    slope, shift = 1.0, match_base_rate(scores, won, weights)
    for _ in range(50):
        probabilities = expit(slope * scores + shift)
        gap = weights * (target - probabilities)
        spread = weights * probabilities * (1 - probabilities)
        gradient = np.array([gap @ scores, gap.sum()])
        cross = spread @ scores
        hessian = np.array([[spread @ scores**2, cross], [cross, spread.sum()]])
        step = np.linalg.solve(hessian + 1e-9 * np.eye(2), gradient)
        step = step / max(1.0, float(np.abs(step).max()) / 2.0)
        slope, shift = slope + float(step[0]), shift + float(step[1])
        if np.abs(step).max() < 1e-10:
            break
    return slope


def slope_splits(
    examples: Examples, earlier: Rows, latest: Rows, seed: int
) -> list[tuple[Rows, Rows]]:
    """Say on which rows a slope is learnt, and which rows may be fitted on for it.

    The latest slice tells best how far a model of the past exaggerates, but a slope of
    a few dozen wins is noise. With fewer, folds of leads take its place: all wins
    tell the slope, and each fit has seen nearly as many as the model itself. Each fold
    holds as many won leads as any other: else the fits' base rates would differ, lowest
    where the fold left out has most wins, and speak against the scores.

    Parameters
    ----------
    examples : Examples
    earlier, latest : numpy.ndarray
        Positions of the latest slice and of what may be fitted on before it.
    seed : int
        Assigns leads to folds.

    Returns
    -------
    list of (fitted, held out) positions
        Empty if there are too few wins for any slope.
    """
    if (
        fewest_leads(take(examples, latest)) >= FEWEST_IN_SLICE
        and fewest_leads(take(examples, earlier)) >= FEWEST_LEADS
    ):
        return [(earlier, latest)]
    if fewest_leads(examples) < FEWEST_LEADS:
        return []
    leads, codes = np.unique(examples.leads, return_inverse=True)
    won = np.isin(leads, examples.leads[examples.is_won > 0])
    place = np.empty(len(leads), dtype=np.int64)
    place[np.lexsort((np.random.default_rng(seed).random(len(leads)), won))] = np.arange(len(leads))
    fold = (place % SLOPE_FOLDS)[codes]
    return [
        (np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        for number in range(SLOPE_FOLDS)
    ]


def fewest_leads(examples: Examples) -> int:
    """Count the won leads or those without a win, whichever are fewer."""
    won = len(np.unique(examples.leads[examples.is_won > 0]))
    return min(won, len(np.unique(examples.leads)) - won)


def learn_calibration(
    scores: Floats,
    held_out: Callable[[Rows, Rows], Floats],
    examples: Examples,
    settings: ModelSettings,
) -> Calibration:
    """Learn slope and intercept from training rows.

    Parameters
    ----------
    scores : numpy.ndarray of shape (rows,)
        Logits by the model to be calibrated.
    held_out : callable
        Given positions of rows to fit on and of others, gives the logits of the others
        by a model of the same kind that has not seen them. They tell the slope. One
        below 0.1 is set to 0.1, so that calibration never turns the order round; one
        above 10 is set to 10.
    examples : Examples
        The training rows. The base rate of their latest slice is met where it has
        enough wins; else that of all rows is.
    settings : ModelSettings
    """
    earlier, latest = latest_slice(examples, settings.calibration_share)
    splits = slope_splits(examples, earlier, latest, settings.seed)
    where = "the latest slice"
    if fewest_leads(take(examples, latest)) < FEWEST_LEADS:
        latest, where = np.arange(len(examples)), "all of training"
    slope, how = 1.0, "no slope"
    if splits:
        rows = np.concatenate([held for _, held in splits])
        logits = np.concatenate([held_out(fitted, held) for fitted, held in splits])
        if np.ptp(logits) > 0:
            own = platt_slope(logits, examples.is_won[rows], examples.weights[rows])
            slope = float(np.clip(own, *SLOPE_RANGE))
            how = f"slope of {'the latest slice' if len(splits) == 1 else 'folds of leads'}"
    shift = match_base_rate(
        slope * scores[latest], examples.is_won[latest], examples.weights[latest]
    )
    return Calibration(slope, shift, f"{how}, base rate of {where}")
