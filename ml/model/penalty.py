"""Choose how strongly the terms are held back."""

import numpy as np

from lead_funnel.console import track
from ml.data.columns import Floats
from ml.data.examples import Examples, sample_leads, take
from ml.data.samples import CROSS_VALIDATION_ROWS
from ml.data.split import time_folds
from ml.model.calibrate import match_base_rate
from ml.model.steps import (
    ROUGHLY,
    End,
    begin_at,
    columns_of,
    do_steps,
    end_of,
    filled_columns,
    logistic,
    quick,
)
from ml.model.terms import new_terms
from ml.settings import ModelSettings

# One or two folds of a handful of wins choose by chance.
FEWEST_FOLDS = 3
FALLBACK_PENALTY = 0.1


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
    near: End | None = None
    for train, valid in track(folds, "choosing the penalty", show):
        own, near = fold_losses(take(sample, train), take(sample, valid), settings, near)
        losses += own / len(folds)
    best = int(np.argmin(losses))
    return settings.penalties[best], (f"lowest log loss over {len(folds)} time-ordered folds")


def fold_losses(
    train: Examples, valid: Examples, settings: ModelSettings, near: End | None
) -> tuple[Floats, End]:
    """Measure every penalty on one fold.

    Parameters
    ----------
    train, valid : Examples
    settings : ModelSettings
    near : End, optional
        Of the first penalty in another fold: that of this one begins there.

    Returns
    -------
    losses : numpy.ndarray of shape (penalties,)
    end : End
        Of the first penalty.
    """
    transformer = new_terms(train, settings).fit(train.frame, groups=train.leads)
    terms = transformer.terms_
    design = quick(transformer, train.frame, "float32")
    filled = filled_columns(design)
    design = columns_of(design, filled)
    design_valid = columns_of(quick(transformer, valid.frame), filled)
    estimator = logistic(settings.penalties[0]).set_params(warm_start=True, tol=ROUGHLY)
    if near is not None:
        begin_at(near, estimator, terms, filled)
    losses = np.zeros(len(settings.penalties))
    ends: list[tuple[Floats, Floats]] = []
    for number, penalty in enumerate(settings.penalties):
        if number > 1:
            # As far again as from the penalty before the last to the last.
            estimator.coef_, estimator.intercept_ = (
                2 * last - before for before, last in zip(*ends[-2:], strict=True)
            )
        design = do_steps(estimator.set_params(C=penalty), design, train.is_won, train.weights)
        ends.append((estimator.coef_, estimator.intercept_))
        scores = np.asarray(estimator.decision_function(design_valid), dtype="float64")
        scores = scores + match_base_rate(scores, valid.is_won, valid.weights)
        each = np.logaddexp(0.0, scores) - valid.is_won * scores
        losses[number] = np.average(each, weights=valid.weights)
    return losses, end_of(*ends[0], terms, filled)
