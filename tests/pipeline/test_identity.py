"""Who belongs together: histories with and without a link, and scipy's components as the oracle."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
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
CHAINS = (2, LIMIT, LIMIT + 1, 300, 700, 4000)
# Identifiers in a chain in the order of their keys: the worst for whoever goes by that order.
SORTED = 5000
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

    for length in CHAINS:
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
    # Two that all know each other, and one link between them.
    for clique in (0, 20):
        for left in range(clique, clique + 20, 2):
            for right in range(clique + 1, clique + 20, 2):
                add("cliques", left, right)
    add("cliques", 0, 39)
    names = sorted_names()
    links.extend((one, two) if is_lead(two) else (two, one) for one, two in pairwise(names))
    return Graph(links)


def is_lead(name: str) -> bool:
    return "@" not in name


def sorted_names() -> list[str]:
    """Addresses and leads by turns, in the order of their keys."""

    def key(name: str) -> str:
        kind = "crm_lead" if is_lead(name) else "email"
        return hashlib.md5(f"{kind}:{name}".encode()).hexdigest()

    leads = [f"sorted-{number}" for number in range(2 * SORTED)]
    turns = groupby(
        sorted(leads + [f"{name}@graph.example" for name in leads], key=key), key=is_lead
    )
    return [next(names) for _, names in turns][:SORTED]


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


def test_contraction_finds_the_components_that_scipy_finds(glued: Identity, graph: Graph) -> None:
    sizes = [len(component) for component in graph.components]
    assert {*CHAINS, SORTED, 40} <= set(sizes)
    assert found(glued, "found_component_key") == graph.components


def test_a_component_is_named_after_its_smallest_identifier(glued: Identity) -> None:
    others = glued.ask(
        """
        select found_component_key, min(identifier_key)
        from intermediate.int_identity_components
        group by 1 having min(identifier_key) != found_component_key
        """
    )
    assert others == []


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
    assert {300, 700, 4000, SORTED} <= set(large)
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


def test_rounds_that_do_not_end_leave_the_table_as_it_was(
    glued: Identity, graph: Graph, tmp_path: Path, run_dbt: RunDbt
) -> None:
    everything = "select * from intermediate.int_identity_labels order by all"
    tables = "select schema_name, table_name from duckdb_tables() order by all"
    before, there = glued.ask(everything), glued.ask(tables)
    for rounds in (64, 2):
        outcome = run_dbt(
            ["run", "--select", "int_identity_labels"],
            raw=tmp_path,
            db=glued.db,
            variables={"max_identifiers_per_person": LIMIT, "max_contraction_rounds": rounds},
        )
        assert outcome.success == (rounds == 64), outcome.log
        assert glued.ask(everything) == before
        assert glued.ask(tables) == there
    message = outcome.messages["int_identity_labels"]
    assert "links are left after 2 rounds" in message
    assert "max_contraction_rounds" in message
