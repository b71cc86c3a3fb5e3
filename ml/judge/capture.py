"""The share of wins and value captured by working the best-scored leads first."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ml.data.columns import Floats

# What is asked of a score before leads are handed over by it: the best 15 to 35 %
# hold at least 60 % of the wins, and the best band closes ten times the worst.
WINS_TO_HOLD, WITHIN_SHARE, BAND_RATIO = 0.6, 0.35, 10.0
BAND_SHARE = 0.2


@dataclass(frozen=True)
class Sums:
    """What each tie of rows adds, best first, and what it comes to with those before.

    Attributes
    ----------
    each, so_far
        Of shape (draws, ties).
    """

    each: Floats
    so_far: Floats

    @classmethod
    def of(cls, each: Floats) -> Self:
        """Add up once what several measures ask for."""
        return cls(each, each.cumsum(axis=1))


def captured_share(gain: Sums, weight: Sums, share: float) -> Floats:
    """Share of the gain within the best rows that hold a share of the weight.

    Parameters
    ----------
    gain, weight : Sums
    share : float

    Returns
    -------
    numpy.ndarray of shape (draws,)
    """
    target = share * weight.so_far[:, -1:]
    last = np.argmax(weight.so_far >= target, axis=1)
    at = np.arange(len(last)), last
    before = weight.so_far[at] - weight.each[at]
    part = (target[:, 0] - before) / weight.each[at]
    captured = gain.so_far[at] - gain.each[at] * (1 - part)
    return np.asarray(captured / gain.so_far[:, -1], dtype="float64")


def share_holding(gain: Sums, weight: Sums, wanted: float) -> Floats:
    """Share of the weight, best first, that holds a share of the gain.

    Parameters
    ----------
    gain, weight : Sums
    wanted : float

    Returns
    -------
    numpy.ndarray of shape (draws,)
        NaN where there is no gain.
    """
    target = wanted * gain.so_far[:, -1]
    last = np.argmax(gain.so_far >= target[:, None], axis=1)
    at = np.arange(len(last)), last
    before = gain.so_far[at] - gain.each[at]
    part = (target - before) / gain.each[at]
    needed = weight.so_far[at] - weight.each[at] * (1 - part)
    return np.asarray(needed / weight.so_far[:, -1], dtype="float64")


def band_ratio(gain: Sums, weight: Sums) -> Floats:
    """Close rate of the best fifth over that of the worst fifth.

    Half a win is added to both, so that a worst fifth without any win stays
    finite.

    Parameters
    ----------
    gain, weight : Sums

    Returns
    -------
    numpy.ndarray of shape (draws,)
    """
    total = gain.each.sum(axis=1)
    best = captured_share(gain, weight, BAND_SHARE) * total
    worst = (1 - captured_share(gain, weight, 1 - BAND_SHARE)) * total
    return np.asarray((best + 0.5) / (worst + 0.5), dtype="float64")


def is_accepted(share_for_wins: float, ratio: float) -> bool:
    """Tell whether a score passes the rule of acceptance."""
    return share_for_wins <= WITHIN_SHARE and ratio >= BAND_RATIO
