"""Distributions at training time, which later builds are compared with."""

import numpy as np
import pandas as pd

from ml.data.columns import Floats, numeric_values
from ml.data.examples import Examples
from ml.data.features import AGE_FEATURE
from ml.judge.drift import (
    AGE_BANDS,
    age_bands,
    common_levels,
    count_levels,
    count_numbers,
    decile_edges,
)
from ml.settings import MISSING_LEVEL

# What is counted beside the features.
SCORE, OUTCOME, OUTCOME_LEADS = "probability", "outcome", "outcome_leads"
OTHER_BIN = "(other)"


def distributions(examples: Examples, probabilities: Floats) -> pd.DataFrame:
    """Count features, scores and outcomes by bin.

    Only the weekly examples, where there are any: they are the leads that were open
    at one moment, which is what a night sees. Scores are counted by the age of the
    cycle too, of all examples: at one age the rarer later ones are a sample of the
    leads that are open then. Outcomes are those of all examples that sales worked.

    Parameters
    ----------
    examples : Examples
        What the model learnt from, never-worked leads included.
    probabilities : numpy.ndarray of shape (rows,)
        The model's probabilities.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ml.feature_distributions`` without ``model_version``: a row per
        feature and bin. Numbers have their deciles (``upper_edge`` null for the last)
        and missing, categories the levels of at least one percent and all others.
    """
    weekly = examples.kinds == "weekly"
    rows = weekly if weekly.any() else np.ones(len(examples), dtype=bool)
    tables = [_number_bins(SCORE, probabilities[rows])]
    if AGE_FEATURE in examples.frame:
        ages = age_bands(numeric_values(examples.frame[AGE_FEATURE]))
        tables += [
            _number_bins(f"{SCORE}, {band}", probabilities[ages == band])
            for band in AGE_BANDS
            if (ages == band).any()
        ]
    for feature, kind in examples.features.items():
        column = examples.frame[feature][rows]
        if kind == "numeric":
            tables.append(_number_bins(feature, numeric_values(column)))
            continue
        kept = common_levels(column)
        counts = count_levels(column, kept)
        tables.append(
            pd.DataFrame({"feature": feature, "bin": [*kept, OTHER_BIN], "examples": counts})
        )
    won, leads = examples.is_won[examples.is_worked], examples.leads[examples.is_worked]
    tables.append(
        pd.DataFrame(
            {
                "feature": [OUTCOME, OUTCOME, OUTCOME_LEADS],
                "bin": ["won", "not won", "all"],
                "examples": [won.sum(), len(won) - won.sum(), len(np.unique(leads))],
            }
        )
    )
    return pd.concat(tables, ignore_index=True).astype({"examples": "int64"})


def _number_bins(feature: str, values: Floats) -> pd.DataFrame:
    edges = decile_edges(values)
    names = [*(str(number) for number in range(len(edges) + 1)), MISSING_LEVEL]
    return pd.DataFrame(
        {
            "feature": feature,
            "bin": names,
            "upper_edge": [*edges, np.nan, np.nan],
            "examples": count_numbers(values, edges),
        }
    )
