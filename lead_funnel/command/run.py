"""Run a command line, and end it with one of a few exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import typer

from lead_funnel.console import note
from lead_funnel.errors import UserError

INCOMPLETE, USAGE = 1, 2
EXIT_CODES = (
    "Exit codes: 0 done; 1 a step failed, nothing was published, or the CRM did not take "
    "everything; 2 something must be fixed first, and the message says what; 130 interrupted."
)


def application(text: str) -> typer.Typer:
    """Make a command with subcommands; frames and colours only on a terminal."""
    return typer.Typer(
        help=text,
        epilog=EXIT_CODES,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if _is_terminal(sys.stdout) and _is_terminal(sys.stderr) else None,
    )


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; Python has none where it was started with it closed."""
    return stream is not None and stream.isatty()


def run(app: typer.Typer, arguments: Sequence[str] | None, name: str) -> int:
    """Run a command line.

    Parameters
    ----------
    app : typer.Typer
    arguments : sequence of str, optional
        What was typed; without it, what this process was started with.
    name : str
        What the command is called in messages.

    Returns
    -------
    int
        See ``EXIT_CODES``.
    """
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        app(None if arguments is None else list(arguments), prog_name=name)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except UserError as error:
        note(f"{name}: {error}")
        return USAGE
    except OSError as error:
        # What no command expected of the disk or the terminal.
        where = f"{error.filename}: " if error.filename else ""
        note(f"{name}: {where}{error.strerror or error}.")
        return USAGE
    except UnicodeEncodeError as error:
        note(f"{name}: {_unwritable(error)}")
        return USAGE
    except Exception as error:
        # DuckDB takes a while to import, which no other command should wait for.
        if type(error).__name__ != "OutOfMemoryException":
            raise
        note(f"{name}: {str(error).splitlines()[0]}. Give it more with LEAD_FUNNEL_MEMORY.")
        return USAGE
    return 0


def _unwritable(error: UnicodeEncodeError) -> str:
    if error.reason == "surrogates not allowed":
        # Bytes that Python could not read as text, of what was typed or of a file's name.
        return "an argument or the name of a file is not UTF-8. Write or name it so."
    return (
        f"this terminal takes {error.encoding} only. Set PYTHONIOENCODING=utf-8, or PYTHONUTF8=1."
    )


def end(code: int) -> None:
    """End the command with a code, if it is not 0."""
    if code:
        raise typer.Exit(code)
