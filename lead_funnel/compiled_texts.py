"""Programs that Jinja made of texts: kept for the process, and in a file for the next one."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import CodeType

from lead_funnel.warehouse import private_files

FILE = "compiled_texts.bin"
# Above it, only what this process asked for is kept.
MOST_BYTES = 32_000_000
# What a program is made by.
PACKAGES = ("dbt-common", "dbt-core", "jinja2")
DIGEST = 32

_programs: dict[bytes, CodeType] = {}
_asked: set[bytes] = set()


def program_of(kind: type, source: str) -> CodeType | None:
    """Give the program of a text in a kind of environment, if it is known."""
    key = _key(kind, source)
    _asked.add(key)
    return _programs.get(key)


def keep(kind: type, source: str, program: CodeType) -> None:
    """Keep the program of a text from now on."""
    _programs[_key(kind, source)] = program


class KeptFile:
    """The programs in a folder that dbt writes to.

    A file that cannot be read or written, that is damaged, that others could have written, or that
    was made by other versions counts as none: a text is compiled again in some milliseconds.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        made_by = [sys.version, *(version(package) for package in PACKAGES)]
        self._made_by = hashlib.sha256(repr(made_by).encode()).digest()
        self._held = 0

    def read(self) -> None:
        """Take over the programs in it."""
        try:
            status = self._file.stat()
            content = self._file.read_bytes()
        except OSError:
            return
        # Programs run as they are, and damaged ones would end the process.
        is_ours = status.st_uid == os.geteuid() and not status.st_mode & 0o022
        digest, body = content[:DIGEST], content[DIGEST:]
        if is_ours and hashlib.sha256(self._made_by + body).digest() == digest:
            held = marshal.loads(body)
            self._held = len(held)
            _programs.update(held)

    def write(self) -> None:
        """Write all programs that are known, if it lacks some."""
        if len(_programs) == self._held or not self._file.parent.is_dir():
            return
        body = marshal.dumps(_programs)
        if len(body) > MOST_BYTES:
            body = marshal.dumps({key: _programs[key] for key in _asked & _programs.keys()})
        made = self._file.with_name(f"{FILE}.new")
        with suppress(OSError):
            with private_files():
                made.write_bytes(hashlib.sha256(self._made_by + body).digest() + body)
            made.replace(self._file)


def _key(kind: type, source: str) -> bytes:
    return hashlib.sha256(f"{kind.__module__}.{kind.__qualname__} {source}".encode()).digest()
