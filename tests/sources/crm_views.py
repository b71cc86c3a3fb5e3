"""The views of a connector on tables that a test makes, rendered by the project's own macros."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from lead_funnel.sources.macros import Project

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT.parent / "shared" / "data"
Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
"""Rows by table."""

_REF = re.compile(r"\bref\('(\w+)'\)")


def models_of(tool: str) -> list[Path]:
    """List the views of a tool; each stands behind those that it reads."""
    files = {file.stem: file for file in (PROJECT / "models" / "staging" / tool).glob("*.sql")}
    ordered: list[Path] = []

    def add(name: str) -> None:
        for read in _REF.findall(files[name].read_text(encoding="utf-8")):
            if read in files:
                add(read)
        if files[name] not in ordered:
            ordered.append(files[name])

    for name in sorted(files):
        add(name)
    return ordered


def fill(connection: duckdb.DuckDBPyConnection, schema: str, tables: Tables) -> None:
    """Make a schema with tables of text."""
    connection.execute(f"create schema {schema}")
    for table, rows in tables.items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = ", ".join(f'"{name}" varchar' for name in names)
        connection.execute(f'create table {schema}."{table}" ({columns})')
        marks = ", ".join("?" for _ in names)
        connection.executemany(
            f'insert into {schema}."{table}" values ({marks})',
            [[row.get(name) for name in names] for row in rows],
        )


def fill_from_files(connection: duckdb.DuckDBPyConnection, schema: str, folder: Path) -> None:
    """Make a schema of the CSV files in a folder."""
    connection.execute(f"create schema {schema}")
    for file in sorted(folder.glob("*.csv")):
        connection.execute(
            f"create table {schema}.{file.stem.removesuffix('_data')} as "
            f"from read_csv('{file}', all_varchar = true, header = true)"
        )


def make_views(
    connection: duckdb.DuckDBPyConnection,
    tool: str,
    sources: Iterable[Mapping[str, Any]],
    only: Iterable[str] | None = None,
) -> None:
    """Make the views of a tool, or those that are named."""
    if not connection.execute("from duckdb_tables() where table_name = 'channels'").fetchall():
        with (PROJECT / "seeds" / "channels.csv").open(encoding="utf-8") as file:
            rows = [tuple(row.values()) for row in csv.DictReader(file)]
        connection.execute(
            "create table channels "
            "(utm_source varchar, utm_medium varchar, lead_source varchar, channel varchar)"
        )
        connection.executemany("insert into channels values (?, ?, ?, ?)", rows)
    connections = [{"tool": tool, **source} for source in sources]
    project = Project(PROJECT, connection, "memory", {"sources": connections})
    for model in models_of(tool):
        if only is None or model.stem in only:
            sql = project.render(model)
            connection.execute(f"create or replace view {model.stem} as {sql}")


def company(tool: str, schemas: Mapping[str, Tables]) -> duckdb.DuckDBPyConnection:
    """Make one connection per schema, and the views over them."""
    connection = duckdb.connect()
    for schema, tables in schemas.items():
        fill(connection, schema, tables)
    make_views(connection, tool, [{"name": schema} for schema in schemas])
    return connection


def ask(connection: duckdb.DuckDBPyConnection, columns: str, rest: str) -> list[tuple[Any, ...]]:
    """Ask a view; the rows in the order of their columns."""
    return connection.execute(f"select {columns} from {rest} order by all").fetchall()
