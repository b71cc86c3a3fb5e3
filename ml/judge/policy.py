"""Estimate what another threshold, or another score, would have won.

Handing over only the best leads teaches nothing about the others. A share of the
slots goes to leads drawn at random below the cut-off, and the probability of each
is logged. A lead that was handed over with a probability of one in fifty stands for
fifty: weighting by the inverse probability (Horvitz and Thompson 1952; self-normalised,
Hajek 1971) gives what all of them would have brought.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ml.data.columns import Floats
from ml.data.examples import Ints

NORMAL_95 = 1.96


@dataclass(frozen=True)
class Decisions:
    """Decisions whose outcome is settled, one per row; every array has shape (rows,).

    Attributes
    ----------
    leads
        Number of the lead; a lead may have been decided about in several weeks.
    propensity
        How likely it was to be handed over: 1, between 0 and 1, or 0.
    is_handed_over
        Whether it was.
    is_won
        1.0 won within the horizon, 0.0 not.
    values
        The score that the judged policy uses; NaN where it is unknown.
    """

    leads: Ints
    propensity: Floats
    is_handed_over: NDArray[np.bool_]
    is_won: Floats
    values: Floats


@dataclass(frozen=True)
class Estimate:
    """What a policy would have brought.

    Attributes
    ----------
    threshold
        It hands over whoever is at or above it.
    chosen
        Decisions it hands over.
    without_propensity
        Those of them that could not be handed over (propensity 0): nothing is known of them,
        and nothing is said.
    judged
        The others.
    wins, low, high
        Wins among these had all been handed over, with 95 % interval; NaN without any,
        and where none of those that hung on the draw was drawn.
    effective
        Effective sample size (Kish): how many equally likely decisions would tell as
        much.
    naive
        What counting only who was handed over would say: too much, where the best
        are handed over.
    """

    threshold: float
    chosen: int
    without_propensity: int
    judged: int
    wins: float
    low: float
    high: float
    effective: float
    naive: float


def judge(decisions: Decisions, threshold: float) -> Estimate:
    """Estimate the wins among all whom a threshold hands over.

    Decisions that were sure and those that hung on the draw are estimated apart, so
    that the few heavy weights of the draw do not spread to what is known. The two
    intervals are combined by their distances (Newcombe 1998; Zou and Donner
    2008).

    Parameters
    ----------
    decisions : Decisions
    threshold : float
        In the unit of ``decisions.values``.
    """
    chosen = decisions.values >= threshold
    parts = [
        chosen & (decisions.propensity >= 1),
        chosen & (decisions.propensity > 0) & (decisions.propensity < 1),
    ]
    wins, below, above = 0.0, 0.0, 0.0
    for rows in parts:
        count = int(rows.sum())
        if count:
            rate, low, high = rate_of(decisions, rows)
            wins += count * rate
            below += (count * (rate - low)) ** 2
            above += (count * (high - rate)) ** 2
    judged = parts[0] | parts[1]
    seen = judged & decisions.is_handed_over
    weights = 1 / decisions.propensity[seen]
    return Estimate(
        threshold=threshold,
        chosen=int(chosen.sum()),
        without_propensity=int((chosen & (decisions.propensity <= 0)).sum()),
        judged=int(judged.sum()),
        wins=wins if judged.any() else np.nan,
        low=wins - sqrt(below),
        high=wins + sqrt(above),
        effective=float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0,
        naive=float(decisions.is_won[seen].mean() * judged.sum()) if seen.any() else np.nan,
    )


def rate_of(decisions: Decisions, rows: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Estimate the close rate of decisions, had all been handed over.

    The interval is Wilson's, on as many trials as make the variance of the weighted
    rate: by linearisation, with the decisions of one lead taken together, and at most
    the effective sample size (after Korn and Graubard 1998).

    Returns
    -------
    rate, low, high : float
        NaN if none of them was handed over.
    """
    seen = rows & decisions.is_handed_over
    if not seen.any():
        return np.nan, np.nan, np.nan
    weights = 1 / decisions.propensity[seen]
    won = decisions.is_won[seen]
    rate = float(np.average(won, weights=weights))
    _, leads = np.unique(decisions.leads[seen], return_inverse=True)
    of_lead = np.bincount(leads, weights=weights)
    trials = float(weights.sum() ** 2 / (of_lead**2).sum())
    residuals = np.bincount(leads, weights=weights * (won - rate))
    variance = float((residuals**2).sum() / weights.sum() ** 2)
    if variance > 0:
        trials = min(trials, rate * (1 - rate) / variance)
    return rate, *wilson(rate, trials)


def wilson(rate: float, trials: float) -> tuple[float, float]:
    """Give the Wilson score interval (95 %) of a share; trials need not be whole."""
    square = NORMAL_95**2
    centre = rate + square / (2 * trials)
    reach = NORMAL_95 * sqrt(rate * (1 - rate) / trials + square / (4 * trials**2))
    scale = 1 + square / trials
    return max((centre - reach) / scale, 0.0), min((centre + reach) / scale, 1.0)


def policy_table(estimates: Sequence[Estimate]) -> list[str]:
    """Lay out the estimates as a table, with notes on what they leave out."""
    lines = [
        f"{'threshold':>10}  {'hand over':>9}  {'judged':>7}  {'wins':>7}  {'95 % interval':>17}  "
        f"{'close rate':>10}  {'effective':>9}  {'counted':>8}"
    ]
    for one in estimates:
        known = not np.isnan(one.wins)
        interval = f"{one.low:.1f} to {one.high:.1f}" if known else "-"
        lines.append(
            f"{one.threshold:>10.4g}  {one.chosen:>9,}  {one.judged:>7,}  "
            f"{f'{one.wins:.1f}' if known else '-':>7}  {interval:>17}  "
            f"{f'{one.wins / one.judged:.1%}' if known else '-':>10}  {one.effective:>9.1f}  "
            f"{'-' if np.isnan(one.naive) else f'{one.naive:.1f}':>8}"
        )
    lines += [
        "wins: expected among the judged, had all been handed over, by inverse probability.",
        "effective: the effective sample size, in equally likely decisions.",
        "counted: what counting only those handed over would say. Do not use it.",
    ]
    for one in estimates:
        if one.without_propensity:
            lines.append(
                f"At {one.threshold:.4g}, {one.without_propensity:,} decisions had no chance to be "
                "handed over: so there is no estimate for them."
            )
        if one.judged and np.isnan(one.wins):
            lines.append(
                f"At {one.threshold:.4g}, none of those that hung on the draw was drawn: there is "
                "no estimate."
            )
    return lines
