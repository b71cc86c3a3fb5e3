"""Plugin of dbt-duckdb that lets dbt ask how the raw tables are read.

It adds one function to the connection, `lead_funnel_raw_views(folder, database, needed)`, which
gives JSON: `selects` (by raw table, the query of its view), `warnings`, and `error` (null where all
is well). The macro `prepare_raw` decides when to ask, and makes the views.

Named in `profiles.yml`::

    plugins:
      - {module: lead_funnel.raw.plugin, alias: lead_funnel}
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from lead_funnel.errors import UserError
from lead_funnel.raw.contract import load_contract
from lead_funnel.raw.files import find_files
from lead_funnel.raw.views import raw_selects, stranger_warnings
from lead_funnel.warehouse import PRIVATE

FUNCTION = "lead_funnel_raw_views"

_connections: WeakValueDictionary[str, duckdb.DuckDBPyConnection] = WeakValueDictionary()
"""dbt's latest connection by path of the warehouse."""


class Plugin(BasePlugin):
    """Named so because dbt-duckdb looks for this name in the module."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add the function to a connection of dbt's."""
        path = self.creds.path if self.creds else ""
        keep_private(path)
        _connections[path] = conn
        # Connections to one file in one process share their functions.
        with suppress(duckdb.CatalogException):
            conn.create_function(
                FUNCTION,
                _views_of(path),
                ["VARCHAR", "VARCHAR", "BOOLEAN"],
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
def _views_of(path: str) -> Callable[[str, str, bool], str]:
    """Make the function of one warehouse, and keep it.

    DuckDB keeps no hold of it but by the connection that it was added to, which may be closed
    before others to the same file are.
    """

    def views(folder: str, database: str, needed: bool) -> str:
        # A cursor of its own: the connection is busy with this very call.
        with _connections[path].cursor() as cursor:
            return json.dumps(answer(cursor, folder, database, needed))

    return views


def answer(
    connection: duckdb.DuckDBPyConnection, folder: str, database: str, needed: bool
) -> dict[str, Any]:
    """Say how the raw tables are read, or what is wrong with the files.

    An error is an answer: raised within a query it would reach people wrapped in DuckDB's words.
    """
    rows = connection.execute(
        """
        select table_name
        from information_schema.tables
        where table_catalog = ? and table_schema = 'raw' and table_type = 'BASE TABLE'
        """,
        [database],
    ).fetchall()
    loaded = {str(name) for (name,) in rows}
    tables = load_contract()
    selects: dict[str, str] = {}
    warnings: list[str] = []
    problem = None
    try:
        if not folder.strip():
            raise UserError(
                "LEAD_FUNNEL_RAW is empty. Set it to the folder that holds the raw tables."
            )
        found = find_files(connection, folder, tables)
        warnings = stranger_warnings(found, folder)
        selects = raw_selects(connection, folder, found, tables, loaded, needed)
    except UserError as error:
        problem = str(error)
    except duckdb.Error as error:
        problem = f"The raw files in '{folder}' cannot be read: {error}"
    return {"selects": selects, "warnings": warnings, "error": problem}
