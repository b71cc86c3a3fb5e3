"""What is to be said about the raw files: those not read, and those read with care."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lead_funnel.words import count_text

SHOWN_FILES = 3


@dataclass(frozen=True)
class Note:
    """One thing to say about one file, or about a table; never anything that a row holds.

    Attributes
    ----------
    kind : str
        A word for it, closed: see the mart `quarantined_files` and `docs/sources.md`.
    message, remedy : str
        Now, without the name of the file; what to do. One sentence each.
    table : str, optional
        Raw table; none where a file belongs to none.
    file : str, optional
        As it is named within the folder; none where it is about all files of the table.
    is_quarantined : bool
        Whether the file is not read.
    """

    kind: str
    message: str
    remedy: str
    table: str | None = None
    file: str | None = None
    size_bytes: int | None = None
    is_quarantined: bool = False


def warnings_of(notes: Iterable[Note], folder: str) -> list[str]:
    """Say each thing once, in a sentence that names the files it is so for."""
    files: dict[tuple[bool, str, str | None, str, str], list[str]] = {}
    for note in notes:
        thing = (not note.is_quarantined, note.kind, note.table, note.message, note.remedy)
        named = files.setdefault(thing, [])
        if note.file is not None:
            named.append(f"'{shown_name(note.file)}'")
    said = []
    for (_, _, table, message, remedy), names in sorted(
        files.items(), key=lambda item: (*item[0][:2], item[0][2] or "", *item[0][3:])
    ):
        more = len(names) - SHOWN_FILES
        named = names[:SHOWN_FILES] + ([f"{count_text(more)} more"] if more > 0 else [])
        subject = listed(named) if named else str(table)
        where = f" (in '{folder}')" if named and table is None else ""
        said.append(f"{subject}{where}: {message} {remedy}".strip())
    return said


def shown_name(file: str) -> str:
    """Write the name of a file without what a terminal would obey; any text may be a name."""
    return "".join(letter if letter.isprintable() else "?" for letter in file)


def listed(words: list[str]) -> str:
    """Give words as a list in a sentence."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
