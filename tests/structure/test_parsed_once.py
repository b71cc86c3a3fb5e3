"""Tests run dbt on a project parsed once, without the variables that they run it with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbt.contracts.graph.manifest import Manifest

from tests.dbt_runs import OTHER_VARIABLES, PARSED_VARIABLES, Parsed
from tests.parsed_project import parse

# What the parser makes of a node, as far as runs depend on it.
PARTS = ("database", "schema", "alias", "unrendered_config", "config", "raw_code")


def nodes(file: Path) -> dict[str, dict[str, Any]]:
    manifest = Manifest.from_msgpack(file.read_bytes()).writable_manifest().to_dict()
    # Which macros a node calls is found anew when it is compiled; which nodes it reads is not.
    # They come in no certain order.
    return {
        key: {part: node.get(part) for part in PARTS}
        | {"reads": sorted(node["depends_on"].get("nodes", []))}
        for key, node in manifest["nodes"].items()
    }


def test_variables_that_tests_set_make_no_other_project(parsed: Parsed, tmp_path: Path) -> None:
    # First, because dbt gives a manifest only where it has run, and another worker may have parsed.
    others = nodes(parse(tmp_path, OTHER_VARIABLES))
    plain = nodes(parsed({}))
    assert len(plain) > 300
    assert others.keys() == plain.keys()
    assert {key: node for key, node in others.items() if node != plain[key]} == {}
    # These do, and are parsed apart.
    for name, value in PARSED_VARIABLES.items():
        assert nodes(parsed({name: value})) != plain
