"""Every table of a tool may be missing, and every column of it: no view fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_funnel.sources.macros import Project
from tests.sources import test_hubspot, test_marketo, test_salesforce
from tests.sources.crm_views import PROJECT, Tables, fill, make_views, models_of

COMPANIES = {
    "hubspot": test_hubspot.PORTAL,
    "salesforce": test_salesforce.ORG,
    "marketo": test_marketo.INSTANCE,
}


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


def tables_read(project: Project, model: Path) -> set[str]:
    """What a view reads, by all the names that a table may have."""
    names: set[str] = set()

    def note(_: str, tables: str | list[str], *_more: Any, **_named: Any) -> str:
        names.update([tables] if isinstance(tables, str) else tables)
        return ""

    project.render(model, tool_rows=note)
    return names


@pytest.mark.parametrize("tool", COMPANIES)
def test_no_view_fails_for_what_is_missing(tool: str) -> None:
    tables = COMPANIES[tool]
    connection = duckdb.connect()
    fill(connection, "whole", tables)
    make_views(connection, tool, [{"name": "whole"}])
    settings: dict[str, Any] = {}
    project = Project(PROJECT, connection, "memory", settings)
    readers = {model: tables_read(project, model) for model in models_of(tool)}
    for name, (changed, kept) in variants(tables).items():
        connection.execute(f"create schema {name}")
        for table, columns in kept.items():
            connection.execute(
                f'create view {name}."{table}" as select {columns} from whole."{table}"'
            )
        settings["sources"] = [{"tool": tool, "name": name}]
        for model, read in readers.items():
            if changed & read:
                connection.execute(f"select count(*) from ({project.render(model)}) as rows")
