"""The command ``lead-ml``, whose commands ``lead-funnel`` has too."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lead_funnel.command.options import Json, ProjectDir, Warehouse, say_json
from lead_funnel.command.run import application, run
from lead_funnel.console import say, working
from ml.settings import LabelPolicy, ModelSettings

if TYPE_CHECKING:
    from lead_funnel.warehouse import Connection
    from ml.commands.material import TrainOptions

app = application("Train, judge and keep models that predict closed won.")

HorizonDays = Annotated[
    int | None,
    typer.Option(
        "--horizon-days",
        min=1,
        metavar="DAYS",
        help="Days within which a lead must be won; by default the variable label_horizon_days.",
    ),
]
Policy = Annotated[
    LabelPolicy | None,
    typer.Option(
        "--label-policy",
        help="How the model treats leads that nobody worked; by default the variable label_policy.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Random seed.")]


@contextmanager
def opened(db: Path | None, project: Path, *, writes: bool = False) -> Iterator[Connection]:
    """Open the warehouse; what only reads may be asked of the published copy too."""
    from lead_funnel.profile import database_path
    from lead_funnel.warehouse import open_warehouse, refuse_published_copy

    path = database_path(project, db)
    with open_warehouse(path, read_only=not writes) as connection:
        if writes:
            refuse_published_copy(connection, path)
        yield connection


def options_of(
    project: Path,
    horizon_days: int | None,
    label_policy: LabelPolicy | None,
    seed: int,
    **more: bool,
) -> TrainOptions:
    """Fill in what the project's variables say."""
    from ml.commands.material import TrainOptions
    from ml.data.features import project_variable

    return TrainOptions(
        project=project,
        horizon_days=horizon_days or int(project_variable(project, "label_horizon_days") or 90),
        label_policy=label_policy or project_variable(project, "label_policy") or "weighted",
        settings=ModelSettings(seed=seed),
        **more,
    )


def say_all(lines: Sequence[str]) -> None:
    """Write a report."""
    for line in lines:
        say(line)


@app.command("train")
def train_command(
    db: Warehouse = None,
    project: ProjectDir = Path(),
    horizon_days: HorizonDays = None,
    label_policy: Policy = None,
    seed: Seed = ModelSettings.seed,
    if_due: Annotated[
        bool, typer.Option("--if-due", help="Only if the data have moved on.")
    ] = False,
    compares: Annotated[
        bool, typer.Option("--compare", help="Also write what `compare` writes.")
    ] = False,
) -> None:
    """Train a version, the champion if it passes.

    It takes over only if it passes its gate.
    """
    with working("loading libraries"):
        from ml.commands.due import told_if_not_due

    options = options_of(project, horizon_days, label_policy, seed, compares=compares)
    if if_due:
        with opened(db, project, writes=True) as connection:
            told = told_if_not_due(connection, options, show=True)
        if told:
            say_all(told)
            return
    with working("loading libraries"):
        from ml.commands.train import train

    with opened(db, project, writes=True) as connection:
        say_all(train(connection, options, show=True))


@app.command("compare")
def compare_command(
    db: Warehouse = None,
    project: ProjectDir = Path(),
    horizon_days: HorizonDays = None,
    label_policy: Policy = None,
    seed: Seed = ModelSettings.seed,
) -> None:
    """Compare scorers on the same leads.

    Points, model, boosting, the reps' rating and the base rate.
    """
    with working("loading libraries"):
        from ml.commands.compare import compare

    with opened(db, project, writes=True) as connection:
        options = options_of(project, horizon_days, label_policy, seed)
        say_all(compare(connection, options, show=True))


@app.command("scorecard")
def scorecard_command(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the rules are written.")
    ],
    db: Warehouse = None,
    project: ProjectDir = Path(),
    horizon_days: HorizonDays = None,
    label_policy: Policy = None,
    seed: Seed = ModelSettings.seed,
) -> None:
    """Write the model as points rules.

    And say how much worse they rank.
    """
    from ml.commands.scorecard import scorecard

    with opened(db, project) as connection:
        options = options_of(project, horizon_days, label_policy, seed)
        say_all(scorecard(connection, options, out, show=True))


# Scores may be below 0, which is no option.
@app.command("policy", context_settings={"ignore_unknown_options": True})
def policy_command(
    threshold: Annotated[
        list[float],
        typer.Option("--threshold", metavar="T", help="Score from which leads are handed over."),
    ],
    more: Annotated[
        list[float] | None,
        typer.Argument(metavar="[T]...", help="More thresholds.", show_default=False),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="SCORE",
            help="`points` or `probability` as logged, or a model version; by default probability "
            "where one was logged, else points.",
        ),
    ] = None,
    db: Warehouse = None,
    project: ProjectDir = Path(),
) -> None:
    """Estimate what other thresholds would have won.

    From the logged draws; also for another score or version.
    """
    from ml.judge.decisions import judge_policy

    with opened(db, project) as connection:
        say_all(judge_policy(connection, project, [*threshold, *(more or [])], by))


@app.command("versions")
def versions_command(
    db: Warehouse = None, project: ProjectDir = Path(), as_json: Json = False
) -> None:
    """List the versions of the model."""
    from ml.commands.versions import list_versions
    from ml.model.registry import read_versions

    with opened(db, project) as connection:
        if as_json:
            say_json(read_versions(connection).to_dict("records"))
        else:
            say_all(list_versions(connection))


@app.command("show")
def show_command(
    version: Annotated[
        str | None, typer.Argument(help="The version; by default the champion.")
    ] = None,
    db: Warehouse = None,
    project: ProjectDir = Path(),
) -> None:
    """Show a version of the model.

    What it learnt from, how it did, what each feature weighs.
    """
    from ml.commands.versions import show_version

    with opened(db, project) as connection:
        say_all(show_version(connection, version))


@app.command("promote")
def promote_command(
    version: Annotated[str, typer.Argument(help="The version to put in charge.")],
    force: Annotated[bool, typer.Option("--force", help="Even if it failed the gate.")] = False,
    db: Warehouse = None,
    project: ProjectDir = Path(),
) -> None:
    """Make a version the champion by hand."""
    from ml.commands.versions import promote

    with opened(db, project, writes=True) as connection:
        say_all(promote(connection, version, force=force))


@app.command("rollback")
def rollback_command(db: Warehouse = None, project: ProjectDir = Path()) -> None:
    """Go back to the previous champion."""
    from ml.commands.versions import rollback

    with opened(db, project, writes=True) as connection:
        say_all(rollback(connection))


@app.command("fit")
def fit_command(
    examples: Annotated[
        Path, typer.Option("--examples", metavar="FILE", help="The table: CSV or Parquet.")
    ],
    label: Annotated[
        str, typer.Option("--label", metavar="COLUMN", help="Whether it was won: 0 or 1.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the model.")],
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            metavar="COLUMN",
            help="Moment of the example; `@row` if the rows are in order of time; without it the "
            "test is drawn at random.",
        ),
    ] = None,
    points: Annotated[
        str | None, typer.Option("--points", metavar="COLUMN", help="A score to compare with.")
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="COLUMN", help="Rows that belong together.")
    ] = None,
    exclude: Annotated[
        str, typer.Option("--exclude", metavar="COLUMNS", help="Columns to leave out: a,b,c.")
    ] = "",
    embargo_days: Annotated[
        int,
        typer.Option(
            "--embargo-days",
            min=0,
            metavar="DAYS",
            help="Days until an outcome is known; training stops that long before the test.",
        ),
    ] = 0,
    seed: Seed = ModelSettings.seed,
    max_ramps: Annotated[
        int,
        typer.Option("--max-ramps", min=1, metavar="N", help="Most spline pieces of a number."),
    ] = ModelSettings.max_ramps,
    min_level_count: Annotated[
        int,
        typer.Option(
            "--min-level-count",
            min=1,
            metavar="N",
            help="Rows that a category value needs to count separately.",
        ),
    ] = ModelSettings.min_level_count,
) -> None:
    """Fit any flat table, without a warehouse."""
    from ml.commands.fit import fit
    from ml.data.flat import FlatColumns

    columns = FlatColumns(
        label=label,
        time="@row" if time == "row_order" else time,
        points=points,
        group=group,
        exclude=tuple(name.strip() for name in exclude.split(",") if name),
        embargo_days=embargo_days,
    )
    settings = ModelSettings(seed=seed, max_ramps=max_ramps, min_level_count=min_level_count)
    say_all(fit(examples, columns, settings, out, show=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``lead-ml``.

    Returns
    -------
    int
        0, or 2 if the input or a setting is wrong.
    """
    return run(app, arguments, "lead-ml")


if __name__ == "__main__":
    sys.exit(main())
