"""Folders of exported files: recognised by the headers of their files, and opened as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lead_funnel.raw.contract import Column, Table
from lead_funnel.raw.files import RawFile, files_within, kind_of
from lead_funnel.raw.headers import matched
from lead_funnel.raw.notes import warnings_of
from lead_funnel.raw.shelf import open_shelf
from lead_funnel.sources.exports import (
    export_tables,
    export_views,
    header,
    schema_of,
    table_of,
)
from lead_funnel.sources.look import Tool
from lead_funnel.sources.settings import MEMORY, Entry, Opened
from lead_funnel.warehouse import Connection, quoted
from lead_funnel.words import count_text

FEWEST_COLUMNS = 3
"""So many columns of a tool's table tell that a file is of the tool."""


def detected_folders(
    connection: Connection, tools: Mapping[str, Tool], place: Path
) -> list[tuple[Entry, str]]:
    """Find the tools whose exports a folder, or each of the folders in it, holds.

    Returns
    -------
    list of tuple
        By folder, its entry of the list and why.
    """
    tables = {name: export_tables(tool, {"name": name}) for name, tool in tools.items()}
    every = Table("any", "", tuple(_columns(tables)), tool="any")
    found = []
    for folder in _folders(connection, place):
        root, names = files_within(connection, str(folder))
        files = [RawFile(root + name, kind) for name in names if (kind := kind_of(name))]
        headers = [list(header(file, every)) for file in files]
        weights = {
            name: sum(_weight(one, list(own.values())) for one in headers)
            for name, own in tables.items()
        }
        tool = max(weights, key=lambda name: weights[name])
        if weights[tool]:
            fit = sum(_weight(one, list(tables[tool].values())) > 0 for one in headers)
            entry: Entry = {"tool": tool, "name": name_of(folder.name), "path": str(folder)}
            found.append((entry, f"{count_text(fit)} of {count_text(len(files))} files"))
    return found


def name_of(text: str) -> str:
    """Make a name of a connection: letters, digits and _, the first a letter."""
    name = re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")
    return name if name[:1].isalpha() else f"source_{name}"


def open_folders(opened: Opened, tools: Mapping[str, Tool], intake: Path, base: Path) -> list[str]:
    """Make views over the folders of exported files, in memory, as a build makes them.

    Parameters
    ----------
    intake : pathlib.Path
        Where copies lie of files that cannot be read as they are.
    base : pathlib.Path
        From where folders are named.

    Returns
    -------
    list of str
        What is to be said of their files.

    Raises
    ------
    UserError
        If there is no such folder.
    """
    said: list[str] = []
    for entry in opened.entries:
        if not entry.get("path"):
            continue
        folder = str(base / entry["path"])
        tables = export_tables(tools[entry["tool"]], entry)
        views = export_views(opened.connection, folder, tables, open_shelf(intake), 1.0)
        said += warnings_of(views.notes, folder)
        schema = quoted(MEMORY, schema_of(entry))
        for table, names in _headers(opened.connection, folder, tables).items():
            opened.headers[schema_of(entry), table] = names
        opened.connection.execute(f"create schema {schema}")
        for name, select in views.selects.items():
            opened.connection.execute(f"create view {schema}.{quoted(name)} as {select}")
        entry["database"] = MEMORY
    return said


def _headers(
    connection: Connection, folder: str, tables: Mapping[str, Table]
) -> dict[str, list[str]]:
    """Give the names in the headers of a folder's files, by table."""
    found: dict[str, dict[str, None]] = {}
    root, names = files_within(connection, folder)
    for name in names:
        kind = kind_of(name)
        file = RawFile(root + name, kind or "")
        if kind and (table := table_of(file, name, tables)):
            found.setdefault(table.name, {}).update(dict.fromkeys(header(file, table)))
    return {table: list(headers) for table, headers in found.items()}


def _folders(connection: Connection, place: Path) -> Iterator[Path]:
    """Give the folder, if files lie in it, or those in it."""
    _, names = files_within(connection, str(place))
    if any("/" not in name and kind_of(name) for name in names):
        yield place
    else:
        yield from (place / name for name in sorted({name.split("/")[0] for name in names}))


def _columns(tables: Mapping[str, Mapping[str, Table]]) -> Iterator[Column]:
    """Give the columns of all tables as one table's, to find the header of any file."""
    seen: dict[str, Column] = {}
    for own in tables.values():
        for table in own.values():
            for column in table.columns:
                before = seen.get(column.name)
                spellings = (*(before.spellings if before else ()), *column.spellings)
                seen[column.name] = Column(column.name, "text", "", spellings=spellings)
    yield from seen.values()


def _weight(names: list[str], tables: list[Table]) -> float:
    """Weigh how many of a table's columns a file has, of the table that fits it best."""
    counts = [(len(matched(table, names)), len(table.columns)) for table in tables]
    return max(
        (count * count / columns for count, columns in counts if count >= FEWEST_COLUMNS),
        default=0,
    )
