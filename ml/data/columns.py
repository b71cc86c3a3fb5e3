"""Columns of features as arrays: numbers, and levels as text."""

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.settings import MISSING_LEVEL

FeatureType = Literal["numeric", "categorical"]
# What more of a number may do to a score; without one, anything.
Direction = Literal["rising", "falling"]
Floats = NDArray[np.float64]


def numeric_values(values: pd.Series) -> Floats:
    """Turn a column into doubles; null becomes NaN.

    Parameters
    ----------
    values : pandas.Series of shape (rows,)
        Numbers, booleans or timestamps are not told apart: only numbers and
        booleans make sense here.

    Returns
    -------
    numpy.ndarray of shape (rows,), float64
    """
    if values.dtype == np.float64:
        return values.to_numpy()
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype="float64")


def level_values(values: pd.Series) -> NDArray[np.object_]:
    """Turn a column into level texts; null becomes the level for missing.

    Booleans become ``true`` and ``false`` and whole floats lose their ``.0``,
    which is what a cast to text gives in SQL.

    Parameters
    ----------
    values : pandas.Series of shape (rows,)

    Returns
    -------
    numpy.ndarray of shape (rows,), object
    """
    codes, texts = level_codes(values)
    return np.asarray(texts[codes], dtype=object)


def level_codes(values: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Find the level texts of a column, as ``level_values`` gives them, and number the rows'.

    Returns
    -------
    codes : numpy.ndarray of shape (rows,)
        Places in ``texts``; null is -1, the last.
    texts : numpy.ndarray of shape (levels,), object
        Different values may have the same text. The last is the level for missing.
    """
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    texts = np.array([_level_text(value) for value in distinct], dtype=object)
    return codes, np.append(texts, MISSING_LEVEL)


def _level_text(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)
