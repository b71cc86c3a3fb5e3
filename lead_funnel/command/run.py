"""Run a command line, and end it with one of a few exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

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
        rich_markup_mode="rich" if sys.stdout.isatty() and sys.stderr.isatty() else None,
    )


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
    try:
        app(None if arguments is None else list(arguments), prog_name=name)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except UserError as error:
        note(f"{name}: {error}")
        return USAGE
    return 0


def end(code: int) -> None:
    """End the command with a code, if it is not 0."""
    if code:
        raise typer.Exit(code)
