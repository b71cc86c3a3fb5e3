"""The commands that make something: build, what-if, publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lead_funnel.command.options import (
    AcceptChanges,
    Json,
    ProjectDir,
    RawFolder,
    Warehouse,
    raw_path,
    say_json,
    warehouse_path,
)
from lead_funnel.command.run import INCOMPLETE, application, end
from lead_funnel.console import note, say
from lead_funnel.locks import BUILD_WAIT_SECONDS
from lead_funnel.project import link_package, present_project

app = application("Make something.")


@app.command("build")
def build_command(
    raw: RawFolder = None,
    db: Warehouse = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", metavar="DIR", help="Truth of a simulated company."),
    ] = None,
    accept_changes: AcceptChanges = False,
    sources: Annotated[
        Path | None,
        typer.Option(
            "--sources",
            metavar="FILE",
            help="The list of the company's tools, instead of the one in dbt_project.yml.",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Build even if nothing is new since the last build.")
    ] = False,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Within the day: take what is new since the last whole build, for the leads "
            "that it touches.",
        ),
    ] = False,
    wait: Annotated[
        float,
        typer.Option(
            "--wait",
            min=0,
            metavar="SECONDS",
            help="Wait for another build of this warehouse.",
        ),
    ] = BUILD_WAIT_SECONDS,
    project: ProjectDir = Path(),
) -> None:
    """Build, test, train when due, score, publish and report."""
    from lead_funnel.nightly import Build, build_warehouse

    folder = present_project(project)
    raw, db = raw_path(raw), warehouse_path(db, project)
    if folder != Path():
        # dbt goes to the folder of the project, and paths are meant from here.
        raw, db, folder = raw.absolute(), db.absolute(), folder.absolute()
        truth = truth and truth.absolute()
        sources = sources and sources.absolute()
    options = Build(raw, db, truth, accept_changes, sources, folder, again)
    if fresh:
        from lead_funnel.fresh.run import fresh_build

        end(fresh_build(options, wait))
        return
    end(build_warehouse(options, wait))


@app.command("what-if")
def what_if_command(
    rules: Annotated[Path, typer.Argument(metavar="RULES", help="A file of points rules.")],
    caps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Other caps of groups of rules.")
    ] = None,
    cells: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Other cells that hand over.")
    ] = None,
    db: Warehouse = None,
    project: ProjectDir = Path(),
    as_json: Json = False,
) -> None:
    """Try other points rules on full history.

    Only the points are made anew, in the schema what_if, beside the published marts.
    """
    from lead_funnel.publish.what_if import compare, figures, try_rules

    folder = present_project(project)
    db = warehouse_path(db, project)
    link_package(folder)
    try_rules(db, rules, folder, caps, cells)
    if as_json:
        say_json(figures(db))
    else:
        say(compare(db))


@app.command("publish")
def publish_command(
    db: Warehouse = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="The copy; by default beside the warehouse."),
    ] = None,
    accept_changes: AcceptChanges = False,
) -> None:
    """Publish a copy for readers; build does it too."""
    from lead_funnel.publish.copy import publish
    from lead_funnel.publish.floor import ChangedError
    from lead_funnel.warehouse import published_path

    db = warehouse_path(db)
    to = to or published_path(db)
    try:
        tables = publish(db, to, accept_changes)
    except ChangedError as error:
        note(f"lead-funnel: {error}")
        raise typer.Exit(INCOMPLETE) from None
    say(f"Published {len(tables)} tables to {to}")
