"""Who belongs together: histories with and without a link, and scipy's components as the oracle."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tests.dbt_runs import RunDbt

Row = dict[str, Any]
Link = tuple[str, str]

LIMIT = 60
# Links in a chain that the rounds do not get to the end of.
ENDLESS = 4000
ONLY_SEEDS_AND_MODELS = ["--exclude-resource-type", "test", "unit_test"]
BACKFILL = "2026-01-31 02:00:00"
LATER = "2026-02-28 02:00:00"
LAST = "2026-03-31 02:00:00"


@dataclass(frozen=True)
class Identity:
    """The identity tables of a warehouse."""

    db: Path

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.db), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    @property
    def persons(self) -> dict[str, str]:
        """By identifier, the identifier that its person is named after."""
        return dict(
            self.ask(
                """
                select members.identifier_value, anchors.identifier_value
                from intermediate.identity_members as members
                inner join intermediate.identity_members as anchors
                    on members.lead_key = anchors.identifier_key
                """
            )
        )


def build(folder: Path, run_dbt: RunDbt, tables: dict[str, list[Row]]) -> Identity:
    """Run the identity models on raw rows."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for table, rows in tables.items():
        lines = "\n".join(json.dumps(row) for row in rows)
        (raw / f"{table}.ndjson").write_text(lines + "\n")
    db = folder / "warehouse.duckdb"
    outcome = run_dbt(
        [
            "build",
            *ONLY_SEEDS_AND_MODELS,
            "--select",
            "+identity_members",
            "+oversize_identities",
        ],
        raw=raw,
        db=db,
        variables={"max_identifiers_per_person": LIMIT},
    )
    assert outcome.success, outcome.log
    return Identity(db)


def lead(lead_id: str, at: str, email: str | None, loaded: str = BACKFILL, **more: Any) -> Row:
    return {
        "lead_id": lead_id,
        "created_at": at,
        "updated_at": at,
        "email": email,
        "loaded_at": loaded,
        **more,
    }


def response(number: int, email: str, lead_id: str, loaded: str = BACKFILL) -> Row:
    return {
        "response_id": f"r{number}",
        "occurred_at": "2026-01-20 09:00:00",
        "email": email,
        "crm_lead_id": lead_id,
        "loaded_at": loaded,
    }


OLD = "2026-01-01 09:00:00"
YOUNG = "2026-01-15 09:00:00"
APART = [
    lead("L-old", OLD, "old@firm.example"),
    lead("L-young", YOUNG, "young@firm.example"),
    lead("L-first", OLD, "first@firm.example"),
    lead("L-second", YOUNG, "second@firm.example"),
]
JOINED = [
    # a merge, and an address typed into the wrong record
    lead("L-young", YOUNG, "young@firm.example", LATER, merged_into_lead_id="L-old"),
    lead("L-second", YOUNG, "first@firm.example", LATER),
]
WITHDRAWN = [
    lead("L-young", YOUNG, "young@firm.example", LAST),
    lead("L-second", YOUNG, "second@firm.example", LAST),
]


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> dict[str, Identity]:
    folder = tmp_path_factory.mktemp("links")
    rows = {"apart": APART, "joined": APART + JOINED, "withdrawn": APART + JOINED + WITHDRAWN}
    return {
        name: build(folder / name, run_dbt, {"crm_leads": leads}) for name, leads in rows.items()
    }


def test_the_older_person_survives_a_merge(histories: dict[str, Identity]) -> None:
    before, after = histories["apart"].persons, histories["joined"].persons
    assert before["L-old"] != before["L-young"]
    assert after["L-young"] == after["young@firm.example"] == after["L-old"] == before["L-old"]


def test_a_link_of_a_corrected_row_is_known_with_that_row(histories: dict[str, Identity]) -> None:
    joined = histories["joined"].ask(
        """
        select identifier_value, joined_at::varchar from intermediate.identity_members
        where identifier_value in ('L-young', 'young@firm.example', 'L-second') order by 1
        """
    )
    assert joined == [("L-second", LATER), ("L-young", LATER), ("young@firm.example", LATER)]
    before = histories["apart"].ask(
        """
        select count(*) from intermediate.identity_members
        where joined_at > '2026-01-31'
        """
    )
    assert before == [(0,)]


def test_a_withdrawn_link_leaves_both_persons_as_if_it_had_never_been(
    histories: dict[str, Identity],
) -> None:
    columns = """
        select identifier_value, lead_key, first_seen_at, first_loaded_at, joined_at
        from intermediate.identity_members order by 1
    """
    assert histories["withdrawn"].ask(columns) == histories["apart"].ask(columns)


@dataclass(frozen=True)
class Graph:
    """A graph of addresses and leads, told by campaign responses."""

    links: list[Link]

    @cached_property
    def followed(self) -> list[Link]:
        """Links of which neither end is a hub."""
        return [link for link in self.links if self.hubs.isdisjoint(link)]

    @property
    def rows(self) -> list[Row]:
        return [response(number, *link) for number, link in enumerate(self.links)]

    @cached_property
    def components(self) -> list[frozenset[str]]:
        """Components over followed links by scipy; an identifier without is its own."""
        names = sorted({name for link in self.links for name in link})
        place = {name: number for number, name in enumerate(names)}
        pairs = np.array([[place[left], place[right]] for left, right in self.followed])
        matrix = coo_array(
            (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(names), len(names))
        )
        _, labels = connected_components(matrix, directed=False)
        return partition(dict(zip(names, labels.tolist(), strict=True)))

    @cached_property
    def hubs(self) -> set[str]:
        degrees = Counter(name for link in set(self.links) for name in link)
        return {name for name, degree in degrees.items() if degree > LIMIT}


def partition(labels: dict[str, Any]) -> list[frozenset[str]]:
    groups: dict[Any, set[str]] = defaultdict(set)
    for name, label in labels.items():
        groups[label].add(name)
    return sorted(map(frozenset, groups.values()), key=sorted)


def random_graph() -> Graph:
    """Chains, stars, random graphs around the size at which one component swallows all."""
    chance = np.random.default_rng(7)
    links: list[Link] = []

    def name(graph: str, number: int) -> str:
        return f"{graph}-{number}@graph.example" if number % 2 else f"{graph}-{number}"

    def add(graph: str, left: int, right: int) -> None:
        pair = sorted((left, right), key=lambda number: number % 2 == 0)
        links.append((name(graph, pair[0]), name(graph, pair[1])))

    for length in (2, LIMIT, LIMIT + 1, 700, ENDLESS):
        for step in range(length - 1):
            add(f"chain{length}", step, step + 1)
    for leaves in (3, LIMIT - 1, LIMIT, LIMIT + 1, 500):
        for leaf in range(leaves):
            add(f"star{leaves}", 0, 2 * leaf + 1)
    # Addresses around a hub that also know each other by other leads.
    for leaf in range(100):
        add("web", 0, 2 * leaf + 1)
        add("web", 2 * (1 + leaf // 3), 2 * leaf + 1)
    for trial in range(60):
        size = int(chance.integers(2, 400))
        for _ in range(int(size * chance.uniform(0.3, 1.2))):
            left, right = 2 * chance.integers(size), 2 * chance.integers(size) + 1
            add(f"random{trial}", int(left), int(right))
    return Graph(links)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return random_graph()


@pytest.fixture(scope="module")
def glued(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt, graph: Graph) -> Identity:
    folder = tmp_path_factory.mktemp("graph") / "glued"
    return build(folder, run_dbt, {"campaign_responses": graph.rows})


def found(identity: Identity, column: str) -> list[frozenset[str]]:
    return partition(
        dict(
            identity.ask(
                f"""
                select identifier_value, {column}
                from intermediate.int_identity_components
                inner join intermediate.identifiers using (identifier_key)
                """
            )
        )
    )


def is_endless(component: frozenset[str]) -> bool:
    return any(name.startswith(f"chain{ENDLESS}-") for name in component)


def test_contraction_finds_the_components_that_scipy_finds(glued: Identity, graph: Graph) -> None:
    components = [part for part in graph.components if not is_endless(part)]
    assert max(map(len, components)) == 700
    pieces = found(glued, "found_component_key")
    assert [part for part in pieces if not is_endless(part)] == components


def test_what_the_rounds_do_not_finish_is_too_large_in_any_piece(glued: Identity) -> None:
    """Each round at least doubles what is unfinished, so eight leave 256 or more."""
    pieces = [part for part in found(glued, "found_component_key") if is_endless(part)]
    assert len(pieces) > 1
    assert min(map(len, pieces)) >= 256 > LIMIT


def test_what_is_too_large_for_a_person_is_not_glued(glued: Identity, graph: Graph) -> None:
    small = {
        name: min(component)
        for component in graph.components
        for name in component
        if len(component) <= LIMIT
    }
    names = {name for link in graph.links for name in link}
    expected = partition({name: small.get(name, name) for name in names})
    assert found(glued, "component_key") == expected
    persons = glued.persons
    assert partition(persons) == expected
    assert persons[f"star{LIMIT}-0"] != f"star{LIMIT + 1}-0"


def test_each_hub_and_oversize_component_is_reported_with_a_remedy(
    glued: Identity, graph: Graph
) -> None:
    large = [len(part) for part in found(glued, "found_component_key") if len(part) > LIMIT]
    assert 700 in large
    rows = glued.ask(
        """
        select
            kind, identifier_count, link_count, link_reasons, first_known_at::varchar,
            identifier_value, remedy
        from marts.oversize_identities
        inner join intermediate.identifiers using (identifier_key)
        """
    )
    hubs = {row[5]: row for row in rows if row[0] == "hub"}
    assert hubs.keys() == graph.hubs
    assert hubs["star500-0"][1:5] == (500, 500, "campaign_response", "2026-01-20 09:00:00")
    assert "catch-all record" in hubs["star500-0"][6]
    components = [row for row in rows if row[0] == "component"]
    assert sorted(row[1] for row in components) == sorted(large)
    chain = next(row for row in components if row[1] == 700)
    assert chain[2] == 699
    assert "Look at the links" in chain[6]


def test_the_order_of_rows_decides_nothing(
    glued: Identity, graph: Graph, tmp_path: Path, run_dbt: RunDbt
) -> None:
    turned = build(tmp_path / "turned", run_dbt, {"campaign_responses": graph.rows[::-1]})
    for table in ("intermediate.identity_members", "marts.oversize_identities"):
        everything = f"select * from {table} order by all"
        assert turned.ask(everything) == glued.ask(everything)
