"""The project compiled once, and a replay of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.properties.histories import EDITS
from tests.properties.replay import Project, Replay, compile_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return compile_project(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="session")
def replay(project: Project) -> Iterator[Replay]:
    made = Replay(project, EDITS)
    yield made
    made.close()
