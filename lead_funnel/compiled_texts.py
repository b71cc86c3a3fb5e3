"""Programs that Jinja made of texts: kept for the process, and in a file for the next one."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from importlib.metadata import version
from pathlib import Path
from types import CodeType

from lead_funnel.warehouse import private_files

FILE = "compiled_texts.bin"
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
    """The programs in a folder that dbt writes to.

    A file that cannot be read, is damaged, or was made by other versions counts as none: a text is
    compiled again in some milliseconds.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        made_by = [sys.version, *(version(package) for package in PACKAGES)]
        self._made_by = hashlib.sha256(repr(made_by).encode()).digest()
        self._known = 0

    def read(self) -> None:
        """Take over the programs in it."""
        try:
            content = self._file.read_bytes()
        except OSError:
            return
        digest, body = content[:DIGEST], content[DIGEST:]
        # Damaged programs would end the process.
        if hashlib.sha256(self._made_by + body).digest() == digest:
            # As trusted as the project: it lies where dbt keeps what it made of it.
            _programs.update(marshal.loads(body))
            self._known = len(_programs)

    def write(self) -> None:
        """Write all programs that are known, whole or not at all, if any were added."""
        if len(_programs) == self._known or not self._file.parent.is_dir():
            return
        body = marshal.dumps(_programs)
        made = self._file.with_name(f"{FILE}.{os.getpid()}")
        with private_files():
            made.write_bytes(hashlib.sha256(self._made_by + body).digest() + body)
        made.replace(self._file)


def _key(kind: type, source: str) -> bytes:
    return hashlib.sha256(f"{kind.__module__}.{kind.__qualname__} {source}".encode()).digest()
