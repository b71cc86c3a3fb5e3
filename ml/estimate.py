"""Estimate the additive logistic model: penalty, coefficients, calibration."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.calibrate import FEWEST_FOR_SLOPE, Calibration, learn_calibration, match_base_rate
from ml.examples import Examples, sample_leads, take, won_leads
from ml.progress import track
from ml.samples import CLOCK_ROWS, CROSS_VALIDATION_ROWS, thin_out
from ml.settings import ModelSettings
from ml.split import latest_slice, time_folds
from ml.terms import TERM_COLUMNS, AdditiveTerms, Floats, Term, terms_by_feature

# A numeric feature of whose variance the calendar explains this share is a clock.
CLOCK_SHARE = 0.8
CLOCK_BLOCKS = 50
# A fit of many rows starts where a fit of every eighth ended: most Newton steps are cheap then.
MANY_ROWS, EVERY = 50_000, 8
# The design matrix of so many rows is made at once.
ROWS_AT_ONCE = 100_000
# Newton's steps are five times faster on a dense matrix, and up to this size it fits: 0.8 GB.
DENSE_CELLS = 100_000_000
# One or two folds of a handful of wins choose by chance.
FEWEST_FOLDS = 3
FALLBACK_PENALTY = 0.1
# Ramps of a number when wins are few.
FEWEST_RAMPS = 4


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
    rows
        How many examples it was fitted on, of those it was given.
    calibration
        Slope and intercept that were folded in.
    """

    pipeline: Pipeline
    terms: pd.DataFrame
    penalty: float
    penalty_reason: str
    rows: int
    calibration: Calibration


def logistic(penalty: float) -> LogisticRegression:
    """Make the estimator; Newton steps, so the optimum is exact and repeatable."""
    return LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200, tol=1e-8)


def clock_features(examples: Examples, seed: int) -> tuple[str, ...]:
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
        Training rows with a time order; of very many a sample is looked at.
    seed : int
    """
    examples = sample_leads(examples, CLOCK_ROWS, seed)
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
    sample = sample_leads(examples, CROSS_VALIDATION_ROWS, settings.seed)
    folds = time_folds(sample, settings.folds)
    if len(folds) < FEWEST_FOLDS:
        return FALLBACK_PENALTY, "too few wins to compare, so a strong one is set"
    losses = np.zeros(len(settings.penalties))
    for train, valid in track(folds, "choosing the penalty", show):
        transformer = new_terms(sample, settings).fit(
            sample.frame.iloc[train], groups=sample.leads[train]
        )
        design = quick(transformer.transform(sample.frame.iloc[train]))
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
    """Make the transformer for these examples.

    The ramps of a number grow with the cube root of the won leads, the rate at which
    knots of a regression spline may grow (Stone 1985): a hundred wins tell four apart,
    three thousand fifteen.
    """
    ramps = max(FEWEST_RAMPS, round(won_leads(examples) ** (1 / 3)))
    return AdditiveTerms(
        examples.features, min(ramps, settings.max_ramps), settings.min_level_count
    )


def fit_pipeline(examples: Examples, settings: ModelSettings, penalty: float) -> Pipeline:
    """Fit terms and coefficients, uncalibrated."""
    return fit_design(examples, settings, penalty)[0]


def fit_design(
    examples: Examples, settings: ModelSettings, penalty: float
) -> tuple[Pipeline, csr_array | Floats]:
    """Fit terms and coefficients, and keep the design matrix of the rows.

    Newton's steps on many rows begin where a fit of every eighth row ended. The end
    is the same to the tolerance; the same rows give the same, bit for bit.

    Returns
    -------
    pipeline : Pipeline
    design : csr_array or numpy.ndarray of shape (rows, terms)
    """
    terms = new_terms(examples, settings).fit(examples.frame, groups=examples.leads)
    design = quick(terms.transform(examples.frame))
    estimator = logistic(penalty)
    few = examples.is_won[::EVERY]
    if len(examples) > MANY_ROWS and few.min() < few.max():
        estimator.set_params(warm_start=True, tol=1e-4)
        estimator.fit(design[::EVERY], few, sample_weight=EVERY * examples.weights[::EVERY])
        estimator.set_params(tol=logistic(penalty).tol)
    estimator.fit(design, examples.is_won, sample_weight=examples.weights)
    return Pipeline([("terms", terms), ("logistic", estimator)]), design


def quick(design: csr_array) -> csr_array | Floats:
    """Give the matrix in the form that is estimated on faster: dense if that fits."""
    return design if design.shape[0] * design.shape[1] > DENSE_CELLS else design.toarray()


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
    used = thin_out(take(examples, examples.weights > 0), settings.seed)
    reason = "as given"
    if penalty is None:
        penalty, reason = choose_penalty(used, settings, show)
    earlier, latest = latest_slice(used, settings.calibration_share)
    pipeline, design = fit_design(used, settings, penalty)
    slice_ = take(used, latest)
    held_out: Floats | None = None
    if used.is_won[earlier].sum() >= FEWEST_FOR_SLOPE:
        before = fit_pipeline(take(used, earlier), settings, penalty)
        held_out = before.decision_function(slice_.frame)
    estimator = pipeline["logistic"]
    calibration = learn_calibration(held_out, estimator.decision_function(design[latest]), slice_)
    estimator.coef_ = estimator.coef_ * calibration.slope
    estimator.intercept_ = estimator.intercept_ * calibration.slope + calibration.intercept
    terms = fold_into_terms(pipeline, design)
    return FittedModel(pipeline, terms, penalty, reason, len(used), calibration)


def fold_into_terms(pipeline: Pipeline, design: csr_array | Floats) -> pd.DataFrame:
    """Write the pipeline as rows, and neutralise what training never showed.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted and calibrated; its coefficients of unseen terms are changed.
    design : csr_array or numpy.ndarray of shape (rows, terms)
        Of the training rows, for average contributions.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_terms`` without ``model_version``. Rows of kind
        ``average`` are not part of the score: they hold the mean contribution
        of the feature, which reasons are measured from.
    """
    terms: tuple[Term, ...] = pipeline["terms"].terms_
    means = design.mean(axis=0)
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
    return predict(model.pipeline, frame)


def predict(pipeline: Pipeline, frame: pd.DataFrame) -> Floats:
    """Probability of a pipeline's outcome, a part of the rows at a time: bounds memory."""
    result = np.empty(len(frame))
    for start in range(0, len(frame), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        result[part] = pipeline.predict_proba(frame.iloc[part])[:, 1]
    return result


def to_probability(logits: Floats) -> Floats:
    """Turn logits into probabilities."""
    return np.asarray(expit(logits), dtype="float64")
