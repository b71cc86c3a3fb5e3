"""The command line ``lead-ml``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ml.errors import UserError
from ml.fit import fit
from ml.flat import FlatColumns
from ml.progress import note, say
from ml.settings import ModelSettings


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="lead-ml", description="Train, judge and keep models of closed won."
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
    one.add_argument("--max-ramps", type=_positive, default=6, metavar="N")
    one.add_argument("--min-level-count", type=_positive, default=10, metavar="N")
    return top


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
