"""Every table of a tool may be missing, and every column of it: no view fails."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from lead_funnel.sources.macros import Project
from tests.sources.crm_views import PROJECT, Tables, fill, make_views, models_of
from tests.sources.hubspot_portal import PORTAL
from tests.sources.marketo_instances import INSTANCE
from tests.sources.salesforce_orgs import ORG

COMPANIES = {"hubspot": PORTAL, "salesforce": ORG, "marketo": INSTANCE}


def variants(tables: Tables) -> dict[str, tuple[set[str], dict[str, str]]]:
    """By name, which tables are changed, and by table what is kept of it."""
    whole = dict.fromkeys(tables, "*")
    found = {
        f"no_{table}": ({table}, {name: kept for name, kept in whole.items() if name != table})
        for table in tables
    }
    # Not even when a row was loaded, and no more than its first column.
    firsts = {
        table: next(f'"{name}"' for name in rows[0] if not name.startswith("_"))
        for table, rows in tables.items()
    }
    return {**found, "first_columns": ({*tables}, firsts)}


@pytest.mark.slow
@pytest.mark.parametrize("tool", COMPANIES)
def test_no_view_fails_for_what_is_missing(tool: str) -> None:
    tables = COMPANIES[tool]
    connection = duckdb.connect()
    fill(connection, "whole", tables)
    make_views(connection, tool, [{"name": "whole"}])
    settings: dict[str, Any] = {"sources": [{"tool": tool, "name": "whole"}]}
    # By all the names that a table may have.
    read: set[str] = set()

    def hear(macro: str, arguments: tuple[Any, ...]) -> None:
        if macro == "tool_rows":
            read.update([arguments[1]] if isinstance(arguments[1], str) else arguments[1])

    project = Project(PROJECT, connection, "memory", settings, on_call=hear)
    readers = {}
    for model in models_of(tool):
        read.clear()
        project.render(model)
        readers[model] = set(read)
    for name, (changed, kept) in variants(tables).items():
        connection.execute(f"create schema {name}")
        for table, columns in kept.items():
            connection.execute(
                f'create view {name}."{table}" as select {columns} from whole."{table}"'
            )
        settings["sources"] = [{"tool": tool, "name": name}]
        for model, tables_read in readers.items():
            if changed & tables_read:
                connection.execute(f"select count(*) from ({project.render(model)}) as rows")
