"""The commands on versions: ``versions``, ``show``, ``promote`` and ``rollback``."""

import numpy as np
import pandas as pd

from lead_funnel.errors import UserError
from lead_funnel.warehouse import Connection, read_model_table
from ml.model.registry import champion_of, find_version, read_versions, set_champion


def promote(connection: Connection, version: str, *, force: bool) -> list[str]:
    """Make a version champion by hand.

    Raises
    ------
    UserError
        If there is no such version, or it failed the gate and ``force`` is
        not set.
    """
    row = find_version(read_versions(connection), version)
    if not bool(row["gate_passed"]) and not force:
        raise UserError(
            f"{version} has not passed the gate: {row['gate_reason']}. Add --force to route by "
            "it all the same."
        )
    set_champion(connection, version)
    return [f"{version} is the champion. Run dbt build to score with it."]


def rollback(connection: Connection) -> list[str]:
    """Go back to the version before the champion that passed the gate.

    Without one routing goes back to points.

    Raises
    ------
    UserError
        If there is no champion.
    """
    versions = read_versions(connection)
    champion = champion_of(versions)
    if champion is None:
        raise UserError("There is no champion to roll back from: routing is by points already.")
    place = int(np.flatnonzero(versions["model_version"] == champion)[0])
    earlier = versions.iloc[:place]
    passed = earlier.loc[earlier["gate_passed"].fillna(False).astype(bool), "model_version"]
    previous = None if passed.empty else str(passed.iloc[-1])
    set_champion(connection, previous)
    now = "routing is by points" if previous is None else f"{previous} is champion"
    return [f"{champion} is no longer the champion: {now}. Run dbt build to score again."]


def list_versions(connection: Connection) -> list[str]:
    """List the versions, one line each."""
    versions = read_versions(connection)
    if versions.empty:
        return ["No versions yet: routing is by points. Run lead-ml train."]
    metrics = read_model_table(connection, "model_metrics")
    chosen = metrics[
        (metrics["scorer"] == "model")
        & (metrics["subset"] == "all")
        & (metrics["metric"] == "roc_auc")
    ].set_index("model_version")["value"]
    lines = [f"{'version':<22}{'state':<12}{'ROC AUC':>8}{'wins':>7}  gate"]
    for row in versions.itertuples():
        state = "champion" if row.is_champion else "challenger"
        gate = "passed" if row.gate_passed else f"failed: {row.gate_reason}"
        auc = float(chosen.get(row.model_version, np.nan))
        lines.append(f"{row.model_version:<22}{state:<12}{auc:>8.3f}{row.train_wins:>7}  {gate}")
    return lines


def show_version(connection: Connection, version: str | None) -> list[str]:
    """Describe a version: what it learnt from, how it did, what it weighs.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    version : str or None
        The champion if none, the latest version if there is no champion.

    Raises
    ------
    UserError
        If there is no such version.
    """
    versions = read_versions(connection)
    if versions.empty:
        return ["No versions yet: routing is by points. Run lead-ml train."]
    name = version or champion_of(versions) or str(versions["model_version"].iloc[-1])
    row = find_version(versions, name)
    lines = [f"{column!s}: {value!s}" for column, value in row.items()]
    terms = read_model_table(connection, "model_terms")
    own = terms[terms["model_version"] == name].sort_values("term_number")
    lines += ["", "What each feature weighs (logits, most negative to most positive):"]
    weighed = [
        (feature, *feature_range(rows)) for feature, rows in own.groupby("feature", sort=False)
    ]
    for feature, low, high in sorted(weighed, key=lambda one: one[1] - one[2]):
        if feature and high > low:
            lines.append(f"  {feature!s:<34}{low:+8.3f} to {high:+8.3f}")
    return lines


def feature_range(rows: pd.DataFrame) -> tuple[float, float]:
    """Give the least and the greatest contribution of a feature.

    Parameters
    ----------
    rows : pandas.DataFrame
        The terms of one feature, in order.
    """
    scored = rows[~rows["kind"].isin(["average", "intercept"])]
    pieces = scored.loc[scored["kind"] == "ramp", "coefficient"].cumsum().tolist()
    others = scored.loc[scored["kind"] != "ramp", "coefficient"].tolist()
    values = [*pieces, *others, *([0.0] if pieces else [])]
    return (min(values), max(values)) if values else (0.0, 0.0)
