"""Keep versions: write, list, show, promote, roll back."""

from typing import Any

import numpy as np
import pandas as pd

from lead_funnel.errors import UserError
from lead_funnel.warehouse import (
    MODEL_TABLES,
    Connection,
    has_table,
    named_table,
    read_model_table,
    replace_version,
    write_model_table,
)


def check_tables(connection: Connection) -> None:
    """Fail before the work and not after it if a table is missing."""
    for table in MODEL_TABLES:
        named_table(connection, "ml", table)


def read_versions(connection: Connection) -> pd.DataFrame:
    """List versions, oldest first."""
    versions = read_model_table(connection, "model_versions")
    return versions.sort_values(["as_of", "model_version"], ignore_index=True)


def champion_of(versions: pd.DataFrame) -> str | None:
    """Name the champion, if there is one."""
    champions = versions.loc[versions["is_champion"].fillna(False).astype(bool), "model_version"]
    return None if champions.empty else str(champions.iloc[-1])


def find_version(versions: pd.DataFrame, version: str) -> pd.Series:
    """Give the row of a version.

    Raises
    ------
    UserError
        If there is no such version.
    """
    found = versions[versions["model_version"] == version]
    if found.empty:
        have = ", ".join(versions["model_version"]) or "none yet: run lead-ml train"
        raise UserError(f"There is no version {version!r}. Versions: {have}.")
    return found.iloc[0]


def write_version(
    connection: Connection, row: dict[str, Any], tables: dict[str, pd.DataFrame]
) -> None:
    """Write a version; the row that names the champion comes last.

    Until that row is written scoring goes on with the version before, so a
    run that is killed in between leaves no champion without terms.

    Parameters
    ----------
    connection : ibis backend
    row : dict
        Columns of ``ml.model_versions``. If it is champion, no other stays it.
    tables : dict of str to pandas.DataFrame
        Rows of the other tables, without ``model_version``.
    """
    version = row["model_version"]
    for table, rows in tables.items():
        if has_table(connection, "ml", table):
            replace_version(connection, table, version, rows)
    versions = read_versions(connection)
    others = versions[versions["model_version"] != version]
    if row["is_champion"]:
        others = others.assign(is_champion=False)
    mine = pd.DataFrame([row])
    both = pd.concat([each for each in (others, mine) if len(each)], ignore_index=True)
    write_model_table(connection, "model_versions", both)


def set_champion(connection: Connection, version: str | None) -> None:
    """Make one version champion, or none."""
    versions = read_versions(connection)
    chosen = versions.assign(is_champion=versions["model_version"] == version)
    write_model_table(connection, "model_versions", chosen)


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
    return [f"{version} is champion. Run dbt build to score with it."]


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
    return [f"{champion} is no longer champion: {now}. Run dbt build to score anew."]


def list_versions(connection: Connection) -> list[str]:
    """Print one line a version."""
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
    """Print a version: what it learnt from, how it did, what it weighs.

    Parameters
    ----------
    connection : ibis backend
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
    ramps = scored.loc[scored["kind"] == "ramp", "coefficient"].cumsum().tolist()
    others = scored.loc[scored["kind"] != "ramp", "coefficient"].tolist()
    values = [*ramps, *others, *([0.0] if ramps else [])]
    return (min(values), max(values)) if values else (0.0, 0.0)
