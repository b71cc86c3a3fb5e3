"""The project compiled once, and a replay of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.properties.histories import EDITS
from tests.properties.replay import PARSED, Project, Replay, compile_project


@pytest.fixture(scope="session")
def project(
    tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[dict[str, Any]], Path]
) -> Project:
    folder = tmp_path_factory.mktemp("compiled")
    shutil.copy(parsed({}), folder / PARSED)
    return compile_project(folder)


@pytest.fixture(scope="session")
def replay(project: Project) -> Iterator[Replay]:
    made = Replay(project, EDITS)
    yield made
    made.close()
