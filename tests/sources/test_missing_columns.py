"""Each column of each table of a tool may be missing: no view fails.

A case takes one column of every table away, until each was away once: there are as many cases as
the widest table has columns, and not as many as there are columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_funnel.sources.macros import Project
from tests.sources.crm_views import PROJECT, Tables, fill, make_views, models_of
from tests.sources.test_missing_tables import COMPANIES
from tests.sources.web_sites import DAY

Spellings = tuple[str, ...]
Asked = dict[str, list[Spellings]]
"""By our name of a table, the columns that are asked for, each by what it may be called."""

ROWS: Mapping[str, Tables] = {**COMPANIES, "segment": {}, "snowplow": {}, "ga4": {"events": DAY}}
LOADERS: list[Spellings] = [("_fivetran_synced",), ("_fivetran_active",), ("_fivetran_deleted",)]


def asked_by_views(tool: str) -> dict[Path, Asked]:
    """Tell what each view of a tool asks for."""
    asked: Asked = {}

    def hear(macro: str, arguments: tuple[Any, ...]) -> None:
        if macro == "tool_rows":
            _, tables, columns, *_ = arguments
            own = asked.setdefault(tables if isinstance(tables, str) else tables[0], [*LOADERS])
            own += [one for one in map(tuple, columns.values()) if one and one not in own]

    settings = {"sources": [{"tool": tool, "name": "nothing"}]}
    project = Project(PROJECT, duckdb.connect(), "memory", settings, on_call=hear)
    found = {}
    for model in models_of(tool):
        asked.clear()
        project.render(model)
        found[model] = dict(asked)
    return found


def named(project: Project, names: Sequence[str], spellings: Spellings) -> list[str]:
    """Give the names that are a column's."""
    wanted = {project.call("squeezed_name", one) for one in spellings}
    return [name for name in names if project.call("squeezed_name", name) in wanted]


def fill_whole(
    connection: duckdb.DuckDBPyConnection, project: Project, rows: Tables, asked: Asked, file: Path
) -> dict[str, list[str]]:
    """Make tables that have every column that is asked for; gives their columns."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, columns in asked.items():
        own = rows.get(table) or [{}]
        there = list(dict.fromkeys(name for row in own for name in row))
        more = {one[0]: "1" for one in columns if not named(project, there, one)}
        tables[table] = [{**row, **more} for row in own]
    nested = {table for table, own in tables.items() if any("event_params" in row for row in own)}
    fill(connection, "whole", {name: own for name, own in tables.items() if name not in nested})
    for table in nested:
        file.write_text("\n".join(map(json.dumps, tables[table])), encoding="utf-8")
        connection.execute(f"create table whole.{table} as from read_json('{file}')")
    return {
        table: list(dict.fromkeys(n for row in own for n in row)) for table, own in tables.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("tool", ROWS)
def test_no_view_fails_for_a_missing_column(tool: str, tmp_path: Path) -> None:
    views = asked_by_views(tool)
    asked: Asked = {}
    for one in views.values():
        for table, columns in one.items():
            own = asked.setdefault(table, [])
            own += [spellings for spellings in columns if spellings not in own]
    connection = duckdb.connect()
    # Planning takes longer than running so few rows.
    connection.execute("pragma disable_optimizer")
    settings: dict[str, Any] = {"sources": [{"tool": tool, "name": "whole"}]}
    project = Project(PROJECT, connection, "memory", settings)
    whole = fill_whole(connection, project, ROWS[tool], asked, tmp_path / "rows.ndjson")
    make_views(connection, tool, [{"name": "whole"}])
    tested: set[tuple[Path, str, Spellings]] = set()
    for number in range(max(map(len, asked.values()))):
        schema = f"case_{number}"
        connection.execute(f"create schema {schema}")
        settings["sources"] = [{"tool": tool, "name": schema}]
        gone = {table: own[number] for table, own in asked.items() if number < len(own)}
        for table, names in whole.items():
            lost = named(project, names, gone.get(table, ()))
            assert bool(lost) == (table in gone)
            kept = ", ".join(["1 as of_no_use", *(f'"{n}"' for n in names if n not in lost)])
            connection.execute(
                f'create table {schema}."{table}" as select {kept} from whole."{table}"'
            )
        for model, reads in views.items():
            away = {(model, table, gone.get(table)) for table in reads}
            away = {one for one in away if one[2] in reads[one[1]]}
            if away:
                connection.execute(project.render(model)).fetchall()
                tested |= away
        # What is asked of the catalog takes longer the more there is.
        connection.execute(f"drop schema {schema} cascade")
    assert tested == {
        (model, table, column)
        for model, reads in views.items()
        for table, columns in reads.items()
        for column in columns
    }
