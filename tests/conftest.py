"""What several folders of tests share: dbt run in this process, and work that is done once."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

# What hands out the tests loads this file, too, before any worker begins: dbt is loaded where it
# runs, which takes two seconds.
if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

    from tests.dbt_runs import DbtRun, Once, Parsed, RunDbt

if "PYTEST_XDIST_WORKER" in os.environ:
    # Each worker has one core.
    for threads in ("LEAD_FUNNEL_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(threads, "1")

# To look through all that dbt keeps, after each command, would take half as long as the command.
gc.set_threshold(100_000, 50, 100)

# What runs on one worker because it shares what it builds, or because it is one file, the longest
# first, as a whole run measured them: a long one at the end would keep one worker busy while the
# other has nothing to do. Those that build the same stand apart, so that no worker waits for
# another: the second runs no dbt, because the first one parses the project. What is killed in
# forks comes before a worker has built much: a fork costs by what the process holds in memory.
LONGEST_FIRST = (
    "properties",
    "ml/test_train.py",
    "ml/test_gate.py",
    "ml/test_killed.py",
    "sync/test_killed_publishing.py",
    "pipeline/test_erasure.py",
    "properties/test_upserts.py",
    "points",
    "pipeline/test_fresh.py",
    "sources",
    "pipeline/test_raw.py",
    "marts",
    "package/test_wheel.py",
    "pipeline/test_demo.py",
    "messy",
    "pipeline/test_stories.py",
    "pipeline/test_increments.py",
    "pipeline/test_first_knowledge.py",
    "pipeline/test_raw_faults.py",
    "pipeline/test_olist.py",
    "planted",
    "pipeline/test_identity.py",
    "sync/test_killed.py",
    "ml/test_fit.py",
    "pipeline/test_model_truth.py",
    "pipeline/test_no_future.py",
    "pipeline/test_stage_replay.py",
    "sync/test_push.py",
    "publish/test_dashboard.py",
    "package/test_package.py",
    "publish/test_build.py",
    "structure/test_parsed_once.py",
    "pipeline/test_crm_sync.py",
    "publish/test_language.py",
    "pipeline/test_drift.py",
    "publish/test_publish_summary.py",
)
SHARING = {
    "properties": "properties",
    "properties/test_upserts.py": "properties/test_upserts.py",
    "points": "points",
    "marts": "marts",
    "messy": "messy",
    "sources": "sources",
    "pipeline/test_contact.py": "planted",
    "pipeline/test_decisions.py": "planted",
    "pipeline/test_handoff_truth.py": "by_crm",
    "pipeline/test_truth.py": "by_crm",
}

# What runs dbt, fits again and again, pushes night after night, starts the explorer or kills
# processes. Single tests that take two seconds are marked where they stand.
SLOW_FIXTURES = {"parsed", "bank_file", "olist_file", "good_world"}
SLOW = (
    "ml/test_fit.py",
    "ml/test_killed.py",
    "sync/test_killed.py",
    "sync/test_killed_publishing.py",
    "sync/test_push.py",
    "pipeline/test_fresh.py",
    "pipeline/test_replaced_tables.py",
    "publish/test_browser.py",
    "publish/test_dashboard.py",
    "structure/test_sql_lint.py",
)


def group(file: str) -> str:
    """What a test file, named from the folder of tests, runs together with."""
    return SHARING.get(file) or SHARING.get(file.split("/")[0]) or file


class InGroups(LoadScopeScheduling):
    """Gives whole groups to workers, in the order of the items."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.split("::")[0].removeprefix("tests/"))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InGroups:
    """Not by marks: they are part of a node's id, which pytest 9 keeps from being changed."""
    return InGroups(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what runs first, and which tests are slow."""

    def name(item: pytest.Item) -> str:
        return group(item.path.relative_to(Path(__file__).parent).as_posix())

    def place(item: pytest.Item) -> int:
        return (
            LONGEST_FIRST.index(name(item)) if name(item) in LONGEST_FIRST else len(LONGEST_FIRST)
        )

    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())) or name(item) in SLOW:
            item.add_marker(pytest.mark.slow)
    items.sort(key=place)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Have a folder filled by one worker for all: `once("company", fill)` calls `fill(folder)`.

    Nobody may write into the folder afterwards: copy what is to be changed.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    shared.mkdir(exist_ok=True)

    def do(name: str, fill: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                # Without `done`, whoever was here before us failed.
                folder.mkdir(exist_ok=True)
                fill(folder)
                done.touch()
        return folder

    return do


@pytest.fixture(scope="session")
def parsed(once: Once) -> Parsed:
    """The parsed project, for runs with these variables."""
    from tests.dbt_runs import OTHER_VARIABLES, PARSED_VARIABLES
    from tests.parsed_project import parse

    def find(variables: Mapping[str, Any]) -> Path:
        assert variables.keys() <= PARSED_VARIABLES.keys() | OTHER_VARIABLES.keys(), (
            "Say in tests/dbt_runs.py whether the parser reads the variable."
        )
        values = {name: value for name, value in PARSED_VARIABLES.items() if variables.get(name)}
        name = "_".join(["parsed", *values])
        return once(name, lambda folder: parse(folder, values) and None) / "partial_parse.msgpack"

    return find


@pytest.fixture(scope="session")
def run_dbt(tmp_path_factory: pytest.TempPathFactory, parsed: Parsed) -> RunDbt:
    """Run a dbt command: `run_dbt(["build", "--select", "staging"], raw=folder, db=file)`."""
    from tests.dbt_runs import PROJECT, DbtRun, invoke

    folder = tmp_path_factory.mktemp("dbt")

    def run(
        arguments: list[str],
        raw: Path | str,
        db: Path,
        variables: dict[str, Any] | None = None,
        project: Path | None = None,
        edit: Callable[[Manifest], None] | None = None,
    ) -> DbtRun:
        lines: list[str] = []

        def listen(event: EventMsg) -> None:
            lines.append(event.info.msg)

        given = ["--vars", json.dumps(variables)] if variables else []
        outcome = invoke(
            ["--no-write-json", *arguments, *given],
            # A project of its own is parsed again only where it changed.
            project or folder,
            db,
            raw,
            project=project or PROJECT,
            parsed=None if project else parsed(variables or {}),
            edit=edit,
            listen=listen,
        )
        if outcome.exception:
            lines.append(str(outcome.exception))
        messages = {
            result.node.name: str(result.message)
            for result in getattr(outcome.result, "results", None) or []
            # A macro that fails has no node.
            if hasattr(result, "node") and result.status not in ("success", "pass")
        }
        return DbtRun(outcome.success, "\n".join(lines), messages, outcome.result)

    return run
