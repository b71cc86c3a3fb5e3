"""Which files of a folder belong to which raw table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

KINDS = ("parquet", "csv", "ndjson")
"""Kinds of files that are read, by the end of their names."""

_DATA_FILE = re.compile(r"[.](parquet|csv|tsv|json|jsonl|ndjson)([.](gz|zst))?$")


@dataclass(frozen=True)
class RawFile:
    """A file of a raw table."""

    path: str
    kind: str


@dataclass
class Found:
    """What a folder holds.

    Attributes
    ----------
    tables : dict
        By raw table, its files in the order of their paths.
    strangers : list of str
        Data files that belong to none, as they are named within the folder.
    """

    tables: dict[str, list[RawFile]] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)

    def of_kind(self, table: str, kind: str) -> list[str]:
        """Give the paths of one kind of file of a raw table."""
        return [file.path for file in self.tables.get(table, []) if file.kind == kind]


def find_files(
    connection: duckdb.DuckDBPyConnection, folder: str, tables: Collection[str]
) -> Found:
    """Look through a folder, on a disk or wherever else the connection can read.

    A file belongs to the raw table that it is named after, or that the folder is named after in
    which it lies; hidden files belong to none.
    """
    # As glob() spells it, so that what follows the root is the name within.
    root = re.sub("^([.]/)+", "", re.sub("/([.]?/)*", "/", f"{folder}/"))
    rows = connection.execute(
        "select file from glob(?) order by 1", [f"{glob_pattern(root)}**/*"]
    ).fetchall()
    return sort_files((path.removeprefix(root) for (path,) in rows), tables, root)


def sort_files(names: Iterable[str], tables: Collection[str], root: str = "") -> Found:
    """Sort files, named within a folder that is the root, by raw table."""
    found = Found()
    for name in names:
        first, *others = name.split("/")
        file_name = others[-1] if others else first
        if file_name.startswith((".", "_")):
            continue
        table = first if others else first.split(".")[0]
        kind = file_name.split(".")[-1].lower()
        if table in tables and kind in KINDS:
            found.tables.setdefault(table, []).append(RawFile(root + name, kind))
        elif _DATA_FILE.search(name.lower()):
            found.strangers.append(name)
    return found


def glob_pattern(path: str) -> str:
    """Give a path as a pattern that matches only itself."""
    return re.sub("([*?[])", r"[\1]", path)


def quoted(text: str) -> str:
    """Give a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def path_list(paths: Sequence[str]) -> str:
    """Give paths as a list in SQL that a reader of files takes."""
    return f"[{', '.join(quoted(glob_pattern(path)) for path in paths)}]"
