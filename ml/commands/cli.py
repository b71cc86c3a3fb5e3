"""The command line ``lead-ml``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.warehouse import database_path, open_warehouse, refuse_published_copy
from ml.commands.compare import compare
from ml.commands.fit import fit
from ml.commands.material import TrainOptions
from ml.commands.scorecard import scorecard
from ml.commands.train import train
from ml.commands.versions import list_versions, promote, rollback, show_version
from ml.data.features import project_variable
from ml.data.flat import FlatColumns
from ml.judge.decisions import judge_policy
from ml.settings import LABEL_POLICIES, ModelSettings

# What these write is one transaction each.
WRITING = ("train", "compare", "promote", "rollback")


def parser() -> argparse.ArgumentParser:
    """Define the commands."""
    top = argparse.ArgumentParser(
        prog="lead-ml", description="Train, judge and keep models that predict closed won."
    )
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser(
        "fit", help="fit any flat table (CSV or Parquet), without a warehouse"
    )
    one.add_argument("--examples", type=Path, required=True, metavar="FILE")
    one.add_argument("--label", required=True, metavar="COLUMN")
    one.add_argument(
        "--time",
        metavar="COLUMN",
        help="moment of the example; '@row' if the rows are in order of time; "
        "without it the test is drawn at random",
    )
    one.add_argument("--points", metavar="COLUMN", help="a score to compare with")
    one.add_argument("--group", metavar="COLUMN", help="rows that belong together")
    one.add_argument("--exclude", default="", metavar="COLUMNS", help="a,b,c")
    one.add_argument(
        "--embargo-days",
        type=_natural,
        default=0,
        metavar="DAYS",
        help="days until an outcome is known; training stops that long before the test",
    )
    one.add_argument("--out", type=Path, required=True, metavar="DIR")
    one.add_argument("--seed", type=_natural, default=7)
    one.add_argument(
        "--max-ramps",
        type=_positive,
        default=ModelSettings.max_ramps,
        metavar="N",
        help="most spline pieces of a number",
    )
    one.add_argument("--min-level-count", type=_positive, default=10, metavar="N")
    warehouse_commands(commands)
    return top


def warehouse_commands(commands: Any) -> None:
    """Define the commands that work on the warehouse."""
    texts = {
        "train": "train a version and make it the champion if it passes the gate",
        "compare": "compare points, model, boosting and base rate on the same leads",
        "scorecard": "write the model as points rules, and say how much worse they rank",
        "policy": "estimate what another threshold or score would have won, from the logged draws",
        "versions": "list versions",
        "show": "show a version, by default the champion",
        "promote": "make a version the champion by hand",
        "rollback": "go back to the previous champion",
    }
    for name, text in texts.items():
        one = commands.add_parser(name, help=text)
        one.add_argument(
            "--db",
            type=Path,
            metavar="FILE",
            help="the warehouse; by default the one in the dbt profile",
        )
        one.add_argument("--project-dir", type=Path, default=Path(), metavar="DIR")
        if name in ("train", "compare", "scorecard"):
            one.add_argument("--horizon-days", type=_positive, metavar="DAYS")
            one.add_argument("--label-policy", choices=LABEL_POLICIES)
            one.add_argument("--seed", type=_natural, default=7)
        if name == "train":
            one.add_argument("--if-due", action="store_true", help="only if the data have moved on")
            one.add_argument("--compare", action="store_true", help="write what compare does, too")
        if name == "scorecard":
            one.add_argument("--out", type=Path, required=True, metavar="FILE")
        if name == "policy":
            one.add_argument("--threshold", type=float, nargs="+", required=True, metavar="T")
            one.add_argument(
                "--by",
                metavar="SCORE",
                help="points or probability as logged, or a model version; "
                "by default probability where one was logged, else points",
            )
        if name == "show":
            one.add_argument("version", nargs="?")
        if name == "promote":
            one.add_argument("version")
            one.add_argument("--force", action="store_true", help="even if it failed the gate")


def run_on_warehouse(arguments: argparse.Namespace) -> list[str]:
    """Run one command on the warehouse and give its report."""
    project: Path = arguments.project_dir
    path = database_path(project, arguments.db)
    # The others only read, and may be asked on the published copy.
    writes = arguments.command in WRITING
    with open_warehouse(path, read_only=not writes) as connection:
        if writes:
            refuse_published_copy(connection, path)
        if arguments.command == "versions":
            return list_versions(connection)
        if arguments.command == "show":
            return show_version(connection, arguments.version)
        if arguments.command == "policy":
            return judge_policy(connection, project, arguments.threshold, arguments.by)
        if arguments.command == "promote":
            return promote(connection, arguments.version, force=arguments.force)
        if arguments.command == "rollback":
            return rollback(connection)
        options = TrainOptions(
            project=project,
            horizon_days=arguments.horizon_days
            or int(project_variable(project, "label_horizon_days") or 90),
            label_policy=arguments.label_policy
            or project_variable(project, "label_policy")
            or "weighted",
            settings=ModelSettings(seed=arguments.seed),
            if_due=getattr(arguments, "if_due", False),
            compares=getattr(arguments, "compare", False),
        )
        if arguments.command == "scorecard":
            return scorecard(connection, options, arguments.out, show=True)
        command = train if arguments.command == "train" else compare
        return command(connection, options, show=True)


def _natural(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def run(arguments: argparse.Namespace) -> list[str]:
    """Run one command and give its report."""
    if arguments.command != "fit":
        return run_on_warehouse(arguments)
    exclude = tuple(name.strip() for name in arguments.exclude.split(",") if name)
    columns = FlatColumns(
        label=arguments.label,
        time="@row" if arguments.time == "row_order" else arguments.time,
        points=arguments.points,
        group=arguments.group,
        exclude=exclude,
        embargo_days=arguments.embargo_days,
    )
    settings = ModelSettings(
        seed=arguments.seed,
        max_ramps=arguments.max_ramps,
        min_level_count=arguments.min_level_count,
    )
    return fit(arguments.examples, columns, settings, arguments.out, show=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0, or 2 if the input or a setting is wrong.
    """
    try:
        for line in run(parser().parse_args(arguments)):
            say(line)
    except UserError as error:
        note(f"lead-ml: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
