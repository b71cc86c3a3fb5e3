"""The additive terms of the model: learnt from rows, applied to rows.

Every feature contributes a number, and the contributions add up to the logit.
A numeric feature is a linear spline: a chain of pieces between knots, flat outside them, so a
value far beyond the training data never extrapolates; a category has one
coefficient per level. The terms are rows of a table, and SQL can apply them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_array, vstack
from sklearn.base import BaseEstimator, TransformerMixin

from ml.data.columns import FeatureType, Floats, level_codes, numeric_values
from ml.data.examples import Examples
from ml.settings import ModelSettings

# The design matrix of so many rows is made at once.
ROWS_AT_ONCE = 100_000
# The pieces of one number for so many rows stay in the processor's cache until they are written.
ROWS_IN_CACHE = 8_192
TERM_COLUMNS = (
    "model_version",
    "term_number",
    "feature",
    "kind",
    "knot",
    "knot_upper",
    "level",
    "coefficient",
)
# Feature, kind, and which of its kind: the level, or a number's piece from the lowest.
Place = tuple[str, str, str | int | None]


@dataclass(frozen=True)
class Term:
    """One column of the design matrix and one row of the terms table.

    The kind ``ramp`` is a spline piece: 0 up to its knot, 1 from its upper knot on.
    ``scale`` is what the column is multiplied by while coefficients are estimated.
    """

    feature: str
    kind: Literal["ramp", "missing", "level", "other"]
    knot: float | None = None
    knot_upper: float | None = None
    level: str | None = None
    scale: float = 1.0


def choose_knots(values: Floats, max_pieces: int) -> tuple[float, ...]:
    """Place knots at quantiles of the finite values.

    Counts are mostly one value, and plain quantiles would then collapse onto
    it. So values that hold at least a ``max_pieces``-th of the rows get a knot
    each, and the rest of the knots are quantiles of the other values.

    Parameters
    ----------
    values : numpy.ndarray of shape (rows,)
    max_pieces : int
        At most this many spline pieces, that is one knot more.

    Returns
    -------
    tuple of float
        Ascending and distinct; fewer than two mean that no piece is possible.
    """
    finite = values[np.isfinite(values)]
    distinct, counts = np.unique(finite, return_counts=True)
    if len(distinct) <= max_pieces + 1:
        return tuple(float(knot) for knot in distinct)
    positions = np.flatnonzero(counts * max_pieces >= counts.sum())[:max_pieces]
    heavy = distinct[positions]
    counts[positions] = 0
    rest = np.repeat(distinct, counts)
    room = max(max_pieces + 1 - len(heavy), 1)
    shares = np.linspace(0.005, 0.995, room) if room > 1 else np.array([0.995])
    knots = np.union1d(heavy, np.quantile(rest, shares))
    # Knots closer than rounding error would make pieces as steep as steps.
    far = np.diff(knots, prepend=-np.inf) > 1e-9 * max(np.abs(knots).max(), 1e-300)
    return tuple(float(knot) for knot in knots[far])


def feature_terms(
    feature: str,
    feature_type: FeatureType,
    values: pd.Series,
    groups: NDArray[np.int64],
    *,
    max_pieces: int,
    min_level_count: int,
) -> tuple[Term, ...]:
    """Learn the terms of one feature from training rows.

    Spline pieces are scaled by one over the square root of their number. A penalty then holds
    back the whole rise over a number as strongly as one level of a category, however
    many pieces there are: the steps are those of a random walk (Fahrmeir and Lang 2001),
    so few wins draw a smooth line and many draw the detail.

    Parameters
    ----------
    feature : str
    feature_type : {'numeric', 'categorical'}
    values : pandas.Series of shape (rows,)
    groups : numpy.ndarray of shape (rows,)
        Number of the lead of each row; a level counts leads, not rows.
    max_pieces, min_level_count : int

    Returns
    -------
    tuple of Term
    """
    if feature_type == "numeric":
        knots = choose_knots(numeric_values(values), max_pieces)
        scale = max(len(knots) - 1, 1) ** -0.5
        pieces = tuple(
            Term(feature, "ramp", lower, upper, scale=scale)
            for lower, upper in zip(knots[:-1], knots[1:], strict=True)
        )
        return (*pieces, Term(feature, "missing"))
    codes, texts = level_codes(values)
    # Values may differ and have one text.
    distinct, numbers = np.unique(texts, return_inverse=True)
    every = groups.max(initial=0) + 1
    pairs = pd.unique(numbers[codes] * every + groups)
    leads = np.bincount(pairs // every, minlength=len(distinct))
    kept = sorted(str(level) for level in distinct[leads >= min_level_count])
    return (*(Term(feature, "level", level=level) for level in kept), Term(feature, "other"))


def fill_design(design: NDArray[np.floating], terms: tuple[Term, ...], values: pd.Series) -> None:
    """Apply the terms of one feature.

    Parameters
    ----------
    design : numpy.ndarray of shape (rows, len(terms))
        Zeros, to be written over: pieces within 0 to their scale, indicators 0 or 1.
    terms : tuple of Term
        All terms of one feature, as ``feature_terms`` gives them.
    values : pandas.Series of shape (rows,)
    """
    if terms[-1].kind == "missing":
        numbers = numeric_values(values)
        shapes = [(term.knot, term.knot_upper, term.scale) for term in terms[:-1]]
        lower, upper, scale = np.array(shapes, dtype="float64").reshape(-1, 3, 1).swapaxes(0, 1)
        for start in range(0, len(numbers), ROWS_IN_CACHE):
            part = slice(start, start + ROWS_IN_CACHE)
            pieces = (numbers[part] - lower) / (upper - lower)
            np.clip(pieces, 0.0, 1.0, out=pieces)
            pieces *= scale
            np.copyto(pieces, 0.0, where=np.isnan(numbers[part]))
            design[part, :-1] = pieces.T
        design[:, -1] = np.isnan(numbers)
        return
    numbers_of = {term.level: number for number, term in enumerate(terms[:-1])}
    codes, texts = level_codes(values)
    columns = np.array([numbers_of.get(text, len(terms) - 1) for text in texts], dtype=np.int64)
    design[np.arange(len(values)), columns[codes]] = 1.0


class AdditiveTerms(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn features into the columns of an additive model.

    Parameters
    ----------
    features : mapping of str to {'numeric', 'categorical'}
    max_pieces : int
    min_level_count : int

    Attributes
    ----------
    terms_ : tuple of Term
        One term a column, in the order of ``features``.
    """

    def __init__(
        self,
        features: Mapping[str, FeatureType],
        max_pieces: int = ModelSettings.max_ramps,
        min_level_count: int = ModelSettings.min_level_count,
    ) -> None:
        self.features = features
        self.max_pieces = max_pieces
        self.min_level_count = min_level_count

    def fit(
        self,
        frame: pd.DataFrame,
        y: object = None,
        groups: NDArray[np.int64] | None = None,
    ) -> Self:
        """Learn knots and levels.

        Parameters
        ----------
        frame : pandas.DataFrame of shape (rows, columns)
            Has every feature as a column.
        y : ignored
        groups : numpy.ndarray of shape (rows,), optional
            Number of the lead of each row; without it every row is a lead.
        """
        leads = np.arange(len(frame)) if groups is None else groups
        self.terms_ = tuple(
            term
            for feature, feature_type in self.features.items()
            for term in feature_terms(
                feature,
                feature_type,
                frame[feature],
                leads,
                max_pieces=self.max_pieces,
                min_level_count=self.min_level_count,
            )
        )
        return self

    def transform(self, frame: pd.DataFrame) -> csr_array:
        """Give the design matrix, of shape (rows, terms).

        It is sparse: most levels are off, and products of sparse matrices do
        not depend on the number of threads.
        """
        parts = [
            csr_array(self.dense(frame.iloc[start : start + ROWS_AT_ONCE]))
            for start in range(0, len(frame), ROWS_AT_ONCE)
        ]
        return vstack(parts, format="csr") if parts else csr_array((0, len(self.terms_)))

    def dense(self, frame: pd.DataFrame, precision: DTypeLike = "float64") -> NDArray[np.floating]:
        """Give the design matrix as it is where nothing is left out: quicker where it fits."""
        design = np.zeros((len(frame), len(self.terms_)), dtype=precision)
        start = 0
        for feature, terms in terms_by_feature(self.terms_).items():
            fill_design(design[:, start : start + len(terms)], terms, frame[feature])
            start += len(terms)
        return design


def new_terms(examples: Examples, settings: ModelSettings) -> AdditiveTerms:
    """Make the transformer for these examples."""
    return AdditiveTerms(examples.features, settings.max_ramps, settings.min_level_count)


def places(terms: tuple[Term, ...]) -> list[Place]:
    """Name each term by what stands in its place in terms learnt from other rows.

    A level is the same level there; of a number's pieces, the first is the first.
    """
    return [
        (feature, term.kind, number if term.kind == "ramp" else term.level)
        for feature, own in terms_by_feature(terms).items()
        for number, term in enumerate(own)
    ]


def terms_by_feature(terms: tuple[Term, ...]) -> dict[str, tuple[Term, ...]]:
    """Group terms by feature and keep their order."""
    grouped: dict[str, tuple[Term, ...]] = {}
    for term in terms:
        grouped[term.feature] = (*grouped.get(term.feature, ()), term)
    return grouped
