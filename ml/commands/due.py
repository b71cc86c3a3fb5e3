"""Decide whether a new version is due."""

import pandas as pd

# A new version is due when data are this much older, or wins this much more.
DUE_AFTER_DAYS = 28
DUE_AFTER_WINS = 0.2
# Sooner if the champion no longer holds; not each night, as the next may fail its gate too.
DUE_AFTER_VERDICT_DAYS = 7


def not_due(
    versions: pd.DataFrame, version: str, as_of: pd.Timestamp, wins: float, verdict: str | None
) -> str | None:
    """Say why no new version is due, if none is.

    Parameters
    ----------
    versions : pandas.DataFrame
        Those there are, oldest first.
    version : str
        What training now would give.
    as_of : pandas.Timestamp
        Its moment.
    wins : float
        Its won examples of training and test.
    verdict : str or None
        What the last build said of the champion: keep, refit or points.
    """
    if versions.empty:
        return None
    latest = versions.iloc[-1]
    if (versions["model_version"] == version).any():
        return f"{version} was trained on the same examples"
    age = (as_of - latest["as_of"]).days
    known = int(latest["train_wins"]) + int(latest["test_wins"])
    more = wins / max(known, 1) - 1
    if verdict in ("refit", "points") and age >= DUE_AFTER_VERDICT_DAYS:
        return None
    if age < DUE_AFTER_DAYS and more < DUE_AFTER_WINS:
        return f"{latest['model_version']} is {age} days old and wins grew by {max(more, 0):.0%}"
    return None
