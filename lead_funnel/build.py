"""The nightly run: build, test, train when due, score, publish, report.

``python -m lead_funnel.build --raw data/raw --db data/warehouse.duckdb``

It runs in the folder of the dbt project. It stops at the first step that fails, so that
readers go on with what passed. A second build of the same warehouse waits for the first.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lead_funnel import last_build
from lead_funnel.console import note, say
from lead_funnel.dbt_runs import run_dbt
from lead_funnel.errors import UserError
from lead_funnel.locks import BUILD_WAIT_SECONDS, build_lock
from lead_funnel.publish import retention
from lead_funnel.publish.copy import publish
from lead_funnel.publish.floor import ChangedError, check_floor
from lead_funnel.publish.rewrite import rewrite_if_due
from lead_funnel.report.report import write_report
from lead_funnel.report.summary import summarize
from lead_funnel.report.truth import read_truth
from lead_funnel.report.warnings import read_warnings, warning_lines
from lead_funnel.sources.settings import read_entries
from lead_funnel.warehouse import published_path
from lead_funnel.words import count_text

# Unit tests hold the code to its word, whatever the rows: they belong to `make test`.
BUILD = ("build", "--exclude-resource-type", "unit_test")
# What hangs on the scores waits for the model: nothing is made or tested twice.
SCORES = "source:ml+"


@dataclass(frozen=True)
class Build:
    """What one run is asked to do.

    Attributes
    ----------
    raw, db : pathlib.Path
        Folder of the raw files; the warehouse.
    truth : pathlib.Path, optional
        Truth of a simulated company, for the summary.
    accept_changes : bool
        Publish even where much of the published copy would be gone.
    sources : pathlib.Path, optional
        A YAML file with the list `sources`, instead of that in dbt_project.yml.
    again : bool
        Build though nothing is new since the last build.
    """

    raw: Path
    db: Path
    truth: Path | None = None
    accept_changes: bool = False
    sources: Path | None = None
    again: bool = False
    said: set[str] = field(default_factory=set)

    @property
    def copy(self) -> Path:
        """Where readers find the copy."""
        return published_path(self.db)

    @property
    def report(self) -> Path:
        """Where the report lies."""
        return self.db.with_name(f"{self.db.stem}.report.html")

    @property
    def made(self) -> tuple[Path, ...]:
        """What a build leaves."""
        return self.db, self.copy, self.report

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """Give the steps in their order: what is said of each, and what it does."""
        return [
            ("Build and test the tables", self._build),
            ("Compare with what is published", self._compare),
            ("Train a model, if one is due", lambda: run_ml("train", "--if-due", "--compare")),
            ("Score, route and test", lambda: self._dbt(*BUILD, "--select", SCORES)),
            ("Publish the copy for readers", self._publish),
            (
                "Remember what was published",
                lambda: self._dbt("run-operation", "record_published"),
            ),
            ("Ask for people to be forgotten, if their time is over", self._retain),
            ("Draw the report", self._report),
        ]

    @cached_property
    def entries(self) -> object:
        """The company's tools."""
        return read_entries(Path(), self.sources)

    @property
    def variables(self) -> list[str]:
        """What is said to dbt of its variables."""
        return ["--vars", json.dumps({"sources": self.entries})] if self.sources else []

    def _dbt(self, *arguments: str) -> str:
        told = [*arguments, *self.variables]
        return run_dbt(told, "  tables and tests", self.db, self.said)

    def _build(self) -> str:
        try:
            return self._dbt(*BUILD, "--exclude", SCORES)
        finally:
            # What was erased leaves the file even where a test failed.
            rewrite_if_due(self.db)

    def _compare(self) -> str:
        if self.accept_changes:
            return "not asked for"
        # Before a model learns from what may be half a company.
        check_floor(self.db, self.copy)
        return ""

    def _publish(self) -> str:
        tables = publish(self.db, self.copy, self.accept_changes)
        return f"{count_text(len(tables))} tables"

    def _retain(self) -> str:
        return retention.ask(self.db, self.raw / retention.FILE)

    def _report(self) -> str:
        write_report(self.db, self.report)
        return str(self.report)


def run_ml(*arguments: str) -> str:
    """Run a command of lead-ml in a process of its own, which gives its memory back.

    Raises
    ------
    UserError
        If it failed; it has said why.
    """
    ended = subprocess.run([sys.executable, "-m", "ml.commands.cli", *arguments], check=False)
    if ended.returncode:
        raise UserError(f"lead-ml {' '.join(arguments)} failed with code {ended.returncode}.")
    return ""


def run_steps(steps: Sequence[tuple[str, Callable[[], str]]]) -> None:
    """Do one step after the other, and say how long each took.

    Raises
    ------
    UserError
        If a step fails; the later ones are not begun.
    """
    for number, (label, work) in enumerate(steps, start=1):
        note(f"[{number}/{len(steps)}] {label} ...")
        started = time.monotonic()
        done = work()
        note(f"      {time.monotonic() - started:.0f} s" + (f": {done}" if done else ""))


def build(options: Build) -> int:
    """Run all steps, and end with the summary.

    Returns
    -------
    int
        0; 1 if a step failed or nothing was published.

    Raises
    ------
    UserError
        If what was given cannot be used.
    """
    truth = read_truth(options.truth) if options.truth else None
    begun = last_build.given(options.raw, Path(), options.entries, options.variables)
    try:
        if not options.again and last_build.is_standing(options.db, options.made, begun):
            note(
                "Nothing is new since the last build: what it made stands (--again builds anyway)."
            )
        else:
            run_steps(options.steps())
            last_build.remember(options.db, options.made, begun)
    except UserError as error:
        note(f"build: {error}")
        if isinstance(error, ChangedError):
            # The summary would have shown them.
            for line in warning_lines(read_warnings(options.db)):
                note(line)
        return 1
    say(summarize(options.db, truth, options.report))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0; 1 if a step failed or nothing was published; 2 if something must be fixed first.
    """
    parser = argparse.ArgumentParser(
        prog="python -m lead_funnel.build",
        description="Build, test, train when due, score, publish, report. Run it in the folder "
        "of the dbt project.",
    )
    parser.add_argument("--raw", type=Path, default=Path("data/raw"), metavar="DIR")
    parser.add_argument("--db", type=Path, default=Path("data/warehouse.duckdb"), metavar="FILE")
    parser.add_argument("--truth", type=Path, metavar="DIR", help="of a simulated company")
    parser.add_argument(
        "--accept-changes",
        action="store_true",
        help="publish even where much of the published copy would be gone",
    )
    parser.add_argument(
        "--sources",
        type=Path,
        metavar="FILE",
        help="the list of the company's tools, instead of the one in dbt_project.yml",
    )
    parser.add_argument(
        "--again", action="store_true", help="build though nothing is new since the last build"
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=BUILD_WAIT_SECONDS,
        metavar="SECONDS",
        help="wait for another build of this warehouse (default: an hour)",
    )
    given = parser.parse_args(arguments)
    os.environ["LEAD_FUNNEL_RAW"] = str(given.raw)
    os.environ["LEAD_FUNNEL_DB"] = str(given.db)
    try:
        given.db.parent.mkdir(parents=True, exist_ok=True)
        with build_lock(given.db, given.wait):
            return build(
                Build(
                    given.raw,
                    given.db,
                    given.truth,
                    given.accept_changes,
                    given.sources,
                    given.again,
                )
            )
    except UserError as error:
        note(f"build: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
