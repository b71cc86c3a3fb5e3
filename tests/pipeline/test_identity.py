"""Who belongs together: histories with and without a link, and scipy's components as the oracle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.identity_graph import CHAINS, LIMIT, SORTED, Graph, partition, random_graph
from tests.warehouses import ask

Row = dict[str, Any]

ONLY_SEEDS_AND_MODELS = ["--exclude-resource-type", "test", "unit_test"]
BACKFILL = "2026-01-31 02:00:00"
LATER = "2026-02-28 02:00:00"
LAST = "2026-03-31 02:00:00"


@dataclass(frozen=True)
class Identity:
    """The identity tables of a warehouse."""

    db: Path

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return ask(self.db, sql)

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


@pytest.fixture(scope="module")
def graph() -> Graph:
    return random_graph()


@pytest.fixture(scope="module")
def glued(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt, graph: Graph) -> Identity:
    folder = tmp_path_factory.mktemp("graph") / "glued"
    return build(folder, run_dbt, {"campaign_responses": rows_of(graph)})


def rows_of(graph: Graph) -> list[Row]:
    return [response(number, *link) for number, link in enumerate(graph.links)]


def found(identity: Identity, column: str) -> list[frozenset[str]]:
    return partition(
        dict(
            identity.ask(
                f"""
                select identifier_value, {column}
                from intermediate.identity_components
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
        from intermediate.identity_components
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
    turned = build(tmp_path / "turned", run_dbt, {"campaign_responses": rows_of(graph)[::-1]})
    for table in ("intermediate.identity_members", "marts.oversize_identities"):
        everything = f"select * from {table} order by all"
        assert turned.ask(everything) == glued.ask(everything)


def test_rounds_that_do_not_end_leave_the_table_as_it_was(glued: Identity, run_dbt: RunDbt) -> None:
    everything = "select * from intermediate.int_identity_labels order by all"
    tables = "select schema_name, table_name from duckdb_tables() order by all"
    before, there = glued.ask(everything), glued.ask(tables)
    for rounds in (64, 2):
        outcome = run_dbt(
            ["run", "--select", "int_identity_labels"],
            raw=glued.db.parent / "raw",
            db=glued.db,
            variables={"max_identifiers_per_person": LIMIT, "max_contraction_rounds": rounds},
        )
        assert outcome.success == (rounds == 64), outcome.log
        assert glued.ask(everything) == before
        assert glued.ask(tables) == there
    message = outcome.messages["int_identity_labels"]
    assert "links are left after 2 rounds" in message
    assert "max_contraction_rounds" in message
