"""Judge scorers on the same rows, with intervals from drawing leads."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.capture import WINS_TO_HOLD, band_ratio, captured_share, share_holding
from ml.examples import Examples, Ints
from ml.terms import Floats

METRICS = (
    "roc_auc",
    "pr_auc",
    "log_loss",
    "brier",
    "ece",
    "wins_captured_at_10pct",
    "wins_captured_at_20pct",
    "lift_at_10pct",
    "value_captured_at_20pct",
    "wins_captured_at_capacity",
    "value_captured_at_capacity",
    "lift_at_capacity",
    "share_holding_60pct_of_wins",
    "best_fifth_to_worst_fifth",
)
# What sales can take where nothing says it.
USUAL_CAPACITY = 0.2
INTERVAL = (2.5, 97.5)
CALIBRATION_BINS = 10
# Rows times draws weighed at once: bounds memory at a few hundred megabytes.
CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Ranking:
    """Rows in descending order of a score, cut into ties and into bins.

    Attributes
    ----------
    order
        Positions of rows, best first.
    tie_starts, bin_starts
        Where each group of equal scores, and each calibration bin, begins.
    chances
        Probabilities in that order.
    losses
        Log loss of each row in that order.
    won, amounts
        Outcomes and values won in that order.
    """

    order: Ints
    tie_starts: Ints
    bin_starts: Ints
    chances: Floats
    losses: Floats
    won: Floats
    amounts: Floats


def rank(chances: Floats, examples: Examples) -> Ranking:
    """Sort once what every draw needs sorted."""
    order = np.argsort(-chances, kind="stable")
    ranked = chances[order]
    tie_starts = np.flatnonzero(np.r_[True, np.diff(ranked) != 0])
    bins = np.arange(len(ranked)) * CALIBRATION_BINS // len(ranked)
    tie_of = np.cumsum(np.r_[False, np.diff(ranked) != 0])
    bins = bins[tie_starts][tie_of]
    bin_starts = np.flatnonzero(np.r_[True, np.diff(bins) != 0])
    bounded = np.clip(ranked, 1e-15, 1 - 1e-15)
    won = examples.is_won[order]
    losses = -np.where(won > 0, np.log(bounded), np.log1p(-bounded))
    return Ranking(order, tie_starts, bin_starts, ranked, losses, won, examples.amounts[order])


def weighted_metrics(ranking: Ranking, weights: Floats, capacity: float = USUAL_CAPACITY) -> Floats:
    """Compute every metric under many weightings at once.

    ROC AUC counts ties half; PR AUC is average precision; the expected
    calibration error is over ten bins of equally many rows; capture is the
    share of wins (or of value) among the best 10 or 20 % of the weight, tied
    rows taken in proportion. The share that holds 60 % of the wins, and the
    close rate of the best fifth over the worst, are what a score is accepted by.

    Parameters
    ----------
    ranking : Ranking
    weights : numpy.ndarray of shape (draws, rows)
        In the order of the rows, not of the ranking.
    capacity : float
        Share of the leads that sales can take.

    Returns
    -------
    numpy.ndarray of shape (draws, len(METRICS))
        NaN where there is no win, no loss or no value.
    """
    ordered = weights[:, ranking.order]
    won = ordered * ranking.won
    wins = np.add.reduceat(won, ranking.tie_starts, axis=1)
    all_ = np.add.reduceat(ordered, ranking.tie_starts, axis=1)
    lost = all_ - wins
    total_wins, total_lost = wins.sum(axis=1), lost.sum(axis=1)
    total = total_wins + total_lost
    wins_so_far, all_so_far = wins.cumsum(axis=1), all_.cumsum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        above = (lost * (wins_so_far - wins / 2)).sum(axis=1)
        roc_auc = above / (total_wins * total_lost)
        precision = wins_so_far / np.where(all_so_far > 0, all_so_far, 1.0)
        pr_auc = (wins * precision).sum(axis=1) / total_wins
        log_loss = ordered @ ranking.losses / total
        brier = ordered @ (ranking.chances - ranking.won) ** 2 / total
        gaps = ordered * (ranking.chances - ranking.won)
        ece = np.abs(np.add.reduceat(gaps, ranking.bin_starts, axis=1)).sum(axis=1)
        value = np.add.reduceat(won * ranking.amounts, ranking.tie_starts, axis=1)
        captured = [
            captured_share(gain, all_, share)
            for gain, share in (
                (wins, 0.1),
                (wins, 0.2),
                (value, 0.2),
                (wins, capacity),
                (value, capacity),
            )
        ]
        holding = share_holding(wins, all_, WINS_TO_HOLD)
        ratio = band_ratio(wins, all_)
    return np.column_stack(
        [
            roc_auc,
            pr_auc,
            log_loss,
            brier,
            ece / total,
            captured[0],
            captured[1],
            captured[0] / 0.1,
            captured[2],
            captured[3],
            captured[4],
            captured[3] / capacity,
            holding,
            ratio,
        ]
    )


def draw_metrics(
    scorers: Mapping[str, Floats],
    examples: Examples,
    draws: int,
    seed: int,
    capacity: float = USUAL_CAPACITY,
) -> NDArray[np.float64]:
    """Compute metrics on the rows as they are and on draws of leads.

    Every scorer sees the same draws, so differences are paired. A lead is
    drawn with all of its rows (cluster bootstrap).

    Parameters
    ----------
    scorers : mapping of name to numpy.ndarray of shape (rows,)
        Probabilities.
    examples : Examples
        Of at least one row.
    draws, seed : int
    capacity : float

    Returns
    -------
    numpy.ndarray of shape (1 + draws, scorers, len(METRICS))
        The first is the estimate.
    """
    rankings = [rank(chances, examples) for chances in scorers.values()]
    leads, codes = np.unique(examples.leads, return_inverse=True)
    random = np.random.default_rng(seed)
    at_once = max(1, CELLS_AT_ONCE // len(examples))
    result = [_all_metrics(rankings, examples.weights[None, :], capacity)]
    for start in range(0, draws, at_once):
        count = min(at_once, draws - start)
        drawn = random.integers(0, len(leads), size=(count, len(leads)))
        drawn += np.arange(count)[:, None] * len(leads)
        times = np.bincount(drawn.ravel(), minlength=count * len(leads))
        times = times.reshape(count, len(leads))[:, codes]
        result.append(_all_metrics(rankings, times * examples.weights, capacity))
    return np.concatenate(result)


def _all_metrics(rankings: list[Ranking], weights: Floats, capacity: float) -> Floats:
    return np.stack([weighted_metrics(each, weights, capacity) for each in rankings], axis=1)


def interval(values: Floats) -> tuple[float, float]:
    """Give the 95 % percentile interval of draws, ignoring undefined ones."""
    defined = values[np.isfinite(values)]
    if len(defined) == 0:
        return float("nan"), float("nan")
    low, high = np.percentile(defined, INTERVAL)
    return float(low), float(high)


def judge(
    scorers: Mapping[str, Floats],
    examples: Examples,
    subset: str,
    draws: int,
    seed: int,
    reference: str = "points",
    capacity: float = USUAL_CAPACITY,
) -> pd.DataFrame:
    """Put scorers on one bench.

    Parameters
    ----------
    scorers : mapping of name to numpy.ndarray of shape (rows,)
        Probabilities, all for the rows of ``examples``.
    examples : Examples
    subset : str
        Name of these rows in the result.
    draws, seed : int
    reference : str
        Differences are to this scorer; empty where it is not on the bench.
    capacity : float
        Share of the leads that sales can take.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.score_comparison`` without ``model_version``.
    """
    names = list(scorers)
    results = draw_metrics(scorers, examples, draws, seed, capacity)
    rows = []
    for number, scorer in enumerate(names):
        for column, metric in enumerate(METRICS):
            values = results[:, number, column]
            gaps = np.full(len(values), np.nan)
            if reference in names and scorer != reference:
                gaps = values - results[:, names.index(reference), column]
            rows.append(
                (
                    subset,
                    scorer,
                    metric,
                    float(values[0]),
                    *interval(values[1:]),
                    float(gaps[0]),
                    *interval(gaps[1:]),
                )
            )
    return pd.DataFrame(
        rows,
        columns=[
            "subset",
            "scorer",
            "metric",
            "value",
            "interval_low",
            "interval_high",
            "difference_to_points",
            "difference_low",
            "difference_high",
        ],
    )


def calibration_beyond_chance(chances: Floats, examples: Examples) -> float:
    """Give the calibration error that chance does not explain.

    Even a perfect model misses the observed share of a bin by chance, the more
    the fewer leads a bin holds. What is expected of chance, the mean of the
    half-normal distribution with the spread of the sums over leads, is taken
    off the expected calibration error.

    Parameters
    ----------
    chances : numpy.ndarray of shape (rows,)
    examples : Examples

    Returns
    -------
    float
        At least 0.
    """
    ranking = rank(chances, examples)
    sizes = np.diff(np.r_[ranking.bin_starts, len(examples)])
    bins = np.repeat(np.arange(len(sizes)), sizes)
    cells = pd.DataFrame(
        {
            "bin": bins,
            "lead": examples.leads[ranking.order],
            "weight": examples.weights[ranking.order],
        }
    )
    cells["gap"] = cells["weight"] * (ranking.chances - ranking.won)
    per_bin = cells.groupby("bin")[["gap", "weight"]].sum()
    # What is left of each lead's gap once its bin's mean gap is taken out.
    mean_gap = (per_bin["gap"] / per_bin["weight"]).to_numpy()[bins]
    cells["rest"] = cells["gap"] - cells["weight"] * mean_gap
    per_lead = cells.groupby(["bin", "lead"])["rest"].sum()
    spread = np.sqrt((per_lead**2).groupby("bin").sum())
    chance = np.sqrt(2 / np.pi) * spread.sum()
    beyond = (per_bin["gap"].abs().sum() - chance) / per_bin["weight"].sum()
    return max(float(beyond), 0.0)


def lookup(judged: pd.DataFrame, scorer: str, metric: str, subset: str) -> pd.Series:
    """Give the one row of a scorer, a metric and a subset."""
    found = judged[
        (judged["scorer"] == scorer) & (judged["metric"] == metric) & (judged["subset"] == subset)
    ]
    return found.iloc[0]
