"""Folders of files that people export from a tool's screens, as tables of that tool.

A file's content is recognised by its name or, because people choose names freely, by its header.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from lead_funnel.errors import UserError
from lead_funnel.project import project_variables
from lead_funnel.raw import delimited, objects, sheets, text
from lead_funnel.raw.contract import Column, Table, load_contract
from lead_funnel.raw.files import Found, RawFile, files_within, kind_of
from lead_funnel.raw.headers import matched, plain
from lead_funnel.raw.notes import Note
from lead_funnel.raw.shelf import Shelf
from lead_funnel.raw.views import Views, raw_views
from lead_funnel.sources.look import Connectors, Tool
from lead_funnel.sources.settings import MEMORY, Opened
from lead_funnel.warehouse import open_beside

FEWEST_COLUMNS = 2
"""So many columns of a table tell that a file holds it."""
PREFIX = "property_"
"""Before every name of a column, so that none is a word of SQL; squeezed_name cuts it."""


def known_tools(project: Path) -> dict[str, Tool]:
    """Tell what each connector of the dbt project in a folder reads."""
    variables = project_variables(project)
    with open_beside({}) as connection:
        return Connectors(project, Opened(connection, MEMORY, []), variables).tools()


def schema_of(entry: Mapping[str, Any]) -> str:
    """Name the schema for the views over a folder; table_of_connection knows it too."""
    return f"files_{entry['name']}"


def export_tables(tool: Tool, entry: Mapping[str, Any]) -> dict[str, Table]:
    """Give the tables of a tool as files may hold them, by the name of their view.

    A column bears the first of its spellings, and all of them are known.
    """
    tables = {}
    own_spellings = (entry.get("columns") or {}).items()
    for ours, reads in tool.tables.items():
        spellings: dict[str, list[str]] = {}
        for one in reads:
            for known in filter(None, one.columns.values()):
                spellings.setdefault(PREFIX + plain(known[0]), []).extend(known)
        for name, theirs in own_spellings:
            if name.split(".")[0] == ours:
                spellings.setdefault(PREFIX + plain(theirs), []).append(theirs)
        view = (entry.get("tables") or {}).get(ours, ours)
        numbers = _numbers(tool, ours)
        columns = tuple(
            Column(
                name,
                "number" if numbers.intersection(known) else "text",
                "",
                spellings=tuple(dict.fromkeys(known)),
            )
            for name, known in spellings.items()
        )
        also = tuple(name for one in reads for name in one.names)
        tables[view] = Table(view, "", columns, tool=tool.name, also=(view, *also))
    return tables


def _numbers(tool: Tool, ours: str) -> set[str]:
    """Give the spellings of columns that become numbers of a raw table."""
    contract = load_contract()
    return {
        spelling
        for raw_table, reads in tool.wanted.items()
        for one in reads
        if one.names[0] == ours
        for column in contract[raw_table].columns
        if column.kind == "number"
        for spelling in one.columns.get(column.name, ())
    }


def export_views(
    connection: duckdb.DuckDBPyConnection,
    folder: str,
    tables: Mapping[str, Table],
    shelf: Shelf,
    max_unreadable: float,
) -> Views:
    """Say how the tables are read from a folder of exported files.

    Raises
    ------
    UserError
        If there is no such folder, or too many files of a table cannot be read.
    """
    if not Path(folder).is_dir():
        raise UserError(f"There is no folder '{folder}', which the list sources names as a path.")
    root, names = files_within(connection, folder)
    found = Found(root=root)
    views = Views()
    for name in names:
        kind = kind_of(name)
        table = kind and table_of(RawFile(root + name, kind), name, tables)
        if kind and table:
            found.tables.setdefault(table.name, []).append(RawFile(root + name, kind))
        else:
            why = "not read: neither its name nor its header matches a table of the tool."
            remedy = "Export it again with more columns, or name it after the table."
            views.notes.append(Note("unknown_name", why, remedy, file=name, is_quarantined=True))
    there = {name: table for name, table in tables.items() if name in found.tables}
    raw_views(connection, folder, found, there, (), shelf, views, False, max_unreadable)
    return views


def table_of(file: RawFile, name: str, tables: Mapping[str, Table]) -> Table | None:
    """Tell which table a file holds: the one it or its folder is named after, or looks like most.

    Parameters
    ----------
    name : str
        The file's, within the folder.
    """
    first = plain(name.split("/")[0].split(".")[0])
    for table in tables.values():
        if first in {plain(one) for one in table.also}:
            return table
    counts = {one.name: len(matched(one, header(file, one))) for one in tables.values()}
    # Of tables that look alike, the one that the file's name speaks of.
    best = max(counts, key=lambda one: (counts[one], plain(one) in first), default=None)
    return tables[best] if best and counts[best] >= FEWEST_COLUMNS else None


def header(file: RawFile, table: Table) -> Sequence[str]:
    """Give the names in a file, as far as it may hold a table; none where it cannot be read."""
    path = Path(file.path)
    try:
        if file.kind == "parquet":
            with open_beside({}) as connection:
                names = connection.execute("select name from parquet_schema(?)", [str(path)])
                return [str(name) for (name,) in names.fetchall()]
        if file.kind == "xlsx":
            found = sheets.find_header(table, sheets.read_sheet(io.BytesIO(path.read_bytes()))[0])
            return found.names if found else ()
        head = delimited.head_of(lambda: text.opened(path.open("rb")))
        if file.kind == "csv":
            return delimited.dialect_of(table, head)[1]
        return objects.layout_of(
            table, lambda: text.opened(path.open("rb")), text.sniffed(head)
        ).names
    except (OSError, EOFError, ValueError, zlib.error, duckdb.Error):
        return ()
