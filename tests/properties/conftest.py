"""The project compiled once, and a replay of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.dbt_runs import Parsed
from tests.properties.compiled import PARSED, Project, compile_project
from tests.properties.histories import EDITS
from tests.properties.replay import Replay


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, parsed: Parsed) -> Project:
    folder = tmp_path_factory.mktemp("compiled")
    shutil.copy(parsed({}), folder / PARSED)
    return compile_project(folder)


@pytest.fixture(scope="session")
def replay(project: Project) -> Iterator[Replay]:
    made = Replay(project, EDITS)
    yield made
    made.close()
