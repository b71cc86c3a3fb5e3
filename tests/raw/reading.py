"""What tests of raw files share: a folder read as a build reads it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb

from lead_funnel.raw.contract import load_contract
from lead_funnel.raw.files import find_files
from lead_funnel.raw.shelf import close_shelf, open_shelf
from lead_funnel.raw.views import Views, raw_views

CONTRACT = load_contract()
Connection = duckdb.DuckDBPyConnection


def read_folder(
    connection: Connection,
    folder: Path,
    loaded: tuple[str, ...] = (),
    needed: bool = True,
    max_unreadable: float = 0.5,
    intake: Path | None = None,
) -> Views:
    """Give the views over a folder, and what is said of its files."""
    found = find_files(connection, str(folder), CONTRACT)
    shelf = open_shelf(intake or Path(tempfile.mkdtemp(dir=folder.parent, prefix="intake")))
    views = Views()
    raw_views(
        connection, str(folder), found, CONTRACT, loaded, shelf, views, needed, max_unreadable
    )
    close_shelf(shelf)
    return views


def rows(connection: Connection, folder: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Give the rows of a raw table, sorted."""
    select = read_folder(connection, folder).selects[table]
    return connection.execute(
        f"select {', '.join(columns)} from ({select}) order by all"  # noqa: S608
    ).fetchall()


def kinds(views: Views) -> set[tuple[str, str | None]]:
    """Give what is said of which file."""
    return {(note.kind, note.file) for note in views.notes}
