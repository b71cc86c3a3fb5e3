"""Judge scorers on the same rows, with intervals from drawing leads."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.data.columns import Floats
from ml.data.examples import Examples
from ml.data.samples import LARGEST_UNPOOLED
from ml.judge.capture import WINS_TO_HOLD, Sums, band_ratio, captured_share, share_holding
from ml.judge.pooling import pool
from ml.judge.ranking import Ranking, rank

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
# Rows times draws weighed at once; they should fit the cache.
CELLS_AT_ONCE = 250_000
# Leads times draws counted at once: bounds memory at some tens of megabytes.
COUNTS_AT_ONCE = 4_000_000


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
    gained, filled = Sums.of(wins), Sums.of(all_)
    with np.errstate(invalid="ignore", divide="ignore"):
        above = (lost * (gained.so_far - wins / 2)).sum(axis=1)
        roc_auc = above / (total_wins * total_lost)
        precision = gained.so_far / np.where(filled.so_far > 0, filled.so_far, 1.0)
        pr_auc = (wins * precision).sum(axis=1) / total_wins
        log_loss = ordered @ ranking.losses / total
        brier = ordered @ (ranking.probabilities - ranking.won) ** 2 / total
        gaps = ordered * (ranking.probabilities - ranking.won)
        ece = np.abs(np.add.reduceat(gaps, ranking.bin_starts, axis=1)).sum(axis=1)
        value = Sums.of(np.add.reduceat(won * ranking.amounts, ranking.tie_starts, axis=1))
        captured = [
            captured_share(gain, filled, share)
            for gain, share in (
                (gained, 0.1),
                (gained, 0.2),
                (value, 0.2),
                (gained, capacity),
                (value, capacity),
            )
        ]
        holding = share_holding(gained, filled, WINS_TO_HOLD)
        ratio = band_ratio(gained, filled)
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
    drawn with all of its rows (cluster bootstrap). Beyond ``LARGEST_UNPOOLED`` rows
    the draws, never the estimate, are of rows pooled by score (``ml.pooling``).

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
    rankings = [rank(probabilities, examples) for probabilities in scorers.values()]
    leads, codes = np.unique(examples.leads, return_inverse=True)
    random = np.random.default_rng(seed)
    estimate = _all_metrics(rankings, [examples.weights[None, :]] * len(rankings), capacity)
    result = [estimate]
    if len(examples) <= LARGEST_UNPOOLED:
        for times in draw_leads(len(leads), draws, CELLS_AT_ONCE // len(examples), random):
            weights = times[:, codes] * examples.weights
            result.append(_all_metrics(rankings, [weights] * len(rankings), capacity))
        return np.concatenate(result)
    pools = [pool(ranking, examples, codes) for ranking in rankings]
    cells = [each.ranking for each in pools]
    # What pooling moves is the same with and without a draw, and is taken off.
    as_is = [each.weights(np.ones((1, len(leads)))) for each in pools]
    moved = np.nan_to_num(_all_metrics(cells, as_is, capacity) - estimate)
    for times in draw_leads(len(leads), draws, COUNTS_AT_ONCE // len(leads), random):
        drawn = _all_metrics(cells, [each.weights(times) for each in pools], capacity)
        result.append(drawn - moved)
    return np.concatenate(result)


def draw_leads(
    leads: int, draws: int, at_once: int, random: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Draw as many leads as there are, with repetition, and count how often each came.

    Yields
    ------
    numpy.ndarray of shape (at most at_once, leads)
    """
    at_once = max(1, at_once)
    for start in range(0, draws, at_once):
        count = min(at_once, draws - start)
        drawn = random.integers(0, leads, size=(count, leads))
        drawn += np.arange(count)[:, None] * leads
        yield np.bincount(drawn.ravel(), minlength=count * leads).reshape(count, leads)


def _all_metrics(rankings: list[Ranking], weights: list[Floats], capacity: float) -> Floats:
    pairs = zip(rankings, weights, strict=True)
    return np.stack([weighted_metrics(*pair, capacity) for pair in pairs], axis=1)


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
        Columns of ``ml.score_comparison_log`` without ``model_version``.
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
                    reference if np.isfinite(gaps[0]) else None,
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
            "reference",
            "difference",
            "difference_low",
            "difference_high",
        ],
    )


def lookup(judged: pd.DataFrame, scorer: str, metric: str, subset: str) -> pd.Series:
    """Give the one row of a scorer, a metric and a subset."""
    found = judged[
        (judged["scorer"] == scorer) & (judged["metric"] == metric) & (judged["subset"] == subset)
    ]
    return found.iloc[0]
