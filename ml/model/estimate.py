"""Estimate the additive logistic model: penalty, coefficients, calibration."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.pipeline import Pipeline

from ml.data.columns import Direction, Floats
from ml.data.examples import Examples, Rows, stress_moments, take
from ml.data.samples import thin_out
from ml.model.calibrate import Calibration, learn_calibration
from ml.model.penalty import choose_penalty
from ml.model.steps import (
    ROUGHLY,
    Design,
    begin_at,
    columns_of,
    do_steps,
    end_of,
    filled_columns,
    logistic,
    quick,
)
from ml.model.terms import ROWS_AT_ONCE, TERM_COLUMNS, Term, new_terms, terms_by_feature
from ml.settings import ModelSettings

# A fit of many rows starts where a fit of every eighth ended: most Newton steps are cheap then.
MANY_ROWS, EVERY = 50_000, 8
# Near enough to the end to see which way a piece goes: at a rough end a few still change sides.
SIDES = 1e-6


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


def fit_pipeline(
    examples: Examples, settings: ModelSettings, penalty: float, near: Pipeline | None = None
) -> Pipeline:
    """Fit terms and coefficients, uncalibrated; see ``fit_design``."""
    return fit_design(examples, settings, penalty, near)[0]


def fit_design(
    examples: Examples, settings: ModelSettings, penalty: float, near: Pipeline | None = None
) -> tuple[Pipeline, Design, Rows]:
    """Fit terms and coefficients, and keep the design matrix of the rows.

    Where features have a direction, spline pieces that go the other way are left out
    and the rest is fitted again, until none does: the score is then flat over them.

    Newton's steps are in single precision until the pieces to be left out are known, and
    in double precision from there. On many rows they begin where a fit of every eighth row
    ended. The same rows give the same, bit for bit.

    Parameters
    ----------
    examples : Examples
    settings : ModelSettings
    penalty : float
    near : Pipeline, optional
        Fitted on similar rows: the steps begin at its coefficients, and end where the
        pieces to be left out are known, near the end of those without it.

    Returns
    -------
    pipeline : Pipeline
    design : csr_array or numpy.ndarray of shape (rows, kept terms)
    kept : numpy.ndarray of int
        Positions of the terms in the design matrix. Those left out have coefficient 0.
    """
    terms = new_terms(examples, settings).fit(examples.frame, groups=examples.leads)
    design = quick(terms, examples.frame, "float64" if near is None else "float32")
    kept = filled_columns(design)
    exact = None
    if near is None and isinstance(design, np.ndarray):
        exact, design = design, design.astype("float32")
    design = columns_of(design, kept)
    estimator = logistic(penalty)
    few = slice(None, None, EVERY)
    if near is not None:
        end = end_of(near["logistic"].coef_, near["logistic"].intercept_, near["terms"].terms_)
        begin_at(end, estimator, terms.terms_, kept)
    elif len(examples) > MANY_ROWS and np.ptp(examples.is_won[few]) > 0:
        estimator.set_params(tol=ROUGHLY)
        do_steps(estimator, design[few], examples.is_won[few], EVERY * examples.weights[few])
    signs = wanted_signs(terms.terms_, examples.directions)
    # Which pieces go is plain before the last digits are.
    for tolerance in (SIDES, logistic(penalty).tol) if near is None else (SIDES,):
        if tolerance != SIDES and exact is not None:
            del design
            design, exact = columns_of(exact, kept), None
        estimator.set_params(tol=tolerance, warm_start=True)
        design = do_steps(estimator, design, examples.is_won, examples.weights)
        while (wrong := signs[kept] * estimator.coef_[0] < 0).any():
            kept, design = kept[~wrong], columns_of(design, np.flatnonzero(~wrong))
            estimator.coef_ = estimator.coef_[:, ~wrong]
            design = do_steps(estimator, design, examples.is_won, examples.weights)
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
        return logits(other, used.frame.iloc[held])

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
    """Probability of a pipeline's outcome."""
    return to_probability(logits(pipeline, frame))


def logits(pipeline: Pipeline, frame: pd.DataFrame) -> Floats:
    """Logits by a pipeline, a part of the rows at a time: bounds memory.

    Row by row, so that neither the parts nor the number of threads change a digit.
    """
    estimator, result = pipeline["logistic"], np.empty(len(frame))
    for start in range(0, len(frame), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        design = pipeline["terms"].dense(frame.iloc[part])
        result[part] = np.vecdot(design, estimator.coef_[0]) + estimator.intercept_[0]
    return result


def to_probability(logits: Floats) -> Floats:
    """Turn logits into probabilities."""
    return np.asarray(expit(logits), dtype="float64")
