"""Make scores mean probabilities."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ml.examples import Examples
from ml.terms import Floats

# Fewer wins or losses than this in the slice say nothing about a slope.
FEWEST_FOR_SLOPE = 20
SLOPE_RANGE = (0.1, 3.0)


@dataclass(frozen=True)
class Calibration:
    """Calibrated logit = slope * logit + intercept."""

    slope: float
    intercept: float
    reason: str


def match_base_rate(scores: Floats, won: Floats, weights: Floats, rounds: int = 100) -> float:
    """Find the shift that makes the mean probability the base rate.

    Newton steps of bounded length on the one-parameter logistic likelihood;
    half a win and half a loss are added, so that the shift is always finite.

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
    shift = 0.0
    for _ in range(rounds):
        chances = expit(scores + shift)
        gap = target - weights @ chances / total
        slope = weights @ (chances * (1 - chances)) / total
        step = float(np.clip(gap / max(slope, 1e-12), -2.0, 2.0))
        shift += step
        if abs(step) < 1e-12:
            break
    return shift


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
        chances = expit(slope * scores + shift)
        gap = weights * (target - chances)
        spread = weights * chances * (1 - chances)
        gradient = np.array([gap @ scores, gap.sum()])
        cross = spread @ scores
        hessian = np.array([[spread @ scores**2, cross], [cross, spread.sum()]])
        step = np.linalg.solve(hessian + 1e-9 * np.eye(2), gradient)
        step = step / max(1.0, float(np.abs(step).max()) / 2.0)
        slope, shift = slope + float(step[0]), shift + float(step[1])
        if np.abs(step).max() < 1e-10:
            break
    return slope


def learn_calibration(held_out: Floats | None, scores: Floats, latest: Examples) -> Calibration:
    """Learn slope and intercept on the latest training slice.

    Parameters
    ----------
    held_out : numpy.ndarray of shape (rows,) or None
        Logits of the slice by a model that has not seen it: they tell the
        slope; without them it is 1. A slope below 0.1 is set to 0.1, so that
        calibration never turns the order round; one above 3 is set to 3.
    scores : numpy.ndarray of shape (rows,)
        Logits of the slice by the model to be calibrated.
    latest : Examples
        The slice.
    """
    won, weights = latest.is_won, latest.weights
    fewest = min(won.sum(), (1 - won).sum())
    if fewest < FEWEST_FOR_SLOPE:
        return Calibration(1.0, 0.0, "too few wins in the latest slice: left alone")
    if held_out is None or np.ptp(held_out) == 0:
        shift = match_base_rate(scores, won, weights)
        return Calibration(1.0, shift, "base rate of the latest slice")
    slope = float(np.clip(platt_slope(held_out, won, weights), *SLOPE_RANGE))
    shift = match_base_rate(slope * scores, won, weights)
    return Calibration(slope, shift, "slope and base rate of the latest slice")
