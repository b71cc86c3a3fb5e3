"""The commands to begin with: init and demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lead_funnel.command.run import INCOMPLETE, application, end
from lead_funnel.console import say, working
from lead_funnel.errors import UserError
from lead_funnel.locks import BUILD_WAIT_SECONDS
from lead_funnel.project import present_project, shipped_project

app = application("Begin.")


@app.command("init")
def init_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    detect: Annotated[
        Path | None,
        typer.Option(
            "--detect",
            metavar="DIR|DB",
            help="Look for tools there, and list them as sources: a DuckDB file, or folders of "
            "exported files.",
        ),
    ] = None,
    seeds: Annotated[
        str,
        typer.Option(
            "--seeds",
            metavar="NAMES",
            help="Seeds whose files become the company's, a,b,c; by default those that no two "
            "companies decide alike.",
        ),
    ] = "",
) -> None:
    """Make a company's own project.

    It holds the company's decisions; the models come from this package.
    """
    from lead_funnel.own_project import USUAL_SEEDS, make_project

    chosen = [name.strip() for name in seeds.split(",") if name.strip()] or list(USUAL_SEEDS)
    found = make_project(folder, chosen, detect)
    say(f"Made {folder}: dbt_project.yml, {len(chosen)} files of decisions in seeds/, README.md.")
    for line in found:
        say(f"  found {line.strip()}")
    if detect and not found:
        say(f"  No tables of a known tool are in {detect}.")
    build = "lead-funnel build" if found else "lead-funnel build --raw DIR"
    say(f"Next: cd {folder}, look through seeds/ and `vars`, then {build}.")


@app.command("demo")
def demo_command(
    leads: Annotated[
        int,
        typer.Option("--leads", min=10, max=10_000_000, metavar="N", help="People to simulate."),
    ] = 5000,
    seed: Annotated[
        int,
        typer.Option(
            "--seed", min=0, metavar="N", help="Random seed; the same seed gives the same company."
        ),
    ] = 7,
    folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where everything goes.")
    ] = Path("data/demo"),
) -> None:
    """Simulate a company, build it and report.

    5,000 people take some minutes on two cores.
    """
    from lead_funnel.nightly import Build, build_warehouse

    raw, truth = folder / "raw", folder / "truth"
    try:
        raw.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written: {error.strerror}. Name a folder with --out."
        ) from None
    simulate(leads, seed, raw, truth)
    project = present_project(Path())
    db = folder / "warehouse.duckdb"
    if project != Path():
        raw, truth, db = raw.absolute(), truth.absolute(), db.absolute()
    # Each demo is another company, whatever was published before.
    options = Build(raw, db, truth, accept_changes=True, project=project)
    end(build_warehouse(options, BUILD_WAIT_SECONDS))


def simulate(leads: int, seed: int, raw: Path, truth: Path) -> None:
    """Run the simulator, which lies beside the dbt project.

    Raises
    ------
    UserError
        If it is not there.
    """
    import os
    import subprocess
    import sys

    place = shipped_project()
    if not (place / "demo" / "simulate.py").is_file():
        raise UserError(f"There is no simulator in {place}. Install lead-funnel again.")
    known = os.environ.get("PYTHONPATH")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(place), known]))}
    words = ["--leads", str(leads), "--seed", str(seed), "--out", str(raw), "--truth", str(truth)]
    with working("simulating a company"):
        ended = subprocess.run(
            [sys.executable, "-m", "demo.simulate", *words], env=environment, check=False
        )
    if ended.returncode:
        raise typer.Exit(INCOMPLETE)
