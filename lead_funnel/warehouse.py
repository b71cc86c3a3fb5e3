"""Read and write named tables of the warehouse through Ibis."""

import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import ibis  # type: ignore[import-untyped, unused-ignore]
import jinja2
import pandas as pd
import yaml
from ibis.backends import BaseBackend  # type: ignore[import-untyped, unused-ignore]

from lead_funnel.errors import UserError

# Ibis 12 calls what DuckDB 2.0 and pandas 3 have renamed.
if not hasattr(duckdb.DuckDBPyConnection, "fetch_arrow_table"):
    duckdb.DuckDBPyConnection.fetch_arrow_table = (  # type: ignore[attr-defined]
        duckdb.DuckDBPyConnection.to_arrow_table
    )
RENAMED = (
    "fetch_arrow_table",
    "Arrow output on a DB-API result",
    "The 'future.infer_string' option",
)

# An open Ibis connection.
Connection: TypeAlias = BaseBackend

PROFILE = "lead_funnel"
LOCK_POLL_SECONDS = 0.2
MODEL_TABLES = ("model_versions", "model_terms", "model_metrics", "score_comparison")


def database_path(project: Path, given: Path | None) -> Path:
    """Find the warehouse file.

    Parameters
    ----------
    project : pathlib.Path
        Folder of the dbt project.
    given : pathlib.Path or None
        Taken if given; otherwise the dbt profile says, which itself looks at
        the environment variable ``LEAD_FUNNEL_DB``.

    Raises
    ------
    UserError
        If the profile cannot be read or names another engine.
    """
    if given is not None:
        return given
    path = project / "profiles.yml"
    if not path.is_file():
        path = Path(os.environ.get("DBT_PROFILES_DIR", Path.home() / ".dbt")) / "profiles.yml"
    if not path.is_file():
        raise UserError(f"There is no profiles.yml in {project}. Name the warehouse with --db.")
    try:
        profile = yaml.safe_load(path.read_text(encoding="utf-8"))[PROFILE]
        output = profile["outputs"][_render(profile["target"])]
        engine = output["type"]
        target = _render(str(output.get("path", "")))
    except (KeyError, TypeError, yaml.YAMLError, jinja2.TemplateError) as error:
        raise UserError(
            f"{path} has no readable profile {PROFILE}. Name the warehouse with --db."
        ) from error
    if engine != "duckdb":
        raise UserError(
            f"{path} names the engine {engine!r}; lead-ml reads DuckDB. Export the examples to "
            "Parquet and use lead-ml fit, or name a DuckDB file with --db."
        )
    file = Path(target)
    return file if file.is_absolute() else project / file


def _render(text: str) -> str:
    def env_var(name: str, default: str | None = None) -> str:
        value = os.environ.get(name, default)
        if value is None:
            raise jinja2.TemplateError(f"{name} is not set")
        return value

    return jinja2.Environment(autoescape=False).from_string(text).render(env_var=env_var)  # noqa: S701


@contextmanager
def connect(path: Path, *, read_only: bool = False) -> Iterator[Connection]:
    """Open the warehouse, in UTC, and close it whatever happens.

    Raises
    ------
    UserError
        If there is no such file, it is no DuckDB file, or another program
        holds it.
    """
    if not path.is_file():
        raise UserError(
            f"There is no warehouse at {path}. Run dbt build first, or name it by --db."
        )
    try:
        connection = ibis.duckdb.connect(str(path), read_only=read_only)
        connection.settings["TimeZone"] = "UTC"
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"The warehouse {path} cannot be opened ({reason}). Close programs that have it "
            "open, and check that it is a DuckDB file."
        ) from error
    try:
        with warnings.catch_warnings():
            for beginning in RENAMED:
                warnings.filterwarnings("ignore", message=beginning)
            yield connection
    finally:
        connection.disconnect()


def has_table(connection: Connection, schema: str, table: str) -> bool:
    """Tell whether a table or view exists."""
    schemas = connection.list_databases()
    return schema in schemas and table in connection.list_tables(database=schema)


def named_table(connection: Connection, schema: str, table: str) -> Any:
    """Give a table as an Ibis expression.

    Raises
    ------
    UserError
        If it does not exist.
    """
    if not has_table(connection, schema, table):
        raise UserError(f"The warehouse has no table {schema}.{table}. Run dbt build first.")
    return connection.table(table, database=schema)


def read_model_table(connection: Connection, table: str) -> pd.DataFrame:
    """Read a whole table of the schema ``ml``; they are small."""
    frame: pd.DataFrame = named_table(connection, "ml", table).to_pandas()
    return frame


def write_model_table(connection: Connection, table: str, frame: pd.DataFrame) -> None:
    """Replace the rows of a table of the schema ``ml``.

    Parameters
    ----------
    connection : ibis backend
    table : str
    frame : pandas.DataFrame
        All rows; columns that the table has and the frame lacks become null,
        others are not written.
    """
    schema = named_table(connection, "ml", table).schema()
    ordered = frame.reindex(columns=list(schema.names))
    ordered = ordered.astype(object).where(ordered.notna(), None)
    rows = ibis.memtable(ordered, schema=schema)
    connection.insert(table, rows, database="ml", overwrite=True)


def replace_version(connection: Connection, table: str, version: str, rows: pd.DataFrame) -> None:
    """Write the rows of one version in place of the rows it had."""
    existing = read_model_table(connection, table)
    others = existing[existing["model_version"] != version]
    mine = rows.assign(model_version=version)
    both = pd.concat([each for each in (others, mine) if len(each)], ignore_index=True)
    write_model_table(connection, table, both)


def published_path(db: Path) -> Path:
    """Give the usual path of the published copy: beside the warehouse."""
    return db.with_name(f"{db.stem}.published.duckdb")


def quoted(*parts: str) -> str:
    """Quote a name such as schema and table for SQL."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def open_warehouse(
    path: Path, *, read_only: bool = False, wait_seconds: float = 0
) -> duckdb.DuckDBPyConnection:
    """Open a warehouse or its published copy, in UTC; the caller closes it.

    Parameters
    ----------
    path : pathlib.Path
    read_only : bool
    wait_seconds : float
        How long to wait for another process that holds the file.

    Raises
    ------
    UserError
        If there is no such file, it is not a DuckDB file, or another process still holds it.
    """
    if not path.is_file():
        raise UserError(
            f"There is no warehouse at {path}. Run `dbt build` first, or name another file "
            "with --db."
        )
    until = time.monotonic() + wait_seconds
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only)
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                raise UserError(
                    f"{path} cannot be opened ({first_line(error)}). Check that it is a DuckDB "
                    "file."
                ) from None
            if time.monotonic() >= until:
                raise UserError(
                    f"{path} is being written by another process. Wait until it has finished."
                ) from None
            time.sleep(LOCK_POLL_SECONDS)
        else:
            connection.execute("set timezone = 'UTC'")
            return connection


def first_line(error: BaseException) -> str:
    """Give the first line of an error's message; DuckDB's go on with hints and positions."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__
