"""Estimate the additive logistic model: penalty, coefficients, calibration."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from lead_funnel.console import track
from ml.data.columns import Direction, Floats
from ml.data.examples import Examples, Rows, sample_leads, stress_moments, take
from ml.data.samples import CROSS_VALIDATION_ROWS, thin_out
from ml.data.split import time_folds
from ml.model.calibrate import Calibration, learn_calibration, match_base_rate
from ml.model.terms import ROWS_AT_ONCE, TERM_COLUMNS, AdditiveTerms, Term, places, terms_by_feature
from ml.settings import ModelSettings

# A fit of many rows starts where a fit of every eighth ended: most Newton steps are cheap then.
MANY_ROWS, EVERY = 50_000, 8
ROUGHLY = 1e-4
# Near enough to the end to see which way a piece goes: at a rough end a few still change sides.
SIDES = 1e-6
# Newton's steps are five times faster on a dense matrix, and up to this size it fits: 1 GB.
DENSE_CELLS = 130_000_000
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
        design = quick(transformer, sample.frame.iloc[train])
        filled = filled_columns(design)
        design = columns_of(design, filled)
        design_valid = columns_of(quick(transformer, sample.frame.iloc[valid]), filled)
        won, weights = sample.is_won[valid], sample.weights[valid]
        estimator = logistic(settings.penalties[0]).set_params(warm_start=True, tol=ROUGHLY)
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


def fit_pipeline(
    examples: Examples, settings: ModelSettings, penalty: float, near: Pipeline | None = None
) -> Pipeline:
    """Fit terms and coefficients, uncalibrated; see ``fit_design``."""
    return fit_design(examples, settings, penalty, near)[0]


def fit_design(
    examples: Examples, settings: ModelSettings, penalty: float, near: Pipeline | None = None
) -> tuple[Pipeline, csr_array | Floats, Rows]:
    """Fit terms and coefficients, and keep the design matrix of the rows.

    Where features have a direction, spline pieces that go the other way are left out
    and the rest is fitted again, until none does: the score is then flat over them.

    Newton's steps on many rows begin where a fit of every eighth row ended, unless a
    fit nearby is given. The end is the same to the tolerance; the same rows give the
    same, bit for bit.

    Parameters
    ----------
    examples : Examples
    settings : ModelSettings
    penalty : float
    near : Pipeline, optional
        Fitted on similar rows: the steps begin at its coefficients, and end where they would have.

    Returns
    -------
    pipeline : Pipeline
    design : csr_array or numpy.ndarray of shape (rows, kept terms)
    kept : numpy.ndarray of int
        Positions of the terms in the design matrix. Those left out have coefficient 0.
    """
    terms = new_terms(examples, settings).fit(examples.frame, groups=examples.leads)
    design = quick(terms, examples.frame)
    kept = filled_columns(design)
    design = columns_of(design, kept)
    estimator = logistic(penalty)
    if near is not None:
        begun = dict(zip(places(near["terms"].terms_), near["logistic"].coef_[0], strict=True))
        own = places(terms.terms_)
        estimator.coef_ = np.array([[begun.get(own[column], 0.0) for column in kept]])
        estimator.intercept_ = near["logistic"].intercept_
        estimator.set_params(warm_start=True)
    few = examples.is_won[::EVERY]
    if near is None and len(examples) > MANY_ROWS and few.min() < few.max():
        estimator.set_params(warm_start=True, tol=ROUGHLY)
        estimator.fit(design[::EVERY], few, sample_weight=EVERY * examples.weights[::EVERY])
    signs = wanted_signs(terms.terms_, examples.directions)
    # Which pieces go is plain before the last digits are.
    for tolerance in (SIDES, logistic(penalty).tol):
        estimator.set_params(tol=tolerance)
        estimator.fit(design, examples.is_won, sample_weight=examples.weights)
        estimator.set_params(warm_start=True)
        while (wrong := signs[kept] * estimator.coef_[0] < 0).any():
            kept, design = kept[~wrong], columns_of(design, np.flatnonzero(~wrong))
            estimator.coef_ = estimator.coef_[:, ~wrong]
            estimator.fit(design, examples.is_won, sample_weight=examples.weights)
    coefficients = np.zeros((1, len(signs)))
    coefficients[0, kept] = estimator.coef_[0]
    estimator.coef_, estimator.n_features_in_ = coefficients, len(signs)
    return Pipeline([("terms", terms), ("logistic", estimator)]), design, kept


def wanted_signs(terms: tuple[Term, ...], directions: Mapping[str, Direction]) -> Floats:
    """Give the sign that each term's coefficient may have, 0 for any; of shape (terms,)."""
    signs = {"rising": 1.0, "falling": -1.0}
    return np.array(
        [
            signs[directions[term.feature]]
            if term.kind == "ramp" and term.feature in directions
            else 0.0
            for term in terms
        ]
    )


def filled_columns(design: csr_array | Floats) -> Rows:
    """Find the terms that any row has: the others' coefficients are 0, whatever the rest.

    The last has no direction and stays in any case: there is no estimate of nothing.
    """
    filled = np.zeros(design.shape[1], dtype=bool)
    if isinstance(design, np.ndarray):
        filled |= design.any(axis=0)
    else:
        filled[design.indices] = True
    filled[-1:] = True
    return np.flatnonzero(filled)


def columns_of(design: csr_array | Floats, columns: Rows) -> csr_array | Floats:
    """Keep some columns of the matrix, in the order in memory that is estimated on."""
    if isinstance(design, np.ndarray):
        return np.take(design, columns, axis=1)
    return design[:, columns]


def quick(terms: AdditiveTerms, frame: pd.DataFrame) -> csr_array | Floats:
    """Give the design matrix in the form that is estimated on faster: dense if that fits."""
    is_small = len(frame) * len(terms.terms_) <= DENSE_CELLS
    return terms.dense(frame) if is_small else terms.transform(frame)


def fit_model(
    examples: Examples,
    settings: ModelSettings,
    penalty: float | None = None,
    show: bool = False,
) -> FittedModel:
    """Estimate a calibrated model.

    The coefficients come from all examples; a handoff counts for more than the weeks
    around it, as it is where something is decided. How far they exaggerate is learnt
    from rows held out (Platt): those of the latest slice, or where it has few wins of
    folds. The intercept is then set so that the base rate of the latest slice is met,
    or of all rows where it has few wins. Slope and intercept are folded into the
    coefficients. What training never showed, a missing value or an unseen level, gets
    the feature's average contribution, which says nothing either way.

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
    natural = thin_out(take(examples, examples.weights > 0), settings.seed)
    used = stress_moments(natural, settings.handoff_weight)
    reason = "as given"
    if penalty is None:
        penalty, reason = choose_penalty(used, settings, show)
    pipeline, design, kept = fit_design(used, settings, penalty)
    estimator = pipeline["logistic"]

    def held_out(fitted: Rows, held: Rows) -> Floats:
        other = fit_pipeline(take(used, fitted), settings, penalty, near=pipeline)
        return np.asarray(other.decision_function(used.frame.iloc[held]), dtype="float64")

    scores = np.asarray(design @ estimator.coef_[0, kept] + estimator.intercept_[0])
    calibration = learn_calibration(scores, held_out, natural, settings)
    estimator.coef_ = estimator.coef_ * calibration.slope
    estimator.intercept_ = estimator.intercept_ * calibration.slope + calibration.intercept
    means = np.zeros(estimator.coef_.shape[1])
    means[kept] = design.mean(axis=0)
    terms = fold_into_terms(pipeline, means)
    return FittedModel(pipeline, terms, penalty, reason, len(used), calibration)


def fold_into_terms(pipeline: Pipeline, means: Floats) -> pd.DataFrame:
    """Write the pipeline as rows, and neutralise what training never showed.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted and calibrated; its coefficients of unseen terms are changed.
    means : numpy.ndarray of shape (terms,)
        Of the columns of the design matrix of the training rows, for average contributions.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.model_terms`` without ``model_version``. Rows of kind
        ``average`` are not part of the score: they hold the mean contribution
        of the feature, which reasons are measured from.
    """
    terms: tuple[Term, ...] = pipeline["terms"].terms_
    coefficients = pipeline["logistic"].coef_[0]
    scales = np.array([term.scale for term in terms])
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
        (term.feature, term.kind, term.knot, term.knot_upper, term.level, value)
        for term, value in zip(terms, coefficients * scales, strict=True)
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
