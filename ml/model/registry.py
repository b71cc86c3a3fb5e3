"""Keep versions: write, list, show, promote, roll back."""

from typing import Any

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
