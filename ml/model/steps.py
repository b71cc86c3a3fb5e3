"""Newton's steps: the estimator, the matrix they are done on, where they begin."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike, NDArray
from scipy.linalg import LinAlgWarning
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from ml.data.columns import Floats
from ml.data.examples import Rows
from ml.model.terms import AdditiveTerms, Place, Term, places

Design: TypeAlias = csr_array | NDArray[np.floating]

# Near enough to the end to begin there, or to tell penalties apart.
ROUGHLY = 1e-4
# Newton's steps are five times faster on a dense matrix, and up to this size it fits: 1 GB.
DENSE_CELLS = 130_000_000


def logistic(penalty: float) -> LogisticRegression:
    """Make the estimator; Newton steps, so the optimum is exact and repeatable."""
    return LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200, tol=1e-8)


def do_steps(estimator: LogisticRegression, design: Design, won: Floats, weights: Floats) -> Design:
    """Do Newton's steps until the estimator's tolerance is met.

    In single precision, if the matrix has it, a step takes half the time. Where terms are
    so alike that it does not tell them apart, the steps are done in double precision.

    Parameters
    ----------
    estimator : sklearn.linear_model.LogisticRegression
    design : csr_array or numpy.ndarray of shape (rows, columns)
    won, weights : numpy.ndarray of shape (rows,)

    Returns
    -------
    csr_array or numpy.ndarray of shape (rows, columns)
        In the precision to go on with.
    """
    if design.dtype == np.float32:
        try:
            with warnings.catch_warnings():
                for kind in (LinAlgWarning, ConvergenceWarning):
                    warnings.simplefilter("error", kind)
                estimator.fit(design, won, sample_weight=weights)
            return design
        except (LinAlgWarning, ConvergenceWarning):
            design = design.astype("float64")
    estimator.fit(design, won, sample_weight=weights)
    return design


@dataclass(frozen=True)
class End:
    """Where steps ended, for those on similar rows to begin there.

    Attributes
    ----------
    coefficients
        By what stands in the place of each term in terms learnt from other rows.
    intercept
        Of shape (1,).
    """

    coefficients: Mapping[Place, float]
    intercept: Floats


def end_of(
    coefficients: Floats, intercept: Floats, terms: tuple[Term, ...], kept: Rows | None = None
) -> End:
    """Name coefficients by the places of their terms: all of the terms, or those kept."""
    own = places(terms)
    named = own if kept is None else [own[term] for term in kept]
    return End(dict(zip(named, coefficients[0], strict=True)), intercept)


def begin_at(end: End, estimator: LogisticRegression, terms: tuple[Term, ...], kept: Rows) -> None:
    """Let the next steps of an estimator begin where others ended, at 0 for terms unknown there."""
    own = places(terms)
    estimator.coef_ = np.array([[end.coefficients.get(own[term], 0.0) for term in kept]])
    estimator.intercept_ = end.intercept
    estimator.set_params(warm_start=True)


def quick(terms: AdditiveTerms, frame: pd.DataFrame, precision: DTypeLike = "float64") -> Design:
    """Give the design matrix in the form that is estimated on faster: dense if that fits.

    A sparse one has double precision in any case.
    """
    is_small = len(frame) * len(terms.terms_) <= DENSE_CELLS
    return terms.dense(frame, precision) if is_small else terms.transform(frame)


def filled_columns(design: Design) -> Rows:
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


def columns_of(design: Design, columns: Rows) -> Design:
    """Keep some columns of the matrix, in the order in memory that is estimated on."""
    if len(columns) == design.shape[1]:
        return design
    if isinstance(design, np.ndarray):
        return np.take(design, columns, axis=1)
    return design[:, columns]
