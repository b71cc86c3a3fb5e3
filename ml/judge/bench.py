"""One bench: estimate on training rows, judge on test rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from lead_funnel.console import step
from lead_funnel.errors import UserError
from ml.data.columns import Floats, level_values
from ml.data.examples import Examples, leave_out, take, won_leads
from ml.judge.drift import USUAL_LIMITS, Drift, DriftLimits, measure_drift
from ml.judge.evaluate import USUAL_CAPACITY, judge, lookup
from ml.judge.probes import probe_features
from ml.judge.scorers import score_all, usual_scores
from ml.model.estimate import FittedModel, fit_model, probabilities
from ml.model.time_proxies import time_proxies
from ml.settings import ModelSettings

# Segments are the levels of this feature; one with fewer wins is not judged apart.
SEGMENT, FEWEST_SEGMENT_WINS = "channel", 15


@dataclass(frozen=True)
class Bench:
    """Everything learnt from one split.

    Attributes
    ----------
    model
        Estimated on ``train``.
    train, test
        The examples, without the features left out.
    time_proxies
        Features left out: they tell when a lead came, or their levels do not return.
    scores
        Probabilities of the test rows by scorer.
    judged
        Columns of ``ml.score_comparison_log`` without ``model_version``.
    probes
        As ``probe_features`` gives them.
    drift
        Training against test.
    limits
        The thresholds beyond which something has moved.
    """

    model: FittedModel
    train: Examples
    test: Examples
    time_proxies: tuple[str, ...]
    scores: dict[str, Floats]
    judged: pd.DataFrame
    probes: pd.DataFrame
    drift: Drift
    limits: DriftLimits


def run_bench(
    train: Examples,
    test: Examples,
    settings: ModelSettings,
    *,
    has_time: bool,
    show: bool = False,
    capacity: float = USUAL_CAPACITY,
    limits: DriftLimits = USUAL_LIMITS,
) -> Bench:
    """Estimate, score, judge and probe.

    Parameters
    ----------
    train, test : Examples
        With weights.
    settings : ModelSettings
    has_time : bool
        Whether the split is one by time; only then can a feature be a time proxy.
    show : bool
        Show progress.
    capacity : float
        Share of the leads that sales can take.
    limits : DriftLimits

    Raises
    ------
    UserError
        If the test rows are all won or all not won, or no feature is left.
    """
    # One thread gives the same sums in every run, and on a busy machine it is
    # faster: threads that wait for one another spin.
    with threadpool_limits(limits=1):
        return _run_bench(train, test, settings, has_time, show, capacity, limits)


def _run_bench(
    train: Examples,
    test: Examples,
    settings: ModelSettings,
    has_time: bool,
    show: bool,
    capacity: float,
    limits: DriftLimits,
) -> Bench:
    if test.is_won.min() == test.is_won.max():
        raise UserError(
            "The test period holds only one outcome: nothing can be judged on it. "
            "Bring a longer history."
        )
    everything = train, test
    with step("looking for time proxies", show):
        proxies = time_proxies(train, test, settings.seed) if has_time else ()
    train, test = without(proxies, train, test)
    with step("estimating the model", show):
        model = fit_model(train, settings, show=show)
    with step("probing the features for leaks", show):
        probes = probe_features(*everything, model, proxies, settings)
    with step("estimating what the model is compared with", show):
        scores = score_all(model, train, test, settings)
    draws, seed = settings.bootstrap_draws, settings.seed
    with step("judging, with intervals", show):
        judged = pd.concat(
            [
                judge(
                    scores_of(scores, rows),
                    take(test, rows),
                    subset,
                    draws,
                    seed,
                    capacity=capacity,
                )
                for subset, rows in subsets(test, scores).items()
            ],
            ignore_index=True,
        )
    auc = lookup(judged, "model", "roc_auc", "all")
    # The test leads are too young for most of the later moments: those would look like a
    # change of the world.
    young, test_young = train.kinds != "later", test.kinds != "later"
    with step("comparing training and test", show):
        drift = measure_drift(
            take(train, young),
            take(test, test_young),
            probabilities(model, train.frame[young]),
            scores["model"][test_young],
            is_worth_it=auc["interval_low"] > 0.5 and not auc["difference_high"] < 0,
            limits=limits,
        )
    return Bench(model, train, test, proxies, scores, judged, probes, drift, limits)


def without(proxies: tuple[str, ...], train: Examples, test: Examples) -> tuple[Examples, Examples]:
    """Leave features out.

    Raises
    ------
    UserError
        If none is left.
    """
    train, test = leave_out(train, proxies), leave_out(test, proxies)
    if not train.features:
        raise UserError(
            "No usable feature is left: every column tells the time, or has values that do "
            "not return. Add columns that differ between leads of the same time."
        )
    return train, test


def fit_and_score(
    train: Examples, test: Examples, settings: ModelSettings
) -> tuple[Examples, dict[str, Floats]]:
    """Estimate on rows split by time, and score: the bench without its judges.

    Returns
    -------
    test : Examples
        Without the features left out.
    scores : dict of scorer to numpy.ndarray of shape (rows,)
        ``model`` and, where there are points, ``points``.
    """
    with threadpool_limits(limits=1):
        train, test = without(time_proxies(train, test, settings.seed), train, test)
        return test, usual_scores(fit_model(train, settings), train, test, settings)


def subsets(test: Examples, scores: Mapping[str, Floats]) -> dict[str, NDArray[np.bool_]]:
    """Choose which rows are judged together.

    All; those of one kind; those that a rep had rated by then (there the rating is
    a scorer too); and the larger segments, by channel.

    Returns
    -------
    dict of subset to numpy.ndarray of shape (rows,)
    """
    every = np.ones(len(test), dtype=bool)
    chosen = {"all": every, "entry": test.kinds == "entry", "handoff": test.kinds == "handoff"}
    if "reps_rating" in scores:
        chosen["rated"] = np.isfinite(scores["reps_rating"])
    if SEGMENT in test.frame:
        levels = level_values(test.frame[SEGMENT])
        for level in sorted(set(levels)):
            rows = levels == level
            if won_leads(take(test, rows)) >= FEWEST_SEGMENT_WINS:
                chosen[f"{SEGMENT}: {level}"] = rows
    return {name: rows for name, rows in chosen.items() if rows.any()}


def scores_of(scores: Mapping[str, Floats], rows: NDArray[np.bool_]) -> dict[str, Floats]:
    """Keep the scorers that have a score for every one of the rows."""
    return {name: own[rows] for name, own in scores.items() if np.isfinite(own[rows]).all()}
