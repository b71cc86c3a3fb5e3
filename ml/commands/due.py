"""Decide whether a new version is due, without what trains one: it takes seconds to load."""

import numpy as np
import pandas as pd

from lead_funnel.console import step
from lead_funnel.errors import TooYoungError
from lead_funnel.warehouse import Connection
from ml.commands.material import TrainOptions, day_of, gather, usable_split
from ml.data.examples import Examples
from ml.data.features import declared_directions, declared_features
from ml.data.marts import read_examples, read_verdict
from ml.data.split import Split
from ml.model.registry import check_tables, read_versions
from ml.settings import LabelPolicy

# A new version is due when data are this much older, or wins this much more.
DUE_AFTER_DAYS = 28
DUE_AFTER_WINS = 0.2
# Sooner if the champion no longer holds; not each night, as the next may fail its gate too.
DUE_AFTER_VERDICT_DAYS = 7


def told_if_not_due(connection: Connection, options: TrainOptions, show: bool) -> list[str]:
    """Say why nothing is trained, if nothing is; else nothing.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    options : TrainOptions
    show : bool
        Show progress.
    """
    check_tables(connection)
    versions = read_versions(connection)
    try:
        with step("reading the outcomes", show):
            reason = why_not_due(connection, options, versions)
    except TooYoungError as error:
        return [no_model(error)]
    return [f"Not due: {reason}."] if reason else []


def no_model(error: TooYoungError) -> str:
    """Say that there are too few settled outcomes for a model."""
    return f"No model: {error}. Routing stays as it is (points without a champion)."


def why_not_due(
    connection: Connection, options: TrainOptions, versions: pd.DataFrame
) -> str | None:
    """Say why no new version is due, if none is, by the outcomes alone.

    The features are read only where there is a version of the same day: it may have
    been trained on the same examples, which their hash tells.

    Raises
    ------
    TooYoungError
        If there are too few settled outcomes for a model.
    UserError
        If a feature is declared wrongly.
    """
    if versions.empty:
        return None
    # A mistake in them is told now, and not in weeks.
    declared_directions(options.project)
    outcomes, as_of = read_examples(
        connection, declared_features(options.project), options.horizon_days, outcomes_only=True
    )
    wins = counted_wins(outcomes, usable_split(outcomes, options), options.label_policy)
    version = None
    if versions["model_version"].str.startswith(day_of(as_of)).any():
        version = gather(connection, options).version
    return not_due(versions, version, as_of, wins, read_verdict(connection))


def counted_wins(examples: Examples, split: Split, policy: LabelPolicy) -> float:
    """Count won examples as a version does: not those in the embargo, nor those left out."""
    rows = np.concatenate([split.train, split.test])
    kept = examples.is_worked[rows] | (policy == "all")
    return float(examples.is_won[rows][kept].sum())


def not_due(
    versions: pd.DataFrame,
    version: str | None,
    as_of: pd.Timestamp,
    wins: float,
    verdict: str | None,
) -> str | None:
    """Say why no new version is due, if none is.

    Parameters
    ----------
    versions : pandas.DataFrame
        Those there are, at least one, oldest first.
    version : str or None
        What training now would give, if that can be among them.
    as_of : pandas.Timestamp
        Its moment.
    wins : float
        Its won examples of training and test.
    verdict : str or None
        What the last build said of the champion: keep, refit or points.
    """
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
