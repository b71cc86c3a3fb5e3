"""The command ``lead-funnel``: everything that people type."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from lead_funnel.command import looking, making, starting
from lead_funnel.command.run import application, run
from lead_funnel.console import say
from lead_funnel.crm import cli as sync
from ml.commands import cli as models

app = application(
    "Build a company's lead warehouse, view it, and send results to the CRM. Begin with "
    "`lead-funnel demo`, or with `lead-funnel init DIR` for your own."
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"lead-funnel {version('lead-funnel')}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take what comes before the command."""


for part, panel in (
    (starting.app, "Begin"),
    (making.app, "Build and publish"),
    (looking.app, "Look"),
    (models.app, "Model"),
):
    for command in part.registered_commands:
        command.rich_help_panel = panel
        app.registered_commands.append(command)
app.add_typer(sync.app, name="sync", rich_help_panel="Build and publish")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``lead-funnel``.

    Returns
    -------
    int
        See ``EXIT_CODES``.
    """
    return run(app, arguments, "lead-funnel")


if __name__ == "__main__":
    sys.exit(main())
