"""The project compiled once, and a replay of it."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dbt_runs import Once, Parsed
from tests.properties.compiled import PARSED, Project, compile_project
from tests.properties.histories import EDITS, TABLES
from tests.properties.replay import Replay
from tests.properties.steps import Arrive
from tests.properties.stories import STORIES


def filled_columns() -> dict[str, set[str]]:
    """By raw table, the columns that a random history or a story may fill."""
    filled = {table: {"loaded_at", *columns} for table, (_, columns) in TABLES.items()}
    for steps in STORIES.values():
        for step in steps:
            for table, row in step.rows if isinstance(step, Arrive) else ():
                filled[table] |= set(row)
    return filled


@pytest.fixture(scope="session")
def project(once: Once, parsed: Parsed) -> Project:
    """Compiled once for all workers."""

    def fill(folder: Path) -> None:
        shutil.copy(parsed({}), folder / PARSED)
        compiled = compile_project(folder, filled_columns())
        (folder / "project.pickle").write_bytes(pickle.dumps(compiled))

    made = pickle.loads((once("properties", fill) / "project.pickle").read_bytes())
    assert isinstance(made, Project)
    return made


@pytest.fixture(scope="session")
def replay(project: Project) -> Iterator[Replay]:
    made = Replay(project, EDITS)
    yield made
    made.close()
