"""Pool rows into cells, so that a bootstrap draw costs the same for any number of rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ml.data.columns import Floats
from ml.data.examples import Examples, Ints
from ml.judge.ranking import CALIBRATION_BINS, Ranking

# Steps of a score, and of the amount of a win: a few large ones are most of the money.
SCORE_STEPS = 500
AMOUNT_SHARES = (0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995)
KINDS = len(AMOUNT_SHARES) + 2


@dataclass(frozen=True)
class Pool:
    """Rows of one score and one outcome together.

    Attributes
    ----------
    ranking
        The cells as if they were rows, best first.
    members
        Weight of each lead in each cell, of shape (cells, leads).
    """

    ranking: Ranking
    members: csr_array

    def weights(self, times: NDArray[Any]) -> Floats:
        """Weigh the cells by how often each lead was drawn.

        Parameters
        ----------
        times : numpy.ndarray of shape (draws, leads)

        Returns
        -------
        numpy.ndarray of shape (draws, cells)
        """
        by_lead = np.ascontiguousarray(times.T, dtype="float64")
        return np.ascontiguousarray((self.members @ by_lead).T)


def pool(ranking: Ranking, examples: Examples, lead_codes: Ints) -> Pool:
    """Pool rows of about the same score.

    The ranking is cut into 500 steps of equally many rows, equal scores never parted.
    Within a step rows without a win are one cell, and wins are nine by their amount.
    What a cell says (probability, loss, amount) is the weighted mean of its rows.

    Parameters
    ----------
    ranking : Ranking
        Of the rows.
    examples : Examples
    lead_codes : numpy.ndarray of shape (rows,)
        Number of the lead of each row, from 0.
    """
    rows = len(examples)
    sizes = np.diff(np.r_[ranking.tie_starts, rows])
    step = np.repeat(ranking.tie_starts * SCORE_STEPS // rows, sizes)
    kind = np.where(ranking.won > 0, 1 + _amount_step(ranking), 0)
    cells, cell_of = np.unique(step * KINDS + kind, return_inverse=True)
    steps = cells // KINDS
    weights = examples.weights[ranking.order]
    total = np.maximum(np.bincount(cell_of, weights), 1e-300)

    def mean(values: Floats) -> Floats:
        return np.asarray(np.bincount(cell_of, weights * values) / total, dtype="float64")

    pooled = Ranking(
        order=np.arange(len(cells)),
        tie_starts=_starts(steps),
        bin_starts=_starts(steps * CALIBRATION_BINS // SCORE_STEPS),
        probabilities=mean(ranking.probabilities),
        losses=mean(ranking.losses),
        won=(cells % KINDS > 0).astype("float64"),
        amounts=mean(ranking.amounts),
    )
    shape = (len(cells), int(lead_codes.max()) + 1)
    codes = lead_codes[ranking.order]
    return Pool(pooled, csr_array((weights, (cell_of, codes)), shape=shape))


def _amount_step(ranking: Ranking) -> NDArray[np.int64]:
    """Give each row the step of its amount among those of all wins."""
    amounts = ranking.amounts[ranking.won > 0]
    if not len(amounts):
        return np.zeros(len(ranking.won), dtype=np.int64)
    return np.searchsorted(np.quantile(amounts, AMOUNT_SHARES), ranking.amounts, side="left")


def _starts(groups: Ints) -> Ints:
    return np.flatnonzero(np.r_[True, np.diff(groups) != 0])
