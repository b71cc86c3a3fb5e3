"""Estimate the additive logistic model: penalty, coefficients, calibration."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.calibrate import FEWEST_FOR_SLOPE, Calibration, learn_calibration, match_base_rate
from ml.examples import Examples, take
from ml.progress import track
from ml.settings import ModelSettings
from ml.split import latest_slice, time_folds
from ml.terms import TERM_COLUMNS, AdditiveTerms, Floats, Term, terms_by_feature

# A numeric feature of whose variance the calendar explains this share is a clock.
CLOCK_SHARE = 0.8
CLOCK_BLOCKS = 50
# Beyond this many rows, leads that were not won are sampled.
LARGEST_FIT = 200_000
# Cross-validation looks at a sample of the leads beyond this many rows.
CROSS_VALIDATION_ROWS = 60_000
# One or two folds of a handful of wins choose by chance.
FEWEST_FOLDS = 3
FALLBACK_PENALTY = 0.1


@dataclass(frozen=True)
class FittedModel:
    """A model, its rows, and how it came about.

    Attributes
    ----------
    pipeline
        scikit-learn pipeline with the calibration folded in.
    terms
        The rows of the model without ``model_version``.
    penalty
        Chosen ``C``.
    penalty_reason
        How it was chosen, in words.
    calibration
        Slope and intercept that were folded in.
    """

    pipeline: Pipeline
    terms: pd.DataFrame
    penalty: float
    penalty_reason: str
    calibration: Calibration


def logistic(penalty: float) -> LogisticRegression:
    """Make the estimator; Newton steps, so the optimum is exact and repeatable."""
    return LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200, tol=1e-8)


def clock_features(examples: Examples) -> tuple[str, ...]:
    """Name numeric features that hardly say more than what time it is.

    A number that is the same for everyone at one moment (an interest rate, a
    growing record number) cannot rank the leads of that moment; it teaches the
    model the base rate of the past, and in the test period it lies outside of
    what was seen. The share of variance between 50 blocks of time (one-way
    analysis of variance) tells: beyond 0.8 it is a clock. Categories are left
    alone, their levels recur (a month of the year).

    Parameters
    ----------
    examples : Examples
        Training rows with a time order.
    """
    order = np.lexsort((examples.leads, examples.time))
    blocks = np.empty(len(order), dtype=np.int64)
    count = max(min(CLOCK_BLOCKS, len(order) // 40), 1)
    blocks[order] = np.arange(len(order)) * count // len(order)
    sizes = np.bincount(blocks)[:, None]
    clocks = []
    # One feature at a time: the terms of all of a million rows would not fit.
    for feature in [name for name, kind in examples.features.items() if kind == "numeric"]:
        transformer = AdditiveTerms({feature: "numeric"}).fit(examples.frame)
        design = transformer.transform(examples.frame)
        sums = np.column_stack(
            [
                np.bincount(blocks, weights=design[:, [column]].toarray()[:, 0])
                for column in range(design.shape[1])
            ]
        )
        overall = sums.sum(axis=0) / len(order)
        total = (design.multiply(design).sum(axis=0) / len(order) - overall**2).sum()
        between = (sizes * (sums / sizes - overall) ** 2).sum() / len(order)
        if total > 1e-12 and between / total > CLOCK_SHARE:
            clocks.append(feature)
    return tuple(clocks)


def choose_penalty(
    examples: Examples, settings: ModelSettings, show: bool = False
) -> tuple[float, str]:
    """Choose ``C`` by time-ordered, lead-grouped cross-validation.

    The measure is the log loss after each fold's own base rate is matched:
    a base rate that moves is for the calibration to follow, and must not
    decide how strongly the terms are held back.

    Returns
    -------
    penalty : float
    reason : str
    """
    sample = examples
    if len(examples) > CROSS_VALIDATION_ROWS:
        leads = np.unique(examples.leads)
        share = CROSS_VALIDATION_ROWS / len(examples)
        drawn = np.random.default_rng(settings.seed).random(len(leads)) < share
        sample = take(examples, np.isin(examples.leads, leads[drawn]))
    folds = time_folds(sample, settings.folds)
    if len(folds) < FEWEST_FOLDS:
        return FALLBACK_PENALTY, "too few wins to compare, so a strong one is set"
    losses = np.zeros(len(settings.penalties))
    for train, valid in track(folds, "choosing the penalty", show):
        transformer = new_terms(sample, settings).fit(
            sample.frame.iloc[train], groups=sample.leads[train]
        )
        design = transformer.transform(sample.frame.iloc[train])
        design_valid = transformer.transform(sample.frame.iloc[valid])
        won, weights = sample.is_won[valid], sample.weights[valid]
        estimator = logistic(settings.penalties[0]).set_params(warm_start=True, tol=1e-4)
        for number, penalty in enumerate(settings.penalties):
            estimator.set_params(C=penalty).fit(
                design, sample.is_won[train], sample_weight=sample.weights[train]
            )
            scores = estimator.decision_function(design_valid)
            scores = scores + match_base_rate(scores, won, weights)
            each = np.logaddexp(0.0, scores) - won * scores
            losses[number] += np.average(each, weights=weights) / len(folds)
    best = int(np.argmin(losses))
    return settings.penalties[best], (f"lowest log loss over {len(folds)} time-ordered folds")


def new_terms(examples: Examples, settings: ModelSettings) -> AdditiveTerms:
    """Make the transformer for these examples."""
    return AdditiveTerms(examples.features, settings.max_ramps, settings.min_level_count)


def fit_pipeline(examples: Examples, settings: ModelSettings, penalty: float) -> Pipeline:
    """Fit terms and coefficients, uncalibrated."""
    pipeline = Pipeline([("terms", new_terms(examples, settings)), ("logistic", logistic(penalty))])
    return pipeline.fit(
        examples.frame,
        examples.is_won,
        terms__groups=examples.leads,
        logistic__sample_weight=examples.weights,
    )


def thin_losses(examples: Examples, seed: int) -> Examples:
    """Sample leads without a win where there are very many rows.

    Wins are rare and kept all; of the other leads so many are drawn that about
    ``LARGEST_FIT`` rows are left. Each drawn one counts for those it stands for, so
    base rates, and with them probabilities, stay what they were.

    Parameters
    ----------
    examples : Examples
    seed : int
        The same rows and seed draw the same leads.
    """
    winners = np.isin(examples.leads, examples.leads[examples.is_won > 0])
    room = LARGEST_FIT - int(winners.sum())
    if len(examples) <= LARGEST_FIT or room <= 0:
        return examples
    leads, codes = np.unique(examples.leads, return_inverse=True)
    share = room / int((~winners).sum())
    drawn = (np.random.default_rng(seed).random(len(leads)) < share)[codes]
    weights = np.where(winners, examples.weights, examples.weights / share)
    return take(replace(examples, weights=weights), winners | drawn)


def fit_model(
    examples: Examples,
    settings: ModelSettings,
    penalty: float | None = None,
    show: bool = False,
) -> FittedModel:
    """Estimate a calibrated model.

    The coefficients come from all examples. How far they exaggerate is learnt
    on the latest slice, from a model of the earlier examples only (Platt); the
    intercept is then set so that the slice's own base rate is met. Slope and
    intercept are folded into the coefficients. What training never showed, a
    missing value or an unseen level, gets the feature's average contribution,
    which says nothing either way.

    Parameters
    ----------
    examples : Examples
        Mature examples with weights.
    settings : ModelSettings
    penalty : float, optional
        Taken as it is; without it cross-validation chooses.
    show : bool
        Show progress.
    """
    used = thin_losses(take(examples, examples.weights > 0), settings.seed)
    reason = "as given"
    if penalty is None:
        penalty, reason = choose_penalty(used, settings, show)
    earlier, latest = latest_slice(used, settings.calibration_share)
    pipeline = fit_pipeline(used, settings, penalty)
    slice_ = take(used, latest)
    held_out: Floats | None = None
    if used.is_won[earlier].sum() >= FEWEST_FOR_SLOPE:
        before = fit_pipeline(take(used, earlier), settings, penalty)
        held_out = before.decision_function(slice_.frame)
    calibration = learn_calibration(held_out, pipeline.decision_function(slice_.frame), slice_)
    estimator = pipeline["logistic"]
    estimator.coef_ = estimator.coef_ * calibration.slope
    estimator.intercept_ = estimator.intercept_ * calibration.slope + calibration.intercept
    return FittedModel(
        pipeline, fold_into_terms(pipeline, used.frame), penalty, reason, calibration
    )


def fold_into_terms(pipeline: Pipeline, frame: pd.DataFrame) -> pd.DataFrame:
    """Write the pipeline as rows, and neutralise what training never showed.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted and calibrated; its coefficients of unseen terms are changed.
    frame : pandas.DataFrame of shape (rows, columns)
        Training rows, for average contributions.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_terms`` without ``model_version``. Rows of kind
        ``average`` are not part of the score: they hold the mean contribution
        of the feature, which reasons are measured from.
    """
    terms: tuple[Term, ...] = pipeline["terms"].terms_
    means = pipeline["terms"].transform(frame).mean(axis=0)
    coefficients = pipeline["logistic"].coef_[0]
    averages: dict[str, float] = {}
    start = 0
    for feature, own in terms_by_feature(terms).items():
        stop = start + len(own)
        averages[feature] = float(coefficients[start:stop] @ means[start:stop])
        if means[stop - 1] == 0.0:
            coefficients[stop - 1] = averages[feature]
        start = stop
    rows: list[tuple[object, ...]] = [
        ("", "intercept", None, None, None, float(pipeline["logistic"].intercept_[0]))
    ]
    rows += [
        (term.feature, term.kind, term.knot, term.knot_upper, term.level, float(value))
        for term, value in zip(terms, coefficients, strict=True)
    ]
    rows += [(feature, "average", None, None, None, value) for feature, value in averages.items()]
    table = pd.DataFrame(rows, columns=list(TERM_COLUMNS[2:]))
    for column in ("knot", "knot_upper", "coefficient"):
        table[column] = table[column].astype("float64")
    table.insert(0, "term_number", np.arange(len(table), dtype=np.int64))
    return table


def probabilities(model: FittedModel, frame: pd.DataFrame) -> Floats:
    """Probability of winning, of shape (rows,)."""
    return np.asarray(model.pipeline.predict_proba(frame)[:, 1], dtype="float64")


def to_probability(logits: Floats) -> Floats:
    """Turn logits into probabilities."""
    return np.asarray(expit(logits), dtype="float64")
