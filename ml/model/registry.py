"""Versions of the model as rows of the schema ``ml``: read, write, name the champion."""

from typing import Any

import pandas as pd

from lead_funnel.errors import UserError
from lead_funnel.warehouse import (
    Connection,
    read_model_table,
    table_columns,
    write_model_tables,
)

# What a version is written to; dbt makes the tables (``macros/scoring/prepare_ml.sql``).
TABLES = (
    "model_versions",
    "model_terms",
    "model_metrics",
    "score_comparison_log",
    "feature_distributions",
    "feature_probes",
)


def check_tables(connection: Connection) -> None:
    """Fail before the work and not after it if a table is missing."""
    for table in TABLES:
        table_columns(connection, "ml", table)


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
    """Write a version in place of what it had: all of its rows, or none.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    row : dict
        Columns of ``ml.model_versions``. If it is champion, no other stays it.
    tables : dict of str to pandas.DataFrame
        Rows of the other tables, without ``model_version``.
    """
    version = row["model_version"]
    written = {
        table: _in_place(read_model_table(connection, table), rows.assign(model_version=version))
        for table, rows in tables.items()
    }
    versions = read_versions(connection)
    if row["is_champion"]:
        versions = versions.assign(is_champion=False)
    written["model_versions"] = _in_place(versions, pd.DataFrame([row]))
    write_model_tables(connection, written)


def _in_place(existing: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """Put the rows of one version in place of those it had."""
    others = existing[~existing["model_version"].isin(mine["model_version"])]
    return pd.concat([each for each in (others, mine) if len(each)], ignore_index=True)


def set_champion(connection: Connection, version: str | None) -> None:
    """Make one version champion, or none, in one statement: never both, never neither."""
    connection.execute(
        "update ml.model_versions set is_champion = coalesce(model_version = ?, false)", [version]
    )
