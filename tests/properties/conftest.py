"""The project compiled once, and a replay of it."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dbt_runs import Once, Parsed
from tests.properties.compiled import PARSED, Project, compile_project
from tests.properties.histories import EDITS
from tests.properties.replay import Replay


@pytest.fixture(scope="session")
def project(once: Once, parsed: Parsed) -> Project:
    """Compiled once for all workers."""

    def fill(folder: Path) -> None:
        shutil.copy(parsed({}), folder / PARSED)
        (folder / "project.pickle").write_bytes(pickle.dumps(compile_project(folder)))

    made = pickle.loads((once("properties", fill) / "project.pickle").read_bytes())
    assert isinstance(made, Project)
    return made


@pytest.fixture(scope="session")
def replay(project: Project) -> Iterator[Replay]:
    made = Replay(project, EDITS)
    yield made
    made.close()
