"""Recognise tools by their tables and columns."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lead_funnel.errors import UserError
from lead_funnel.sources.folders import detected_folders, name_of
from lead_funnel.sources.look import Connectors, Tool, Wanted
from lead_funnel.sources.settings import Entry, Opened
from lead_funnel.warehouse import open_beside

OWN_SCHEMAS = ("raw", "staging", "seeds", "intermediate", "marts", "ml", "sync", "what_if")
FEWEST_COLUMNS = 3
LEAST_SHARE = 0.25
"""Of the columns that are looked for: from there on a table is the one that is meant."""

Tables = Mapping[str, list[str]]
"""The columns of each table."""


@dataclass
class Guess:
    """How well a tool fits some tables."""

    tool: str
    weight: float = 0
    found: int = 0
    renamed: dict[str, str] = field(default_factory=dict)


def detected_entries(
    project: Path, variables: Mapping[str, Any], place: Path, warehouse: Path
) -> list[tuple[Entry, str]]:
    """Find the tools in a database or a folder.

    Returns
    -------
    list of tuple
        By connection, its entry of the list and why.

    Raises
    ------
    UserError
        If there is nothing at that place, or it cannot be opened.
    """
    if not place.exists():
        raise UserError(f"There is nothing at {place}: no DuckDB file and no folder.")
    with open_beside({place.stem: place} if place.is_file() else {}) as connection:
        opened = Opened(connection, place.stem, [])
        connectors = Connectors(project, opened, variables)
        tools = connectors.tools()
        if place.is_dir():
            return detected_folders(connection, tools, place)
        squeezed = functools.cache(lambda name: connectors.project.call("squeezed_name", name))
        found = []
        for schema, tables in _schemas(opened).items():
            guesses = [guess(tool, tables, squeezed) for tool in tools.values()]
            best = max(guesses, key=lambda one: one.weight)
            if best.weight:
                entry: Entry = {"tool": best.tool, "name": name_of(schema), "schema": schema}
                if place.resolve() != warehouse.resolve():
                    entry["database"] = str(place)
                if best.renamed:
                    entry["tables"] = best.renamed
                known = len(tools[best.tool].tables)
                found.append((entry, f"{best.found} of {known} tables"))
        return found


def guess(tool: Tool, tables: Tables, squeezed: Any) -> Guess:
    """Tell how well a tool fits: tables of its names, then others whose names hold one of them."""
    made = Guess(tool.name)
    free = dict(tables)
    missing = {}
    for ours, reads in tool.tables.items():
        names = [
            table for table in tables if any(_bears(table, one.names, squeezed) for one in reads)
        ]
        weights = [_weight(reads, tables[table], squeezed) for table in names]
        if any(weights):
            made.weight += max(weights)
            made.found += 1
            for table in names:
                free.pop(table, None)
        else:
            missing[ours] = reads
    for ours, reads in missing.items():
        weights_of = {
            table: _weight(reads, columns, squeezed)
            for table, columns in free.items()
            if squeezed(ours) in squeezed(table)
        }
        best = max(weights_of, key=lambda table: weights_of[table], default=None)
        if best and weights_of[best]:
            made.weight += weights_of[best]
            made.found += 1
            made.renamed[ours] = best
            del free[best]
    return made


def _bears(table: str, names: tuple[str, ...], squeezed: Any) -> bool:
    return any(
        squeezed(table) == squeezed(name)
        or (name.endswith("*") and squeezed(table).startswith(squeezed(name)))
        for name in names
    )


def _weight(reads: list[Wanted], columns: list[str], squeezed: Any) -> float:
    """Weigh how many of the columns that are read are there; 0 where too few are."""
    there = {squeezed(column) for column in columns}
    wanted = {ours: spellings for one in reads for ours, spellings in one.columns.items()}
    matched = sum(
        any(squeezed(spelling) in there for spelling in spellings) for spellings in wanted.values()
    )
    share = matched / len(wanted)
    return matched * share if matched >= FEWEST_COLUMNS and share >= LEAST_SHARE else 0


def _schemas(opened: Opened) -> dict[str, dict[str, list[str]]]:
    rows = opened.connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where database_name = ? and not internal order by all",
        [opened.database],
    ).fetchall()
    found: dict[str, dict[str, list[str]]] = {}
    for schema, table, column in rows:
        if schema not in OWN_SCHEMAS and not schema.startswith("files_"):
            found.setdefault(schema, {}).setdefault(table, []).append(column)
    return found
