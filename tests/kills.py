"""Work that is killed in the midst of what it writes, in a fork of the test's own process.

What the work imports, and what the test has prepared, is paid for once, not once a kill.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Moment:
    """When to kill: so many seconds after a call of the database began, the first being 0.

    At 0 seconds the work waits for its end there, so that the call has surely done nothing.
    """

    call: int
    seconds: float = 0

    @staticmethod
    def draw(random_numbers: random.Random, calls: int, longest: float = 0.004) -> Moment:
        """Draw one: half of them before the call has done anything."""
        late = random_numbers.random() < 0.5
        # The last calls are followed by what the database does when it is closed.
        seconds = random_numbers.uniform(0, longest) if late else 0
        return Moment(random_numbers.randrange(calls), seconds)


class Counted:
    """A connection, or what stands for one, whose calls are counted."""

    def __init__(self, inner: Any, called: Callable[[str, str], None]) -> None:
        self._inner, self._called = inner, called

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            self._called(name, str(arguments[0]) if arguments else "")
            return found(*arguments, **named)

        return call

    def __enter__(self) -> Counted:
        self._inner.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._called("close", "")
        self._inner.__exit__(*error)


# Makes everything that opens a database tell a function of each call on it.
Watch = Callable[[pytest.MonkeyPatch, Callable[[str, str], None]], None]


def calls_of(work: Callable[[], object], watch: Watch) -> list[tuple[str, str]]:
    """Do the work undisturbed; gives its calls: name and first argument."""
    calls: list[tuple[str, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        watch(patch, lambda name, first: calls.append((name, first)))
        work()
    return calls


def kill(work: Callable[[], object], watch: Watch, moment: Moment) -> bool:
    """Do the work in a fork that is killed; gives whether it was still at work."""
    told, tell = os.pipe()
    with warnings.catch_warnings():
        # Other threads of this process hold nothing that the fork needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        os.close(told)
        _work_in_fork(work, watch, moment, tell)
    os.close(tell)
    # An empty answer: the fork ended before that call.
    reached = os.read(told, 1) == b"x"
    os.close(told)
    if reached and moment.seconds:
        time.sleep(moment.seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _work_in_fork(work: Callable[[], object], watch: Watch, moment: Moment, tell: int) -> None:
    count = 0

    def called(name: str, first: str) -> None:
        nonlocal count
        if count == moment.call:
            os.write(tell, b"x")
            if not moment.seconds:
                signal.pause()
        count += 1

    # Whoever waits for a lock that no thread of the fork holds waits for ever.
    signal.alarm(600)
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
        watch(pytest.MonkeyPatch(), called)
        work()
    finally:
        os._exit(0)


def clear(db: Path) -> None:
    """Remove a database with the log of what was not yet written into it."""
    for file in db.parent.glob(db.name + "*"):
        file.unlink()


def kill_often(
    work: Callable[[], object],
    watch: Watch,
    calls: Sequence[tuple[str, str]],
    kills: int,
    begun_from: Path,
    db: Path,
    state: Callable[..., Any],
    **drawing: float,
) -> Iterator[tuple[tuple[str, str], Any]]:
    """Kill the work so many times, each begun from one file; gives the call and what is left.

    Each of the last calls is killed once, the others are drawn.
    """
    draw = random.Random(20260625)
    moments = [Moment(number) for number in range(len(calls))][-kills // 2 :]
    while kills:
        moment = moments.pop() if moments else Moment.draw(draw, len(calls), **drawing)
        clear(db)
        shutil.copy(begun_from, db)
        # Otherwise it had ended before.
        if kill(work, watch, moment):
            yield calls[moment.call], state(db, read_only=draw.random() < 0.5)
            kills -= 1
