"""Plugin of dbt-duckdb that lets dbt ask how the raw tables are read.

It adds one function to the connection, `lead_funnel_raw_views(folder, database, needed,
max_unreadable, sources, project)`, which gives JSON: `selects` (by raw table, the query of its
view), `exports` (the same by schema and table of a tool, for each folder of exported files among
the sources), `warnings`, `notes` (the query of a view of all there is to say about files), and
`error` (null where all is well). The macro `prepare_raw` decides when to ask, and makes the views.

Besides it adds what `lead_funnel.raw.hosts` gives SQL.

Named in `profiles.yml`::

    plugins:
      - {module: lead_funnel.raw.plugin, alias: lead_funnel}
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from lead_funnel.errors import UserError
from lead_funnel.raw.contract import load_contract
from lead_funnel.raw.files import find_files
from lead_funnel.raw.hosts import add_function
from lead_funnel.raw.notes import warnings_of
from lead_funnel.raw.shelf import close_shelf, open_shelf
from lead_funnel.raw.views import Views, loaded_tables, notes_select, raw_views
from lead_funnel.sources.exports import export_tables, export_views, known_tools, schema_of
from lead_funnel.warehouse import PRIVATE

FUNCTION = "lead_funnel_raw_views"

TAKEN_NAMES = (
    *("raw", "staging", "seeds", "intermediate", "marts", "ml", "sync", "what_if"),
    *("main", "temp", "system", "information_schema", "pg_catalog"),
)
"""Names of schemas. DuckDB names a database after its file, and `ml.model_terms` would be two."""

_connections: WeakValueDictionary[str, duckdb.DuckDBPyConnection] = WeakValueDictionary()
"""dbt's latest connection by path of the warehouse."""


class Plugin(BasePlugin):
    """Named so because dbt-duckdb looks for this name in the module."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Refuse a warehouse whose file DuckDB would take for a schema, before anything is made.

        Raises
        ------
        DbtRuntimeError
            If it bears such a name.
        """
        path = self.creds.path if self.creds else ""
        # Of ml.new.duckdb, too, DuckDB makes the database ml.
        name = DuckDBCredentials.path_derived_database_name(path)
        if name.lower() in TAKEN_NAMES:
            raise DbtRuntimeError(
                f"The warehouse file cannot be named {name}: that is the name of a schema in it. "
                "Set LEAD_FUNNEL_DB to a file of another name, such as warehouse.duckdb."
            )

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add the functions to a connection of dbt's."""
        path = self.creds.path if self.creds else ""
        keep_private(path)
        _connections[path] = conn
        add_function(conn)
        # Connections to one file in one process share their functions.
        with suppress(duckdb.CatalogException):
            conn.create_function(
                FUNCTION,
                _views_of(path),
                ["VARCHAR", "VARCHAR", "BOOLEAN", "DOUBLE", "VARCHAR", "VARCHAR"],
                "VARCHAR",
                side_effects=True,
            )


def keep_private(path: str) -> None:
    """Have the warehouse, and all that is made beside it from now on, for its owner only."""
    os.umask(PRIVATE)
    if Path(path).is_file():
        # Somebody else's file stays as it is.
        with suppress(PermissionError):
            Path(path).chmod(0o600)


@functools.cache
def _views_of(path: str) -> Callable[[str, str, bool, float, str, str], str]:
    """Make the function of one warehouse, and keep it.

    DuckDB keeps no hold of it but by the connection that it was added to, which may be closed
    before others to the same file are.
    """

    def views(
        folder: str, database: str, needed: bool, max_unreadable: float, sources: str, project: str
    ) -> str:
        # A cursor of its own: the connection is busy with this very call.
        with _connections[path].cursor() as cursor:
            return json.dumps(
                answer(
                    cursor,
                    folder,
                    database,
                    intake_folder(path),
                    needed,
                    max_unreadable,
                    json.loads(sources),
                    Path(project),
                )
            )

    return views


@functools.cache
def intake_folder(path: str) -> Path:
    """Give the folder for copies of a warehouse's files: beside it, or for this process alone."""
    if not path or path.startswith((":memory:", "md:")):
        made = tempfile.TemporaryDirectory(prefix="lead_funnel_")
        atexit.register(made.cleanup)
        return Path(made.name)
    return Path(f"{path}.intake")


def answer(
    connection: duckdb.DuckDBPyConnection,
    folder: str,
    database: str,
    intake: Path,
    needed: bool = True,
    max_unreadable: float = 0.5,
    sources: Sequence[Mapping[str, Any]] = (),
    project: Path = Path(),
) -> dict[str, Any]:
    """Say how the raw tables are read, or what is wrong with the files.

    An error is an answer: raised within a query it would reach people wrapped in DuckDB's words.
    """
    tables = load_contract()
    loaded = loaded_tables(connection, database) & tables.keys()
    views = Views()
    exports: dict[str, dict[str, str]] = {}
    folders = [entry for entry in sources if entry.get("path")]
    problem = None
    try:
        if not folder.strip():
            raise UserError(
                "LEAD_FUNNEL_RAW is empty. Set it to the folder that holds the raw tables."
            )
        found = find_files(connection, folder, tables)
        shelf = open_shelf(intake)
        raw_views(
            connection,
            folder,
            found,
            tables,
            loaded,
            shelf,
            views,
            needed,
            max_unreadable,
            elsewhere=bool(sources),
        )
        tools = known_tools(project) if folders else {}
        for entry in folders:
            files = export_views(
                connection,
                str(entry["path"]),
                export_tables(tools[entry["tool"]], entry),
                shelf,
                max_unreadable,
            )
            exports[schema_of(entry)] = files.selects
            views.notes += files.notes
        close_shelf(shelf)
    except UserError as error:
        problem = str(error)
    except duckdb.Error as error:
        # Not what follows the first line: it may be a row.
        problem = f"The raw files in '{folder}' cannot be read: {str(error).splitlines()[0]}"
    except OSError as error:
        problem = f"Files cannot be copied into '{intake}': {error.strerror}."
    return {
        "selects": views.selects,
        "exports": exports,
        "warnings": warnings_of(views.notes, folder),
        "notes": notes_select(views.notes),
        "error": problem,
    }
