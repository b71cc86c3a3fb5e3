"""Who holds a file, and a lock that keeps a second build out."""

import fcntl
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lead_funnel.console import note
from lead_funnel.errors import UserError
from lead_funnel.words import shorten

POLL_SECONDS = 0.2
COMMAND_WIDTH = 80
WAIT_VARIABLE = "LEAD_FUNNEL_WAIT"
WAIT_SECONDS = 60.0
BUILD_WAIT_SECONDS = 3600.0


def wait_from_environment(default: float = WAIT_SECONDS) -> float:
    """Give the seconds to wait for a file that another process holds.

    Raises
    ------
    UserError
        If the environment variable ``LEAD_FUNNEL_WAIT`` is not a number of seconds.
    """
    given = os.environ.get(WAIT_VARIABLE, "").strip()
    if not given:
        return default
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise UserError(f"{WAIT_VARIABLE} is not a number of seconds. Set it to one, such as 60.")
    return seconds


def process_text(pid: int | None) -> str:
    """Name a process by its number and command, as far as they can be known."""
    if pid is None:
        return "another process"
    return f"another process, {pid}" + (f" ({command})" if (command := _command(pid)) else "")


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        try:
            found = subprocess.run(
                ["ps", "-p", str(pid), "-o", "command="], capture_output=True, check=False
            )
        except OSError:
            return ""
        words = found.stdout
    return shorten(words.decode(errors="replace").strip(), COMMAND_WIDTH)


def holder(error: BaseException) -> int | None:
    """Read the number of the process that holds a file from DuckDB's error."""
    found = re.search(r"\(PID (\d+)\)", str(error))
    return int(found.group(1)) if found else None


def wait_until(is_free: Callable[[], bool], wait_seconds: float, why: Callable[[], str]) -> bool:
    """Ask again and again, and say once why and how long.

    Returns
    -------
    bool
        False if the time ran out.
    """
    until = time.monotonic() + wait_seconds
    is_said = False
    while not is_free():
        if time.monotonic() >= until:
            return False
        if not is_said:
            note(f"{why()} Waiting up to {wait_seconds:.0f} s.")
            is_said = True
        time.sleep(POLL_SECONDS)
    return True


@contextmanager
def build_lock(db: Path, wait_seconds: float) -> Iterator[None]:
    """Keep a second build of a warehouse out until this one ends or is killed.

    A build opens the file several times, and another process must not come between. The lock
    is the system's, on ``<db>.lock``, and ends with the process; the file stays.

    Raises
    ------
    UserError
        If another build still runs after the wait, or the lock cannot be made.
    """
    path = db.with_name(f"{db.name}.lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from None

    def is_ours() -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def why() -> str:
        return f"{db} is being built by {process_text(_written_in(path))}."

    try:
        if not wait_until(is_ours, wait_seconds, why):
            raise UserError(
                f"{why()} Waited {wait_seconds:.0f} s; run this again when it has finished."
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _written_in(path: Path) -> int | None:
    text = path.read_text(encoding="ascii", errors="replace").strip()
    return int(text) if text.isdigit() else None


def is_running(pid: int) -> bool:
    """Tell whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
