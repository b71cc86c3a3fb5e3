"""The areas of the models stand in the order of the data, and keep to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lead_funnel.fresh.run import LEADS, NOT_LEADS

PROJECT = Path(__file__).parents[2]
Arrow = tuple[str, str, str, str]
# Read by the run-operation record_published, which belongs to no area.
READ_BY_OPERATIONS = {"fresh_handoff_decisions", "fresh_score_changes"}


@pytest.fixture(scope="module")
def areas() -> list[str]:
    """Areas in the order in which dbt_project.yml names them."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    marts = project["models"]["lead_funnel"]["marts"]
    return [name for name in marts if not name.startswith("+")]


def models(manifest: Any) -> dict[str, Any]:
    """Models outside staging, by unique id."""
    return {
        key: node
        for key, node in manifest.nodes.items()
        if node.resource_type == "model" and node.fqn[1] == "marts"
    }


def arrows(manifest: Any) -> list[Arrow]:
    """Model read, its area, model that reads it, its area: where the areas differ."""
    found = models(manifest)
    return [
        (found[read].name, found[read].fqn[2], node.name, node.fqn[2])
        for node in found.values()
        for read in node.depends_on.nodes
        if read in found and found[read].fqn[2] != node.fqn[2]
    ]


def test_arrows_between_areas_run_forward(manifest: Any, areas: list[str]) -> None:
    across = arrows(manifest)
    assert len(across) > 100
    backward = [arrow for arrow in across if areas.index(arrow[1]) > areas.index(arrow[3])]
    assert backward == []


def test_what_only_its_area_reads_is_private(manifest: Any) -> None:
    read_outside = {arrow[0] for arrow in arrows(manifest)} | READ_BY_OPERATIONS
    read_outside |= {
        manifest.nodes[read].name
        for exposure in manifest.exposures.values()
        for read in exposure.depends_on.nodes
    }
    for node in models(manifest).values():
        is_inner = "intermediate" in node.fqn[3:-1]
        assert (node.access == "private") == is_inner, node.name
        assert node.name.startswith("int_") == is_inner, node.name
        assert not (is_inner and node.name in read_outside), node.name
        # Only what people read is in the schema that is published.
        assert node.schema == ("marts" if node.access == "public" else "intermediate"), node.name
        if node.access == "protected":
            assert node.name in read_outside, f"{node.name} is read by its own area only"


def test_each_area_is_a_group_with_one_owner(manifest: Any, areas: list[str]) -> None:
    assert {group.name for group in manifest.groups.values()} == set(areas)
    for node in models(manifest).values():
        assert node.config.group == node.fqn[2]


def test_a_fresh_run_makes_what_leads_are_made_of_and_nothing_else(manifest: Any) -> None:
    """What it takes over as the last whole build left it, and what only that is made of, stays."""
    nodes = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    fqns = {node.name: ".".join(node.fqn) for node in nodes}
    names = {node.unique_id: node.name for node in nodes}
    parents = {
        node.name: [names[read] for read in node.depends_on.nodes if read in names]
        for node in nodes
    }

    def above(name: str, left: Callable[[str], bool]) -> set[str]:
        found, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in found and not left(one):
                found.add(one)
                waiting += parents[one]
        return found

    def is_left(name: str) -> bool:
        return name in NOT_LEADS or any(f"{fqns[name]}.".startswith(f"{one}.") for one in NOT_LEADS)

    asked = [name.removeprefix("+") for name in LEADS]
    needed = set().union(*(above(name, is_left) for name in asked))
    made = set().union(
        *(above(name, lambda one: False) if f"+{name}" in LEADS else {name} for name in asked)
    )
    assert {name for name in made if not is_left(name)} == needed
