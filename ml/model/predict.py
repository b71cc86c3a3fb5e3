"""Score examples from the rows of ``ml.model_terms`` alone."""

import numpy as np
import pandas as pd
from scipy.special import expit

from ml.data.columns import Floats, level_values, numeric_values


def contributions(terms: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Give what each feature adds to the logit.

    Parameters
    ----------
    terms : pandas.DataFrame
        Rows of ``ml.model_terms`` of one version, in any order.
    frame : pandas.DataFrame of shape (rows, columns)

    Returns
    -------
    pandas.DataFrame of shape (rows, features)
        In logits. The intercept is not among them.
    """
    scored = terms[~terms["kind"].isin(["intercept", "average", "reach"])]
    columns = {
        str(feature): _contribution(own, frame[str(feature)])
        for feature, own in scored.groupby("feature", sort=False)
    }
    return pd.DataFrame(columns, index=frame.index)


def _contribution(own: pd.DataFrame, values: pd.Series) -> Floats:
    if (own["kind"] == "missing").any():
        numbers = numeric_values(values)
        result = np.zeros(len(numbers))
        pieces = own[own["kind"] == "ramp"]
        for lower, upper, coefficient in zip(
            pieces["knot"], pieces["knot_upper"], pieces["coefficient"], strict=True
        ):
            piece = np.clip((numbers - lower) / (upper - lower), 0.0, 1.0)
            result += coefficient * piece
        missing = own.loc[own["kind"] == "missing", "coefficient"].item()
        return np.where(np.isnan(numbers), missing, result)
    other = own.loc[own["kind"] == "other", "coefficient"].item()
    levels = own[own["kind"] == "level"].set_index("level")["coefficient"]
    found = pd.Series(level_values(values), dtype=object).map(levels.to_dict())
    return np.asarray(found.astype("float64").fillna(other), dtype="float64")


def logits_from_terms(terms: pd.DataFrame, frame: pd.DataFrame) -> Floats:
    """Add intercept and contributions; logits of shape (rows,)."""
    intercept = terms.loc[terms["kind"] == "intercept", "coefficient"].item()
    return np.asarray(
        intercept + contributions(terms, frame).to_numpy().sum(axis=1), dtype="float64"
    )


def predict_from_terms(terms: pd.DataFrame, frame: pd.DataFrame) -> Floats:
    """Probability of winning from the rows of a model alone.

    Written apart from the estimator, as the plain reading of the terms table
    that the SQL must equal.

    Parameters
    ----------
    terms : pandas.DataFrame
        Rows of ``ml.model_terms`` of one version.
    frame : pandas.DataFrame of shape (rows, columns)
        Has every feature of the terms.

    Returns
    -------
    numpy.ndarray of shape (rows,)
    """
    return np.asarray(expit(logits_from_terms(terms, frame)), dtype="float64")
