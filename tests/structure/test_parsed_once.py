"""Tests run dbt on a project parsed once, without the variables that they run it with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest
from dbt.graph import Graph
from networkx import ancestors

from tests import parsed_project
from tests.dbt_runs import OTHER_VARIABLES, PARSED_VARIABLES, Parsed, loaded, may_test
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


def test_models_keep_their_order_without_edges_of_tests(parsed: Parsed) -> None:
    """Tests run those of models that run no tests without them."""
    manifest = Manifest.from_msgpack(parsed({}).read_bytes())
    manifest.build_parent_and_child_maps()
    linker = Linker()
    linker.link_graph(manifest)
    chosen = {key for key, node in manifest.nodes.items() if node.resource_type != "test"}

    def before_each() -> dict[str, set[str]]:
        graph = Graph(linker.graph).get_subset_graph(chosen).graph
        return {node: ancestors(graph, node) for node in graph}

    without, edges = before_each(), linker.graph.number_of_edges()
    linker.add_test_edges_1(manifest)
    assert linker.graph.number_of_edges() > 5 * edges
    assert before_each() == without


def test_each_run_is_given_what_was_parsed(parsed: Parsed) -> None:
    file = parsed({})
    usual = Manifest.from_msgpack(file.read_bytes())
    usual.build_flat_graph()
    key = "model.lead_funnel.clock"

    def edit(manifest: Manifest) -> None:
        manifest.nodes[key].raw_code = "edited"

    for changed in (loaded(file, edit), loaded(file, None)):
        changed.nodes[key].compiled_code = "select 1"
        changed.nodes[key].config.tags.append("changed")
    assert loaded(file, edit).flat_graph["nodes"][key]["raw_code"] == "edited"
    again = loaded(file, None)
    assert again.to_dict() == usual.to_dict()
    assert again.flat_graph == usual.flat_graph


@pytest.mark.parametrize(("words", "may"), [
    ("build", True),
    ("build --exclude-resource-type unit_test --select test", True),
    ("test --resource-type test", True),
    ("build --exclude-resource-type unit_test test --select a", False),
    ("build --exclude-resource-type unit_test --exclude-resource-type test", False),
    ("build --resource-type seed --resource-type model --select test", False),
])  # fmt: skip
def test_what_runs_no_tests_is_known_by_its_options(words: str, may: bool) -> None:
    assert may_test(words.split()) == may
