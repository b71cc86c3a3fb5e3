"""The project as dbt parsed it, kept from one run of the tests to the next."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.dbt_runs import PROJECT, WAREHOUSE, invoke

KEPT = PROJECT / "target" / "parsed_for_tests"
# The project as `invoke` takes it, and its metrics.
MADE = ("partial_parse.msgpack", "semantic_manifest.json")
# What the parser reads, and how it is run.
READ_FOLDERS = ("models", "macros", "seeds", "tests")
READ_KINDS = {".sql", ".yml", ".md", ".csv"}
READ_FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml")
RUN_BY = (
    "lead_funnel/dbt_macros.py",
    "lead_funnel/dbt_speed.py",
    "tests/dbt_runs.py",
    "tests/parsed_project.py",
)
PACKAGES = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "jinja2")


def state_of_project() -> str:
    """A hash of everything that decides what the parser makes."""
    files = [
        file
        for folder in READ_FOLDERS
        for file in (PROJECT / folder).rglob("*")
        if file.suffix in READ_KINDS
    ]
    files += [PROJECT / name for name in (*READ_FILES, *RUN_BY)]
    found = hashlib.sha256()
    named = sorted(f"{name}={value}" for name, value in os.environ.items() if name[:4] == "DBT_")
    found.update(str([PROJECT, sys.version, *map(version, PACKAGES), *named]).encode())
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        found.update(f"{file.relative_to(PROJECT)} {content}\n".encode())
    return found.hexdigest()


def parse(folder: Path, variables: Mapping[str, Any]) -> Path:
    """Read the project, unless an earlier run has; gives the file that `invoke` takes.

    Parameters
    ----------
    folder : Path
        Where to read it to, and where the files lie.
    """
    given = hashlib.sha256(json.dumps(dict(variables), sort_keys=True).encode()).hexdigest()
    state = state_of_project()
    kept = {name: KEPT / state / f"{given}.{name}" for name in MADE}
    try:
        contents = {name: file.read_bytes() for name, file in kept.items()}
    except FileNotFoundError:
        arguments = ["--quiet", "parse", "--vars", json.dumps(dict(variables))]
        outcome = invoke(arguments, folder, folder / WAREHOUSE, folder / "no_files")
        assert outcome.success, outcome.exception
        contents = {name: (folder / "target" / name).read_bytes() for name in MADE}
        # Not if a file was edited meanwhile: nobody knows which of the two was read.
        if state_of_project() == state:
            for name, content in contents.items():
                _keep(content, kept[name])
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder / MADE[0]


def _keep(content: bytes, kept: Path) -> None:
    """Keep it whole or not at all, whoever else does the same now, and nothing of other states."""
    with suppress(FileNotFoundError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        made = kept.with_name(f"{kept.name}.{os.getpid()}")
        made.write_bytes(content)
        made.replace(kept)
    for other in KEPT.iterdir():
        if other.name != kept.parent.name:
            shutil.rmtree(other, ignore_errors=True)
