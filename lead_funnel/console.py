"""Progress on long work: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from lead_funnel.words import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Item = TypeVar("Item")

# The longest that a log stays without a line while something is going on.
SILENCE_SECONDS = 8.0

_measured: ContextVar[dict[str, float] | None] = ContextVar("measured", default=None)


class Work:
    """Something that takes time, shown until it is closed.

    Parameters
    ----------
    label : str
        What is being done.
    total : int
        How many parts there are; 0 while that is not known.
    """

    def __init__(self, label: str, total: int = 0) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self.doing = ""
        self._started = time.monotonic()
        self._first_done: float | None = None
        self._ended = threading.Event()
        if sys.stderr.isatty():
            self._bar: Bar | None = _bars.add(self)
        else:
            self._bar = None
            threading.Thread(target=self._keep_telling, daemon=True).start()

    def advance(self, by: int = 1) -> None:
        """Say that parts of it are done."""
        self.done += by
        self._first_done = self._first_done or time.monotonic()
        self.show()

    def show(self) -> None:
        """Draw the bar as things are."""
        if self._bar:
            self._bar.show()

    def close(self) -> None:
        """Take it off the screen."""
        self._ended.set()
        if self._bar:
            _bars.remove(self._bar)
            self._bar = None

    def text(self) -> str:
        """Say in a line how far it is."""
        parts = [f"{self.done:,} of {self.total:,}"] if self.total else []
        parts += [self.doing or "going on"] if self.doing or not parts else []
        parts.append(f"{time.monotonic() - self._started:.0f} s")
        if (left := self._left()) >= 1:
            parts.append(f"about {left:.0f} s left")
        return f"{self.label}: {', '.join(parts)}"

    def _left(self) -> float:
        """Guess the seconds that are left from the parts that are done."""
        if self._first_done is None or self.done >= self.total:
            return 0
        each = (time.monotonic() - self._first_done) / self.done
        return each * (self.total - self.done)

    def _keep_telling(self) -> None:
        said = time.monotonic()
        while not self._ended.wait(max(0.05, said + SILENCE_SECONDS - time.monotonic())):
            said = max(said, _last.said)
            # What is inside of this may have said something, which is enough.
            if time.monotonic() - said >= SILENCE_SECONDS:
                note(f"  {self.text()}")
                said = time.monotonic()


class Bar:
    """A line of the display on a terminal."""

    def __init__(self, work: Work, display: Progress) -> None:
        self._work = work
        self._display = display
        self.task: TaskID = display.add_task(work.label.strip(), total=work.total or None, doing="")

    def show(self) -> None:
        """Draw it as things are."""
        work = self._work
        self._display.update(
            self.task, completed=work.done, total=work.total or None, doing=work.doing
        )


class _Bars:
    """The bars that are on the terminal, one below the other."""

    def __init__(self) -> None:
        self._display: Progress | None = None
        self._shown = 0

    def add(self, work: Work) -> Bar:
        # A tenth of a second that nobody needs who is not on a terminal.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        if self._display is None:
            self._display = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("left:"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[doing]}", style="dim", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._display.start()
        self._shown += 1
        return Bar(work, self._display)

    def remove(self, bar: Bar) -> None:
        if self._display is None:
            return
        self._display.remove_task(bar.task)
        self._shown -= 1
        if not self._shown:
            self._display.stop()
            self._display = None


class _Last:
    """When a line was last written."""

    said = float("-inf")


_bars = _Bars()
_last = _Last()


@contextmanager
def working(label: str, total: int = 0) -> Iterator[Work]:
    """Show that something is going on, and how far it is."""
    work = Work(label, total)
    try:
        yield work
    finally:
        work.close()


@contextmanager
def step(label: str, show: bool = True) -> Iterator[None]:
    """Say what is being done, and let ``measured_steps`` know how long it took."""
    if show:
        note(f"{label} ...")
    started = time.monotonic()
    work = Work(label) if show else None
    try:
        yield
    finally:
        if work:
            work.close()
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
    _last.said = time.monotonic()
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
        return
    if not sys.stderr.isatty():
        note(f"{label}: {len(items)} steps")
    with working(label, len(items)) as work:
        for item in items:
            yield item
            work.advance()
