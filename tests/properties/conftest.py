"""The project compiled once, and a replay of it."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.dbt_runs import Once, Parsed
from tests.properties.compiled import Project, compile_project
from tests.properties.dbt_commands import PARSED
from tests.properties.histories import EDITS, TABLES
from tests.properties.replay import Replay
from tests.properties.steps import Arrive
from tests.properties.stories import STORIES
from tests.properties.tools import FILLED, tools


def filled_columns() -> dict[str, set[str]]:
    """By raw table, the columns that a random history or a story may fill."""
    filled = {table: {"loaded_at", *columns} for table, (_, columns) in TABLES.items()}
    for steps in STORIES.values():
        for step in steps:
            for table, row in step.rows if isinstance(step, Arrive) else ():
                filled[table] |= set(row)
    return filled


def compiled_once(once: Once, parsed: Path, name: str, make: Callable[[Path], Project]) -> Project:
    """Compile a project for all workers: `make` does it in a folder that holds what was parsed."""

    def fill(folder: Path) -> None:
        shutil.copy(parsed, folder / PARSED)
        (folder / "project.pickle").write_bytes(pickle.dumps(make(folder)))

    made = pickle.loads((once(name, fill) / "project.pickle").read_bytes())
    assert isinstance(made, Project)
    return made


@pytest.fixture(scope="session")
def project(once: Once, parsed: Parsed) -> Project:
    return compiled_once(
        once,
        parsed({}),
        "properties",
        lambda folder: compile_project(folder, filled_columns()),
    )


@pytest.fixture(scope="session")
def connected(once: Once, parsed: Parsed) -> Project:
    """The project with tools on."""
    given = tools()
    return compiled_once(
        once,
        parsed({"sources": given.connections}),
        "properties_with_tools",
        lambda folder: compile_project(folder, FILLED, given),
    )


@pytest.fixture(scope="session")
def replay(project: Project) -> Iterator[Replay]:
    made = Replay(project, EDITS)
    yield made
    made.close()
