"""Examples as arrays: what every later step works on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.data.columns import Direction, FeatureType, Floats

Ints = NDArray[np.int64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Mature examples, one per row; every array has shape (rows,).

    Attributes
    ----------
    frame
        The feature columns.
    features
        Feature name to ``numeric`` or ``categorical``.
    is_won
        1.0 won within the horizon, 0.0 not.
    is_worked
        Whether sales worked the lead; a loss of one never worked says little.
    time
        Moment of the example: microseconds since 1970 in UTC, or a position
        in an order, or 0 throughout if there is no time.
    horizon
        How long after ``time`` the outcome is known, in the unit of ``time``.
    leads
        Number of the lead; rows of one lead stay together in every split.
    kinds
        ``entry``, ``weekly``, ``later``, ``handoff`` or empty.
    weights
        Weight in estimation and in judging.
    points
        The rules' score, if there is one.
    amounts
        Value won; 0 where unknown.
    row_numbers
        Position in the input, from 1.
    ratings
        What the rep thought of the lead by then, or null; none where nobody rates.
    directions
        Numeric features as which grow the score may only rise, or only fall.
    """

    frame: pd.DataFrame
    features: Mapping[str, FeatureType]
    is_won: Floats
    is_worked: NDArray[np.bool_]
    time: Ints
    horizon: int
    leads: Ints
    kinds: NDArray[np.object_]
    weights: Floats
    points: Floats | None
    amounts: Floats
    row_numbers: Ints
    ratings: NDArray[np.object_] | None = None
    directions: Mapping[str, Direction] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the examples."""
        return len(self.is_won)


PER_ROW = (
    "is_won",
    "is_worked",
    "time",
    "leads",
    "kinds",
    "weights",
    "points",
    "amounts",
    "row_numbers",
    "ratings",
)


def take(examples: Examples, rows: NDArray[Any]) -> Examples:
    """Keep some rows.

    Parameters
    ----------
    examples : Examples
    rows : numpy.ndarray
        Positions, or a mask of shape (rows,).
    """
    kept: dict[str, Any] = {
        name: value[rows] for name in PER_ROW if (value := getattr(examples, name)) is not None
    }
    return replace(examples, frame=examples.frame.iloc[rows], **kept)


def sample_leads(examples: Examples, rows: int, seed: int) -> Examples:
    """Draw leads, with all of their rows, until about this many rows are left.

    Fewer rows than that are kept all. The same rows and seed draw the same leads.
    """
    if len(examples) <= rows:
        return examples
    leads = np.unique(examples.leads)
    drawn = np.random.default_rng(seed).random(len(leads)) < rows / len(examples)
    return take(examples, np.isin(examples.leads, leads[drawn]))


def stress_moments(examples: Examples, weight: float) -> Examples:
    """Let a handoff count for ``weight`` weeks, and all later moments of a lead together.

    The weekly moments and the entry keep their weights. So what becomes of old leads is
    learnt, and a lead that is open for years counts no more than one that is for months.
    """
    later = examples.kinds == "later"
    counts = np.bincount(examples.leads[later], minlength=examples.leads.max(initial=-1) + 1)
    factors = np.where(examples.kinds == "handoff", weight, 1.0)
    factors[later] = weight / counts[examples.leads[later]]
    return replace(examples, weights=examples.weights * factors)


def leave_out(examples: Examples, features: tuple[str, ...]) -> Examples:
    """Drop features."""
    kept = {name: kind for name, kind in examples.features.items() if name not in features}
    return replace(examples, features=kept)


def won_leads(examples: Examples) -> int:
    """Count leads with a won example of some weight.

    A lead on a weekly grid is many rows and still one outcome.
    """
    won = (examples.is_won > 0) & (examples.weights > 0)
    return len(np.unique(examples.leads[won]))


def first_times(examples: Examples) -> Ints:
    """Give each row the earliest time of its lead, of shape (rows,)."""
    _, codes = np.unique(examples.leads, return_inverse=True)
    earliest = np.full(codes.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, codes, examples.time)
    return np.asarray(earliest[codes], dtype=np.int64)


def fingerprint(examples: Examples, *settings: object) -> str:
    """Hash rows and settings; equal input gives an equal model.

    Returns
    -------
    str
        64 hexadecimal digits of SHA-256.
    """
    digest = hashlib.sha256(repr(settings).encode())
    declared = (sorted(examples.features.items()), sorted(examples.directions.items()))
    digest.update(repr((*declared, examples.horizon)).encode())
    for feature in examples.features:
        column = examples.frame[feature].reset_index(drop=True)
        if column.dtype == object:
            column = column.astype("string")
        digest.update(pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes())
    for own in fields(examples):
        if own.name not in PER_ROW or own.name in ("kinds", "ratings"):
            continue
        value = getattr(examples, own.name)
        digest.update(b"" if value is None else value.tobytes())
    digest.update("\0".join(examples.kinds).encode())
    return digest.hexdigest()
