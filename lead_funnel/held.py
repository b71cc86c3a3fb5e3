"""What a run holds: the most memory, and the most that DuckDB laid down beside the warehouse.

DuckDB tells of both only while a statement runs. So the folder of its temporary files is looked at
several times a second; memory comes from the operating system.
"""

import re
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOKS_PER_SECOND = 4
MEBIBYTE = 2**20
# The operating system counts in KiB, but for macOS, which counts in bytes.
UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class Held:
    """The most that was seen.

    Attributes
    ----------
    spilled : int
        Bytes of temporary files at one time.
    """

    spilled: int = 0

    def __str__(self) -> str:
        """Say both in a sentence."""
        spilled = f"{_size(self.spilled)} at most" if self.spilled else "nothing"
        return f"Held {_size(most_memory())} of memory at most; spilled to disk: {spilled}."


def most_memory() -> int:
    """Bytes that this process, or one that it waited for, held at most in memory."""
    return max(own_memory(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * UNIT)


def own_memory() -> int:
    """Bytes that this process held at most, without those that it waited for.

    Linux counts in what the process that started this one held, but not in its status.
    """
    try:
        found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        found = None
    if found:
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def temporary_folder(db: Path) -> Path:
    """Give where DuckDB puts what memory does not hold, as profiles.yml says."""
    return db.with_name(f"{db.name}.tmp")


@contextmanager
def watched(db: Path) -> Iterator[Held]:
    """Watch what is held while something is done with a warehouse."""
    held, over = Held(), threading.Event()

    def look() -> None:
        while not over.wait(1 / LOOKS_PER_SECOND):
            held.spilled = max(held.spilled, _bytes_below(temporary_folder(db)))

    watcher = threading.Thread(target=look, name="watching what is held", daemon=True)
    watcher.start()
    try:
        yield held
    finally:
        over.set()
        watcher.join()


def _bytes_below(folder: Path) -> int:
    """Add up the files there are; they come and go."""
    total = 0
    try:
        for file in folder.iterdir():
            total += file.stat().st_size
    except OSError:
        pass
    return total


def _size(count: int) -> str:
    return (
        f"{count / MEBIBYTE / 1024:.1f} GB"
        if count >= 1000 * MEBIBYTE
        else f"{count // MEBIBYTE} MB"
    )
