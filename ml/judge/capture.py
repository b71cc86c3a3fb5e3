"""The share of wins and value captured by working the best-scored leads first."""

import numpy as np

from ml.data.columns import Floats

# What is asked of a score before leads are handed over by it: the best 15 to 35 %
# hold at least 60 % of the wins, and the best band closes ten times the worst.
WINS_TO_HOLD, WITHIN_SHARE, BAND_RATIO = 0.6, 0.35, 10.0
BAND_SHARE = 0.2


def captured_share(gain: Floats, weight: Floats, share: float) -> Floats:
    """Share of the gain within the best rows that hold a share of the weight.

    Parameters
    ----------
    gain, weight : numpy.ndarray of shape (draws, ties)
        Best first.
    share : float

    Returns
    -------
    numpy.ndarray of shape (draws,)
    """
    filled = weight.cumsum(axis=1)
    target = share * filled[:, -1:]
    last = np.argmax(filled >= target, axis=1)
    rows = np.arange(len(gain))
    gained = gain.cumsum(axis=1)
    before = filled[rows, last] - weight[rows, last]
    part = (target[:, 0] - before) / weight[rows, last]
    captured = gained[rows, last] - gain[rows, last] * (1 - part)
    return np.asarray(captured / gained[:, -1], dtype="float64")


def share_holding(gain: Floats, weight: Floats, wanted: float) -> Floats:
    """Share of the weight, best first, that holds a share of the gain.

    Parameters
    ----------
    gain, weight : numpy.ndarray of shape (draws, ties)
        Best first.
    wanted : float

    Returns
    -------
    numpy.ndarray of shape (draws,)
        NaN where there is no gain.
    """
    gained, filled = gain.cumsum(axis=1), weight.cumsum(axis=1)
    target = wanted * gained[:, -1]
    last = np.argmax(gained >= target[:, None], axis=1)
    rows = np.arange(len(gain))
    before = gained[rows, last] - gain[rows, last]
    part = (target - before) / gain[rows, last]
    needed = filled[rows, last] - weight[rows, last] * (1 - part)
    return np.asarray(needed / filled[:, -1], dtype="float64")


def band_ratio(gain: Floats, weight: Floats) -> Floats:
    """Close rate of the best fifth over that of the worst fifth.

    Half a win is added to both, so that a worst fifth without any win stays
    finite.

    Parameters
    ----------
    gain, weight : numpy.ndarray of shape (draws, ties)
        Best first.

    Returns
    -------
    numpy.ndarray of shape (draws,)
    """
    total = gain.sum(axis=1)
    best = captured_share(gain, weight, BAND_SHARE) * total
    worst = (1 - captured_share(gain, weight, 1 - BAND_SHARE)) * total
    return np.asarray((best + 0.5) / (worst + 0.5), dtype="float64")


def is_accepted(share_for_wins: float, ratio: float) -> bool:
    """Tell whether a score passes the rule of acceptance."""
    return share_for_wins <= WITHIN_SHARE and ratio >= BAND_RATIO
