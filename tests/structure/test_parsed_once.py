"""Tests run dbt on a project parsed once, without the variables that they run it with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from tests import parsed_project
from tests.dbt_runs import OTHER_VARIABLES, PARSED_VARIABLES, Parsed
from tests.parsed_project import parse

# What the parser makes of a node, as far as runs depend on it.
PARTS = ("database", "schema", "alias", "unrendered_config", "config", "raw_code")


def nodes(file: Path) -> dict[str, dict[str, Any]]:
    made = Manifest.from_msgpack(file.read_bytes()).nodes.items()
    # Which macros a node calls is found anew when it is compiled; which nodes it reads is not.
    # They come in no certain order.
    return {
        key: {part: node.get(part) for part in PARTS}
        | {"reads": sorted(node["depends_on"].get("nodes", []))}
        for key, node in ((key, node.to_dict()) for key, node in made)
    }


def test_what_was_parsed_is_kept_until_a_file_that_dbt_reads_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*parsed_project.READ_FILES, *parsed_project.RUN_BY, "models/a/one.sql"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    monkeypatch.setattr(parsed_project, "PROJECT", tmp_path)
    before = parsed_project.state_of_project()
    (tmp_path / "models" / "a" / "notes.txt").write_text("no model")
    assert parsed_project.state_of_project() == before
    states = {before}
    for change in (
        lambda: (tmp_path / "models" / "a" / "one.sql").write_text("other"),
        lambda: (tmp_path / "models" / "a").rename(tmp_path / "models" / "b"),
        lambda: (tmp_path / "dbt_project.yml").write_text("other"),
        lambda: monkeypatch.setattr(parsed_project, "version", lambda _: "other"),
    ):
        change()
        states.add(parsed_project.state_of_project())
    assert len(states) == 5


def test_variables_that_tests_set_make_no_other_project(parsed: Parsed, tmp_path: Path) -> None:
    others = nodes(parse(tmp_path, OTHER_VARIABLES))
    plain = nodes(parsed({}))
    assert len(plain) > 300
    assert others.keys() == plain.keys()
    assert {key: node for key, node in others.items() if node != plain[key]} == {}
    # These do, and are parsed apart.
    for name, value in PARSED_VARIABLES.items():
        assert nodes(parsed({name: value})) != plain
