"""The folder beside the warehouse where copies of files lie that cannot be read as they are.

It holds what is known of each file, so that one that did not change costs nothing, and the copies.
Both may be read by nobody else. A build leaves what it used and removes the rest; to remove the
folder loses nothing but time.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lead_funnel.errors import UserError
from lead_funnel.raw.delimited import Row
from lead_funnel.raw.notes import Note

INDEX = "files.json"
LONGEST_ROW = 32 << 20
OVERSIZE_ROW = "oversize_row"


@dataclass(frozen=True)
class Taken:
    """How a file is read.

    Attributes
    ----------
    path, name : str
        Where it lies, and as it is named within the folder.
    version : str
        Its size and when it was last written.
    way : str
        `parquet`, `csv` and `ndjson` as it is, `copy` by a copy; `refused`; `empty`.
    delimiter : str
        Of text; empty where numbers are written in one way only.
    names : tuple of str
        Those in the header, or in the first objects; of a copy, the table's columns.
    records : int, optional
        How many there are, counted without the reader.
    styles : mapping, optional
        By column, how its numbers are written where that is not plain; none until looked at.
    copy, content : str
        The name of the copy, and a hash of what it holds.
    longest : int
        The longest row of the copy, in bytes.
    """

    path: str
    name: str
    version: str
    way: str
    delimiter: str = ","
    names: tuple[str, ...] = ()
    records: int | None = None
    styles: dict[str, str] | None = None
    copy: str = ""
    content: str = ""
    longest: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes it has, or had when it was looked at."""
        return int(self.version.partition("@")[0])


@dataclass
class Shelf:
    """The folder, what an earlier build knew of the files, and what this one found."""

    folder: Path
    known: dict[str, Any] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)


def open_shelf(folder: Path) -> Shelf:
    """Open the folder as an earlier build left it; a damaged one is as good as none."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        known = index["files"] if index["code"] == code_version() else {}
    except (OSError, ValueError, KeyError, TypeError):
        known = {}
    return Shelf(folder, known)


def known_file(shelf: Shelf, table: str, path: str, version: str) -> Taken | None:
    """Give what an earlier build found of a file that did not change since."""
    found = shelf.known.get(f"{table}|{path}")
    if not found or found["version"] != version:
        return None
    if found["copy"] and not (shelf.folder / found["copy"]).exists():
        return None
    notes = tuple(Note(**note) for note in found["notes"])
    return Taken(**{**found, "names": tuple(found["names"]), "notes": notes})


def keep(shelf: Shelf, table: str, taken: Taken) -> None:
    """Remember how a file is read."""
    shelf.taken[f"{table}|{taken.path}"] = taken


def close_shelf(shelf: Shelf) -> None:
    """Write down what was found, and remove copies of files that are gone or changed."""
    used = {taken.copy for taken in shelf.taken.values() if taken.copy}
    if shelf.taken or shelf.folder.exists():
        _private_folder(shelf.folder)
        files = {key: asdict(taken) for key, taken in shelf.taken.items()}
        _write_private(shelf.folder / INDEX, json.dumps({"code": code_version(), "files": files}))
        for path in shelf.folder.iterdir():
            if path.name != INDEX and path.name not in used:
                path.unlink()


def write_copy(shelf: Shelf, key: str, rows: Iterable[Row]) -> tuple[str, int, str]:
    """Write rows as a file that is read without care; gives its name, longest row and hash.

    A row beyond any reason loses its values and gets a fault instead.

    Raises
    ------
    UserError
        If the copy cannot be written.
    """
    name = f"{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}.csv"
    measured = _Measured()
    try:
        _private_folder(shelf.folder)
        descriptor, part = tempfile.mkstemp(dir=shelf.folder, prefix=".part-")
    except OSError as error:
        raise _not_written(shelf.folder, error) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(measured, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for row in rows:
                writer.writerow(row)
                if len(measured.text) > LONGEST_ROW:
                    writer.writerow([*([None] * (len(row) - 1)), OVERSIZE_ROW])
                try:
                    file.write(measured.taken())
                except OSError as error:
                    raise _not_written(shelf.folder, error) from error
        Path(part).replace(shelf.folder / name)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return name, measured.longest, measured.hash.hexdigest()[:16]


class _Measured:
    """A file for one row at a time, that knows the longest and a hash of all."""

    def __init__(self) -> None:
        self.text = ""
        self.longest = 0
        self.hash = hashlib.sha256()

    def write(self, text: str) -> None:
        self.text = text

    def taken(self) -> str:
        data = self.text.encode(errors="replace")
        self.longest = max(self.longest, len(data))
        self.hash.update(data)
        return self.text


@cache
def code_version() -> str:
    """Tell the code of this package apart from any other: what it found counts only for itself."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.*")):
        if path.suffix in (".py", ".yml"):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _not_written(folder: Path, error: OSError) -> UserError:
    return UserError(f"Files cannot be copied into '{folder}': {error.strerror}.")


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _write_private(path: Path, text: str) -> None:
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    Path(part).replace(path)
