"""The part of a calibration error that chance explains."""

import numpy as np
import pandas as pd

from ml.data.columns import Floats
from ml.data.examples import Examples
from ml.judge.evaluate import METRICS, weighted_metrics
from ml.judge.ranking import rank


def calibration_chance(probabilities: Floats, examples: Examples) -> float:
    """Give the expected calibration error that a perfect model would have on these rows.

    Even a perfect model misses the observed share of a bin by chance, the more
    the fewer leads a bin holds: the estimator is biased upwards (Roelofs, Cain,
    Shlens and Mozer 2022). What is expected is the mean of the half-normal
    distribution with the spread of the sums over leads.

    Parameters
    ----------
    probabilities : numpy.ndarray of shape (rows,)
    examples : Examples

    Returns
    -------
    float
    """
    ranking = rank(probabilities, examples)
    sizes = np.diff(np.r_[ranking.bin_starts, len(examples)])
    bins = np.repeat(np.arange(len(sizes)), sizes)
    cells = pd.DataFrame(
        {
            "bin": bins,
            "lead": examples.leads[ranking.order],
            "weight": examples.weights[ranking.order],
        }
    )
    cells["gap"] = cells["weight"] * (ranking.probabilities - ranking.won)
    per_bin = cells.groupby("bin")[["gap", "weight"]].sum()
    # What is left of each lead's gap once its bin's mean gap is taken out.
    mean_gap = (per_bin["gap"] / per_bin["weight"]).to_numpy()[bins]
    cells["rest"] = cells["gap"] - cells["weight"] * mean_gap
    per_lead = cells.groupby(["bin", "lead"])["rest"].sum()
    spread = np.sqrt((per_lead**2).groupby("bin").sum())
    return float(np.sqrt(2 / np.pi) * spread.sum() / per_bin["weight"].sum())


def calibration_beyond_chance(probabilities: Floats, examples: Examples) -> float:
    """Give the calibration error that chance does not explain.

    Parameters
    ----------
    probabilities : numpy.ndarray of shape (rows,)
    examples : Examples

    Returns
    -------
    float
        At least 0.
    """
    metrics = weighted_metrics(rank(probabilities, examples), examples.weights[None, :])
    ece = float(metrics[0, METRICS.index("ece")])
    return max(ece - calibration_chance(probabilities, examples), 0.0)
