"""dbt run in this process by tests: the project is parsed once, whatever is run on it."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ParsedNode
from dbt.mp_context import get_mp_context
from dbt.node_types import NodeType
from dbt_common.events.base_types import EventMsg

from lead_funnel.dbt_speed import fast_dbt, no_collections

PROJECT = Path(__file__).resolve().parents[1]
# The name of the file is the name of the database, which stands in everything that is parsed.
WAREHOUSE = "warehouse.duckdb"
# Variables that tests set, each with a value that stands for any. The first decide what the parser
# makes of the project; the others are read only when something runs.
PARSED_VARIABLES: dict[str, Any] = {
    "points_rules_file": "rules.csv",
    "sources": [
        {"tool": tool, "name": tool}
        for tool in ("hubspot", "salesforce", "marketo", "segment", "snowplow", "ga4")
    ],
}
OTHER_VARIABLES = {
    "as_of": "2026-01-15 03:00:00",
    "backfilled_until": "2026-01-15 03:00:00",
    "contacts_are_leads": True,
    "max_contraction_rounds": 2,
    "max_identifiers_per_person": 60,
    "points_caps_file": "caps.csv",
    "points_cells_file": "cells.csv",
    "reporting_time_zone": "Europe/Berlin",
    "slots_kept_for_the_day": 2,
}


@dataclass(frozen=True)
class DbtRun:
    """How a dbt command ended.

    Attributes
    ----------
    success : bool
        Whether everything that was asked for went through.
    log : str
        What a user would have read on the terminal.
    messages : dict of str to str
        By name of the model or test that did not go through, what it said.
    result : Any
        What dbt gave: the results of each node, the manifest of `parse`.
    """

    success: bool
    log: str
    messages: dict[str, str]
    result: Any = None


# Hooks that check the seeds take a second each time, and what passed passes again as long as the
# files are the same.
CHECKS = ("check_points_rules", "check_routing_seeds", "check_crm_field_map")
# Commands that run hooks.
WITH_HOOKS = ("build", "run", "seed", "test")
# Files of parsed projects whose seeds passed.
_checked: set[Path] = set()

RunDbt = Callable[..., DbtRun]
# Gives the parsed project for runs with these variables.
Parsed = Callable[[Mapping[str, Any]], Path]
# Does some work in a folder of this name, unless another worker did; gives the folder.
Once = Callable[[str, Callable[[Path], None]], Path]


# From loading on: half a million objects come, and to look for garbage among them takes many times
# as long as to load them.
@no_collections()
def invoke(
    arguments: list[str],
    folder: Path,
    db: Path,
    raw: Path | str,
    *,
    project: Path = PROJECT,
    parsed: Path | None = None,
    edit: Callable[[Manifest], None] | None = None,
    listen: Callable[[EventMsg], None] | None = None,
) -> dbtRunnerResult:
    """Run a dbt command.

    Parameters
    ----------
    folder : Path
        Where dbt writes what it compiles.
    project : Path
        This project, or a changed copy of it.
    parsed : Path, optional
        What `parse` of tests/parsed_project.py wrote. The project is read where it is not given:
        a quarter of a minute.
    edit : callable, optional
        Changes what was parsed, for this run alone.
    listen : callable, optional
        Told what dbt says, but for debugging.
    """
    assert parsed is None or edit or db.name == WAREHOUSE, f"Call the file {WAREHOUSE}: {db}"
    manifest = loaded(parsed, edit) if parsed else None
    # Not what is said of other files, or by other macros.
    may_differ = manifest is None or edit or any("_file" in word for word in arguments)
    if manifest and parsed in _checked and not may_differ:
        _leave_out_checks(manifest)
    paths = {"project-dir": project, "profiles-dir": project}
    paths |= {"target-path": folder / "target", "log-path": folder / "logs"}
    options = [f"--{name}={path}" for name, path in paths.items()]
    with (
        pytest.MonkeyPatch.context() as environment,
        warnings.catch_warnings(),
        fast_dbt(),
    ):
        warnings.simplefilter("ignore")
        if parsed:
            # It was parsed once: whether its models read each other in a circle need not be
            # found again by each run, which takes a fifth of a second.
            environment.setattr(Linker, "find_cycles", lambda linker: None)
        if not may_test(arguments):
            # That a model waits for the tests of what it reads makes thirty thousand edges, which
            # take half a second, and leave its place among the models as it is.
            environment.setattr(Linker, "add_test_edges", lambda linker, manifest: None)
        if "compile" not in arguments:
            # Two files a node, which nobody reads.
            environment.setattr(ParsedNode, "write_node", lambda *_: None)
        environment.setenv("LEAD_FUNNEL_RAW", str(raw))
        environment.setenv("LEAD_FUNNEL_DB", str(db))
        outcome = dbtRunner(manifest, [listen] if listen else []).invoke(
            ["--no-use-colors", "--log-level-file=none", *arguments, *options]
        )
        DuckDBConnectionManager.close_all_connections()
    command = next(word for word in arguments if not word.startswith("-"))
    if parsed and not may_differ and outcome.success and command in WITH_HOOKS:
        _checked.add(parsed)
    return outcome


def may_test(arguments: Sequence[str]) -> bool:
    """Whether a command may run data tests."""

    def values(option: str) -> set[str]:
        found: set[str] = set()
        at = ""
        for word in arguments:
            at = word if word.startswith("-") else at
            found |= {word} if at == option != word else set()
        return found

    kept = values("--resource-type")
    return "test" not in values("--exclude-resource-type") and (not kept or "test" in kept)


def loaded(parsed: Path, edit: Callable[[Manifest], None] | None) -> Manifest:
    """Load what was parsed: anew for each run, because a run leaves in it what it compiled."""
    attributes, flat_graph = _pickled(parsed.read_bytes())
    manifest = Manifest.__new__(Manifest)
    vars(manifest).update(pickle.loads(attributes), _lock=get_mp_context().Lock())
    if edit:
        edit(manifest)
        manifest.build_flat_graph()
    else:
        manifest.flat_graph = flat_graph
    return manifest


@lru_cache(maxsize=len(PARSED_VARIABLES) + 1)
def _pickled(parsed: bytes) -> tuple[bytes, Any]:
    """Give a project's attributes, which load in half the time so, and what macros read of it."""
    manifest = Manifest.from_msgpack(parsed)
    attributes = {name: value for name, value in vars(manifest).items() if name != "_lock"}
    made = pickle.dumps(attributes)
    # What macros read as `graph`; none changes it.
    manifest.build_flat_graph()
    return made, manifest.flat_graph


def _leave_out_checks(manifest: Manifest) -> None:
    for key, node in list(manifest.nodes.items()):
        is_hook = node.resource_type == NodeType.Operation
        if is_hook and any(f"{check}()" in node.raw_code for check in CHECKS):
            del manifest.nodes[key]
