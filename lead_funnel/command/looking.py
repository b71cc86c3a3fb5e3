"""The commands that only look: sources, summary, report, explain, dashboard, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lead_funnel.command.options import (
    Json,
    Language,
    ProjectDir,
    RawFolder,
    Warehouse,
    say_json,
    warehouse_path,
)
from lead_funnel.command.run import USAGE, application, end
from lead_funnel.console import say, working
from lead_funnel.errors import UserError
from lead_funnel.project import present_project

app = application("View results.")


@app.command("sources")
def sources_command(
    sources: Annotated[
        Path | None,
        typer.Option("--sources", metavar="FILE", help="A YAML file with the list."),
    ] = None,
    detect: Annotated[
        Path | None,
        typer.Option(
            "--detect",
            metavar="DIR|DB",
            help="Propose the list: look for tools in a DuckDB file or in folders of exported "
            "files.",
        ),
    ] = None,
    db: Warehouse = None,
    project: ProjectDir = Path(),
) -> None:
    """Show what will be read from the company's tools.

    Nothing is written.
    """
    import duckdb

    from lead_funnel.sources.show import propose_sources, show_sources
    from lead_funnel.warehouse import first_line
    from lead_funnel.words import text

    warehouse = warehouse_path(db, project)
    try:
        if detect:
            propose_sources(present_project(project), detect, warehouse)
        else:
            show_sources(project, warehouse, sources)
    except duckdb.Error as error:
        raise UserError(f"The tables cannot be read: {text(first_line(error))}") from None


@app.command("summary")
def summary_command(
    db: Warehouse = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", metavar="DIR", help="Truth of a simulated company, shown beside."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Where the report lies.")
    ] = None,
    as_json: Json = False,
    language: Language = "en",
) -> None:
    """Summarise a warehouse in plain text.

    Rows, funnel, black hole, sources, campaigns, goals, model, and whom to call next.
    """
    from lead_funnel.report.summary import summarize, summary_figures
    from lead_funnel.report.truth import read_truth

    db = warehouse_path(db)
    if as_json:
        say_json(summary_figures(db))
    else:
        say(summarize(db, read_truth(truth) if truth else None, report, language))


@app.command("report")
def report_command(
    db: Warehouse = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The page; by default beside the warehouse."),
    ] = None,
    language: Language = "en",
) -> None:
    """Write the report as one HTML file."""
    from lead_funnel.report.report import write_report

    db = warehouse_path(db)
    out = out or db.with_name(f"{db.stem}.report.html")
    with working("the report"):
        write_report(db, out, language)
    say(f"Wrote {out}")


@app.command("explain")
def explain_command(
    lead: Annotated[
        str,
        typer.Argument(
            metavar="LEAD",
            help="The lead's key, its id in the CRM or its e-mail address; `-` reads it from "
            "standard input, so that no address ends up in the shell's history.",
        ),
    ],
    db: Warehouse = None,
    as_json: Json = False,
) -> None:
    """Explain a lead: stage, score, owner, points.

    With the reasons of the score and what happened. No name or address is printed.
    """
    from lead_funnel.report.explain import explain, explanation_text

    wanted = sys.stdin.readline().strip() if lead == "-" else lead
    found = explain(warehouse_path(db), wanted)
    if as_json:
        say_json(found)
    else:
        say(explanation_text(found))


@app.command("dashboard")
def dashboard_command(
    db: Warehouse = None,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, metavar="N", help="Port on this machine.")
    ] = 8501,
) -> None:
    """Open the explorer in this machine's browser."""
    import subprocess
    from importlib.util import find_spec

    from lead_funnel.report.palette import ACCENT
    from lead_funnel.warehouse import published_path

    if find_spec("streamlit") is None:
        raise UserError("The explorer needs Streamlit: pip install 'lead-funnel[dashboard]'.")
    file = warehouse_path(db)
    if not file.is_file() and not published_path(file).is_file():
        raise UserError(
            f"There is no warehouse at {file}. Build one first with `lead-funnel build`."
        )
    page = Path(__file__).resolve().parents[1] / "dashboard" / "app.py"
    # Only for this machine; nothing is told to anybody.
    words = ["--server.address", "localhost", "--server.port", str(port)]
    words += ["--browser.gatherUsageStats", "false", "--client.toolbarMode", "minimal"]
    # The colours of its charts are told apart on a light page.
    words += ["--theme.base", "light", "--theme.primaryColor", ACCENT, "--", "--db", str(file)]
    command = [sys.executable, "-m", "streamlit", "run", str(page), *words]
    end(subprocess.run(command, check=False).returncode)


@app.command("doctor")
def doctor_command(
    raw: RawFolder = None,
    db: Warehouse = None,
    project: ProjectDir = Path(),
    as_json: Json = False,
) -> None:
    """Check what a build needs, in seconds.

    Python, disk, memory, locks, project, seeds, raw files, sources and the copy.
    Ends with 2 if a check failed.
    """
    from lead_funnel.command.options import raw_path
    from lead_funnel.doctor import FAIL, check_all

    checks = check_all(project, raw_path(raw), warehouse_path(db, project))
    if as_json:
        say_json([vars(check) for check in checks])
    else:
        for check in checks:
            say(f"{check.state:<5} {check.subject:<9} {check.finding}")
            if check.remedy:
                say(f"{'':<16}{check.remedy}")
    end(USAGE if any(check.state == FAIL for check in checks) else 0)
