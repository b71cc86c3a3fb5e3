"""The nightly run: build, test, train when due, score, publish, report.

It stops at the first step that fails, so that
readers go on with what passed. A second build of the same warehouse waits for the first.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from lead_funnel import last_build
from lead_funnel.console import note, say, working
from lead_funnel.dbt_runs import run_dbt
from lead_funnel.errors import UserError
from lead_funnel.fresh.small import remove_small
from lead_funnel.fresh.state import begin_whole, remember_whole
from lead_funnel.held import watched
from lead_funnel.locks import build_lock
from lead_funnel.project import link_package
from lead_funnel.publish import retention
from lead_funnel.publish.copy import publish
from lead_funnel.publish.floor import ChangedError, check_floor
from lead_funnel.publish.rewrite import rewrite_if_due
from lead_funnel.raw.folder import check_folder
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

Steps: TypeAlias = Sequence[tuple[str, Callable[[], str]]]
"""What is said of each step, and what it does."""


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
        Publish even if much of the published copy would disappear.
    sources : pathlib.Path, optional
        A YAML file with the list `sources`, instead of that in dbt_project.yml.
    project : pathlib.Path
        Folder of the dbt project.
    again : bool
        Build even if nothing is new since the last build.
    """

    raw: Path
    db: Path
    truth: Path | None = None
    accept_changes: bool = False
    sources: Path | None = None
    project: Path = Path()
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

    def steps(self) -> Steps:
        """Give the steps in their order: what is said of each, and what it does."""
        return [
            ("Build and test the tables", lambda: self._dbt(*BUILD, "--exclude", SCORES)),
            ("Compare with what is published", self._compare),
            ("Train a model, if one is due", self._train),
            ("Score, route and test", lambda: self._dbt(*BUILD, "--select", SCORES)),
            ("Publish the copy for readers", self._publish),
            (
                "Record what was published",
                lambda: self._dbt("run-operation", "record_published"),
            ),
            ("Request the erasure of people whose retention period is over", self._retain),
            ("Draw the report", self._report),
        ]

    @cached_property
    def entries(self) -> object:
        """The company's tools."""
        return read_entries(self.project, self.sources)

    @property
    def variables(self) -> list[str]:
        """What is said to dbt of its variables."""
        return ["--vars", json.dumps({"sources": self.entries})] if self.sources else []

    def given(self) -> last_build.Stamps | None:
        """Give what the build is made of.

        Raises
        ------
        UserError
            If a setting cannot be read.
        """
        return last_build.given(self.raw, self.project, self.entries, self.variables)

    def _dbt(self, *arguments: str) -> str:
        told = [*arguments, *self.variables]
        return run_dbt(told, "tables and tests", self.db, self.said, self.project)

    def _train(self) -> str:
        place = [] if self.project == Path() else ["--project-dir", str(self.project)]
        return run_ml("train", "--if-due", "--compare", *place)

    def _compare(self) -> str:
        if self.accept_changes:
            return "not asked for"
        # Before a model learns from what may be half a company.
        check_floor(self.db, self.copy)
        return ""

    def _publish(self) -> str:
        with working("tables for readers"):
            tables = publish(self.db, self.copy, self.accept_changes)
        return f"{count_text(len(tables))} tables"

    def _retain(self) -> str:
        return retention.ask(self.db, self.raw / retention.FILE)

    def _report(self) -> str:
        with working("the report"):
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


def run_steps(steps: Steps) -> None:
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


def _rewrite(db: Path, is_whole: bool) -> None:
    with working("erased data"):
        rewrite_if_due(db, is_whole=is_whole)


def do_what_is_new(
    options: Build, begun: last_build.Stamps | None, run: Callable[[Steps], None]
) -> bool:
    """Have the steps run, unless what the last build made stands; tell whether they were.

    Parameters
    ----------
    begun : dict, optional
        What it is made of, as `Build.given` tells before anything is done.
    """
    state = last_build.state_path(options.db)
    if not options.again and last_build.is_standing(state, options.made, begun):
        return False
    # Told already, unless something else could not be told.
    made_by = begun["made_by"] if begun else last_build.made_by(options.project, options.variables)
    begin_whole(options.db)
    with watched(options.db) as held:
        try:
            run(options.steps())
        except Exception:
            # What was erased leaves the file even where a step failed.
            try:
                _rewrite(options.db, is_whole=False)
            except UserError as error:
                note(f"  {error}")
            raise
        # The tables of scores are the last to be made without it.
        _rewrite(options.db, is_whole=True)
    note(str(held))
    remember_whole(options.db, made_by)
    last_build.remember(state, options.made, begun)
    return True


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
    begun = options.given()
    try:
        if not do_what_is_new(options, begun, run_steps):
            note(
                "Nothing is new since the last build, so its results stay (--again builds anyway)."
            )
    except UserError as error:
        note(f"build: {error}")
        if isinstance(error, ChangedError):
            # The summary would have shown them.
            for line in warning_lines(read_warnings(options.db)):
                note(line)
        return 1
    say(summarize(options.db, truth, options.report))
    return 0


def build_warehouse(options: Build, wait_seconds: float) -> int:
    """Run all steps while no other build of the warehouse does.

    Returns
    -------
    int
        0; 1 if a step failed or nothing was published.

    Raises
    ------
    UserError
        If something must be fixed first.
    """
    if options.db.is_dir():
        raise UserError(f"{options.db} is a folder. Name a file with --db.")
    if not options.entries:
        check_folder(options.raw, options.db)
    os.environ["LEAD_FUNNEL_RAW"] = str(options.raw)
    os.environ["LEAD_FUNNEL_DB"] = str(options.db)
    options.db.parent.mkdir(parents=True, exist_ok=True)
    link_package(options.project)
    with build_lock(options.db, wait_seconds):
        # What a fresh run left that was killed names people, and may name who is now erased.
        remove_small(options.db)
        return build(options)
