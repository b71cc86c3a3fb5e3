"""Progress on long work: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def say(text: str = "") -> None:
    """Write a line of the report to standard output."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Write a line about the work, not its result, to standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def track(items: Sequence[Item], label: str, show: bool = True) -> Iterator[Item]:
    """Go through items and tell how far it is.

    Parameters
    ----------
    items : sequence
    label : str
        What is being done.
    show : bool
        Say nothing if false.
    """
    if not show:
        yield from items
    elif sys.stderr.isatty():
        yield from tqdm(items, desc=label, leave=False)
    else:
        note(f"{label}: {len(items)} steps")
        yield from items
