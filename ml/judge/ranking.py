"""Rows in the order of a score: sorted once, weighed in every bootstrap draw."""

from dataclasses import dataclass

import numpy as np

from ml.data.columns import Floats
from ml.data.examples import Examples, Ints

CALIBRATION_BINS = 10


@dataclass(frozen=True)
class Ranking:
    """Rows in descending order of a score, cut into ties and into bins.

    Attributes
    ----------
    order
        Positions of rows, best first.
    tie_starts, bin_starts
        Where each group of equal scores, and each calibration bin, begins.
    probabilities
        Probabilities in that order.
    losses
        Log loss of each row in that order.
    won, amounts
        Outcomes and values won in that order.
    """

    order: Ints
    tie_starts: Ints
    bin_starts: Ints
    probabilities: Floats
    losses: Floats
    won: Floats
    amounts: Floats


def rank(probabilities: Floats, examples: Examples) -> Ranking:
    """Sort the rows by a score, and mark its ties and calibration bins."""
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    tie_starts = np.flatnonzero(np.r_[True, np.diff(ranked) != 0])
    bins = np.arange(len(ranked)) * CALIBRATION_BINS // len(ranked)
    tie_of = np.cumsum(np.r_[False, np.diff(ranked) != 0])
    bins = bins[tie_starts][tie_of]
    bin_starts = np.flatnonzero(np.r_[True, np.diff(bins) != 0])
    bounded = np.clip(ranked, 1e-15, 1 - 1e-15)
    won = examples.is_won[order]
    losses = -np.where(won > 0, np.log(bounded), np.log1p(-bounded))
    return Ranking(order, tie_starts, bin_starts, ranked, losses, won, examples.amounts[order])
