"""Newton's steps in single precision end where those in double precision do."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from ml.data.examples import Examples, take
from ml.data.split import time_folds
from ml.model.calibrate import match_base_rate
from ml.model.penalty import choose_penalty, fold_losses
from ml.model.steps import do_steps, logistic, quick
from ml.model.terms import new_terms
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples

SETTINGS = ModelSettings()


def design_of(examples: Examples, precision: str) -> np.ndarray:
    terms = new_terms(examples, SETTINGS).fit(examples.frame, groups=examples.leads)
    return quick(terms, examples.frame, precision)


@pytest.mark.parametrize(("penalty", "suffices"), [(0.1, True), (1e5, False)])
def test_single_precision_goes_as_far_as_it_suffices(penalty: float, suffices: bool) -> None:
    examples = small_examples(3000)
    rows = examples.is_won, examples.weights
    wanted, found = (logistic(penalty).set_params(tol=1e-6) for _ in range(2))
    do_steps(wanted, design_of(examples, "float64"), *rows)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        design = do_steps(found, design_of(examples, "float32"), *rows)
    assert design.dtype == ("float32" if suffices else "float64")
    # Levels and intercept may be shifted against each other where little holds them.
    ends = [design @ each.coef_[0] + each.intercept_ for each in (found, wanted)]
    np.testing.assert_allclose(*ends, atol=1e-4)


def test_steps_that_end_nowhere_in_single_precision_are_done_in_double() -> None:
    examples = small_examples(3000)
    with pytest.warns(ConvergenceWarning) as said:
        design = do_steps(
            logistic(0.1).set_params(max_iter=1),
            design_of(examples, "float32"),
            examples.is_won,
            examples.weights,
        )
    # Only the second try says that it failed, too.
    assert len(said) == 1 and design.dtype == np.float64


def test_steps_that_begin_at_their_end_stay_there() -> None:
    examples = small_examples(3000)
    design, rows = design_of(examples, "float32"), (examples.is_won, examples.weights)
    estimator = logistic(0.1).set_params(tol=1e-6, warm_start=True)
    do_steps(estimator, design, *rows)
    end = estimator.coef_.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            design = do_steps(estimator, design, *rows)
    np.testing.assert_allclose(estimator.coef_, end, atol=1e-5)


def test_penalties_are_told_apart_as_by_fits_of_their_own() -> None:
    examples = small_examples(3000)
    folds, wanted, near = time_folds(examples, SETTINGS.folds), [], None
    for rows, others in folds:
        train, valid = take(examples, rows), take(examples, others)
        found, near = fold_losses(train, valid, SETTINGS, near)
        terms = new_terms(train, SETTINGS).fit(train.frame, groups=train.leads)
        own = []
        for penalty in SETTINGS.penalties:
            alone = logistic(penalty)
            alone.fit(terms.dense(train.frame), train.is_won, sample_weight=train.weights)
            scores = alone.decision_function(terms.dense(valid.frame))
            scores += match_base_rate(scores, valid.is_won, valid.weights)
            each = np.logaddexp(0.0, scores) - valid.is_won * scores
            own.append(np.average(each, weights=valid.weights))
        np.testing.assert_allclose(found, own, rtol=1e-3)
        wanted.append(own)
    best = SETTINGS.penalties[int(np.argmin(np.mean(wanted, axis=0)))]
    assert choose_penalty(examples, SETTINGS)[0] == best
