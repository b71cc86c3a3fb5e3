"""Which files of a folder belong to which raw table."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lead_funnel.errors import UserError

ENDINGS = {
    "parquet": "parquet",
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
    "txt": "csv",
    "ndjson": "ndjson",
    "jsonl": "ndjson",
    "json": "ndjson",
    "xlsx": "xlsx",
}
"""By the end of its name, the kind of a file that is read."""

_DATA_FILE = re.compile(
    r"[.](parquet|csv|tsv|tab|json|jsonl|ndjson|xlsx?|xlsm|xlsb|ods|avro|orc|xml)"
    r"([.](gz|zst|zip|bz2|xz|7z))?$|[.](zip|7z|rar|tar|tgz)$"
)
_PASSED_OVER = (".", "_", "~$")
"""How names begin of what programs leave beside data: locks, logs, checkpoints, markers."""


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
    root : str
        What precedes these names in a path.
    """

    tables: dict[str, list[RawFile]] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    root: str = ""

    def of_kind(self, table: str, kind: str) -> list[str]:
        """Give the paths of one kind of file of a raw table."""
        return [file.path for file in self.tables.get(table, []) if file.kind == kind]


def find_files(
    connection: duckdb.DuckDBPyConnection, folder: str, tables: Collection[str]
) -> Found:
    """Look through a folder, on a disk or wherever else the connection can read.

    A file belongs to the raw table that it is named after, or that the folder is named after in
    which it lies; hidden files, and files in hidden folders, belong to none. Links are followed.
    """
    root, names = files_within(connection, folder)
    return sort_files(names, tables, root)


def files_within(connection: duckdb.DuckDBPyConnection, folder: str) -> tuple[str, list[str]]:
    """Give what precedes the names of a folder's files in their paths, and these names."""
    # As glob() spells it, so that what follows the root is the name within.
    root = re.sub("^([.]/)+", "", re.sub("(?<!:)/([.]?/)*", "/", f"{folder}/"))
    if is_remote(root):
        rows = connection.execute(
            "select file from glob(?) order by 1", [f"{glob_pattern(root)}**/*"]
        ).fetchall()
        return root, [str(path).removeprefix(root) for (path,) in rows]
    return root, sorted(_names_within(root or ".", "", ()))


def is_remote(path: str) -> bool:
    """Whether a path leads elsewhere than to this machine's disks."""
    return "://" in path


def sort_files(names: Iterable[str], tables: Collection[str], root: str = "") -> Found:
    """Sort files, named within a folder that is the root, by raw table."""
    found = Found(root=root)
    by_name = {_table_name(table): table for table in tables}
    for name in names:
        parts = name.split("/")
        if any(part.startswith(_PASSED_OVER) for part in parts):
            continue
        kind = kind_of(name)
        first = parts[0]
        # A folder may be named like a file, as Spark does: crm_leads.csv/part-0.csv.
        if len(parts) == 1 or kind_of(first):
            first = first.split(".")[0]
        table = by_name.get(_table_name(first))
        if table and kind:
            found.tables.setdefault(table, []).append(RawFile(root + name, kind))
        elif _DATA_FILE.search(name.lower()):
            found.strangers.append(name)
    return found


def kind_of(name: str) -> str | None:
    """Tell the kind of a file that is read by its name; text may be compressed by gzip."""
    *_, ending = name.lower().removesuffix(".gz").split(".")
    kind = ENDINGS.get(ending)
    return None if name.lower().endswith(".gz") and kind in ("parquet", "xlsx") else kind


def glob_pattern(path: str) -> str:
    """Give a path as a pattern that matches only itself."""
    return re.sub("([*?[])", r"[\1]", path)


def quoted(text: str) -> str:
    """Give a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def path_list(paths: Sequence[str]) -> str:
    """Give paths as a list in SQL that a reader of files takes."""
    return f"[{', '.join(quoted(glob_pattern(path)) for path in paths)}]"


def _table_name(name: str) -> str:
    return re.sub("[ -]+", "_", name.strip().lower())


def _names_within(folder: str, within: str, above: tuple[str, ...]) -> Iterator[str]:
    """Give the names of files, not those of folders that lie within themselves by a link."""
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError as error:
        raise UserError(
            f"The folder '{folder}' may not be read. Check its permissions, or take it out of the "
            "folder of raw files."
        ) from error
    for entry in entries:
        name = within + entry.name
        if entry.name.startswith(_PASSED_OVER):
            continue
        path = Path(entry.path)
        if path.is_dir():
            yield from _names_within(entry.path, f"{name}/", (*above, real))
        elif path.is_file() or not path.exists():
            # A link that leads nowhere is named where it is to be read.
            yield name
