"""Programs that Jinja made of texts: kept for the process, and in a file for the next one."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType

from lead_funnel.warehouse import private_files

FILE = "compiled_texts.bin"
# A larger one is begun anew: nothing else drops the programs of texts that have changed.
MOST_BYTES = 32_000_000
# What a program is made by.
PACKAGES = ("dbt-common", "dbt-core", "jinja2")
DIGEST = 32

_programs: dict[bytes, CodeType] = {}


def program_of(kind: type, source: str) -> CodeType | None:
    """Give the program of a text in a kind of environment, if it is known."""
    return _programs.get(_key(kind, source))


def keep(kind: type, source: str, program: CodeType) -> None:
    """Keep the program of a text from now on."""
    _programs[_key(kind, source)] = program


class KeptFile:
    """The programs in a folder that dbt writes to, known as soon as it is opened.

    A file that cannot be read or written, that is damaged, that others could have written, or that
    was made by other versions counts as none: a text is compiled again in some milliseconds.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        made_by = [sys.version, *(version(package) for package in PACKAGES)]
        self._made_by = hashlib.sha256(repr(made_by).encode()).digest()
        # How many programs it holds.
        self._held = 0
        self._read()

    def _read(self) -> None:
        try:
            status = self._file.stat()
            content = self._file.read_bytes()
        except OSError:
            return
        # Programs run as they are, and damaged ones would end the process.
        is_ours = status.st_uid == os.geteuid() and not status.st_mode & 0o022
        digest, body = content[:DIGEST], content[DIGEST:]
        is_whole = hashlib.sha256(self._made_by + body).digest() == digest
        if is_ours and is_whole and len(content) <= MOST_BYTES:
            held = marshal.loads(body)
            self._held = len(held)
            _programs.update(held)

    def write(self) -> None:
        """Write all programs that are known, if it lacks some."""
        if len(_programs) == self._held or not self._file.parent.is_dir():
            return
        body = marshal.dumps(_programs)
        made = self._file.with_name(f"{FILE}.new")
        with suppress(OSError):
            with private_files():
                made.write_bytes(hashlib.sha256(self._made_by + body).digest() + body)
            made.replace(self._file)
        self._held = len(_programs)


@cache
def kept_in(folder: Path) -> KeptFile:
    """Open the file of a folder: once a process, whose commands share what they know."""
    return KeptFile(folder)


def _key(kind: type, source: str) -> bytes:
    return hashlib.sha256(f"{kind.__module__}.{kind.__qualname__} {source}".encode()).digest()
