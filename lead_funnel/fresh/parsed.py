"""The project as dbt parsed it, kept between fresh runs as long as nothing of it changed.

To read some hundred models, and as many files of tests and descriptions, takes dbt longer than to
run those that a few leads need.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lead_funnel.dbt_runs import run_dbt
from lead_funnel.dbt_speed import fast_dbt
from lead_funnel.fresh.small import folder_of
from lead_funnel.last_build import environment, made_by
from lead_funnel.nightly import Build
from lead_funnel.project import PACKAGE
from lead_funnel.warehouse import private_files

# What no fresh run looks at; and the text of files, which only the parser reads.
UNREAD = ("docs", "exposures", "files", "metrics", "saved_queries", "semantic_models", "unit_tests")
KEPT = "project.bin"
# Nothing is written about a run but the tables, and where it would be written.
QUIETLY = ("--no-write-json",)


def target_of(db: Path) -> Path:
    """Give the folder in which dbt keeps what it writes of its own."""
    return folder_of(db).absolute() / "target"


def parsed_project(options: Build, small: Path, variables: Sequence[str]) -> Any:
    """Give the parsed project, for all runs of dbt in this process.

    Parameters
    ----------
    small : pathlib.Path
        The database that runs write.
    variables : sequence of str
        What is said to dbt of its variables.
    """
    kept, of = (target_of(options.db).with_name(name) for name in (KEPT, "project.json"))
    now = json.dumps(
        {
            "made_by": made_by(options.project, variables),
            "project": str(options.project.absolute()),
            "environment": environment(),
        }
    )
    if not kept.is_file() or not of.is_file() or of.read_text(encoding="utf-8") != now:
        of.unlink(missing_ok=True)
        command = ["parse", *variables, *QUIETLY, f"--target-path={target_of(options.db)}"]
        run_dbt(command, "tables", small, options.said, options.project)
        with private_files():
            kept.write_bytes(_shortened(target_of(options.db) / "partial_parse.msgpack"))
            of.write_text(now, encoding="utf-8")
    return load_project(kept)


def load_project(kept: Path) -> Any:
    """Read a parsed project."""
    from dbt.contracts.graph.manifest import Manifest

    with fast_dbt():
        manifest = Manifest.from_msgpack(kept.read_bytes())
        # What macros read as `graph`.
        manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def without_hooks(manifest: Any, but: Sequence[str]) -> None:
    """Leave out what this package does before its models, but for some macros.

    Seeds and settings are those of the last whole build, which checked them.
    """
    for key, node in [*manifest.nodes.items()]:
        is_hook = node.package_name == PACKAGE and "on-run-start" in node.tags
        if is_hook and not any(name in node.raw_code for name in but):
            del manifest.nodes[key]


def _shortened(file: Path) -> bytes:
    """Leave out of a parsed project what no fresh run reads."""
    from dbt.artifacts.resources.types import NodeType
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder

    manifest = Manifest.from_msgpack(file.read_bytes())
    for kind in UNREAD:
        getattr(manifest, kind).clear()
    for key, node in [*manifest.nodes.items()]:
        if node.resource_type is NodeType.Test:
            del manifest.nodes[key]
    short: bytes = manifest.to_msgpack(extended_mashumaro_encoder)
    return short
