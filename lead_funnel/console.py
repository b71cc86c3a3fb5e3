"""Progress on long work: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from tqdm import tqdm

from lead_funnel.words import printable

Item = TypeVar("Item")

_measured: ContextVar[dict[str, float] | None] = ContextVar("measured", default=None)


@contextmanager
def step(label: str, show: bool = True) -> Iterator[None]:
    """Say what is being done, and let ``measured_steps`` know how long it took."""
    if show:
        note(f"{label} ...")
    started = time.monotonic()
    try:
        yield
    finally:
        if (seconds := _measured.get()) is not None:
            seconds[label] = seconds.get(label, 0.0) + time.monotonic() - started


@contextmanager
def measured_steps() -> Iterator[dict[str, float]]:
    """Collect the seconds of all steps within."""
    seconds: dict[str, float] = {}
    token = _measured.set(seconds)
    try:
        yield seconds
    finally:
        _measured.reset(token)


def say(text: str = "") -> None:
    """Write a line of the report to standard output."""
    sys.stdout.write(printable(text) + "\n")


def note(text: str) -> None:
    """Write a line about the work, not its result, to standard error."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def track(items: Sequence[Item], label: str, show: bool = True) -> Iterator[Item]:
    """Go through items and show the progress.

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
