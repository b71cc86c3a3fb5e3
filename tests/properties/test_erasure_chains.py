"""An erasure follows links of any kind, however many there are, and no further.

Chains of up to thirty links are drawn at random; what the compiled models reach is compared with
a search written here.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import duckdb
import pytest

from tests.properties.compiled import WAREHOUSE, Project
from tests.properties.database import Database
from tests.properties.steps import Row, Run

HISTORIES = 200
# So many lie beside each other in one warehouse: a run costs the same.
AT_ONCE = 20
MOST_LINKS = 30
MODELS = ("erasure_links", "erasure_components", "erasure_reach", "erased_identifiers")
AT = {"loaded_at": "2026-01-10 02:00:00"}

Node = tuple[str, str]


@dataclass(frozen=True)
class History:
    """Rows of a few people, and what must be erased of them."""

    rows: list[tuple[str, Row]]
    erased: set[Node]
    links: int


def link_row(one: Node, other: Node, number: str, draw: random.Random) -> tuple[str, Row]:
    """A row that says that two identifiers are one person's."""
    (one_type, one_value), (other_type, other_value) = sorted([one, other])
    at = "2026-01-05 08:00:00"
    if (one_type, other_type) == ("email", "user"):
        row: Row = {"event_id": f"w{number}", "occurred_at": at, "email": one_value}
        return "web_events", row | AT | {"user_id": other_value}
    if (one_type, other_type) == ("crm_contact", "email"):
        row = {"contact_id": one_value, "created_at": at, "email": other_value}
        return "crm_contacts", row | AT
    if (one_type, other_type) == ("crm_lead", "email"):
        if draw.random() < 0.5:
            row = {"response_id": f"r{number}", "occurred_at": at, "crm_lead_id": one_value}
            return "campaign_responses", row | AT | {"email": other_value}
        return "crm_leads", {"lead_id": one_value, "created_at": at, "email": other_value} | AT
    if (one_type, other_type) == ("crm_contact", "crm_lead"):
        if draw.random() < 0.5:
            row = {"opportunity_id": f"o{number}", "created_at": at, "contact_id": one_value}
            return "crm_opportunities", row | AT | {"lead_id": other_value}
        row = {"lead_id": other_value, "created_at": at, "converted_contact_id": one_value}
        return "crm_leads", row | AT
    row = {"lead_id": one_value, "created_at": at, "merged_into_lead_id": other_value}
    return "crm_leads", row | AT


LINKED = {
    "email": ("user", "crm_lead", "crm_contact"),
    "user": ("email",),
    "crm_lead": ("email", "crm_contact", "crm_lead"),
    "crm_contact": ("email", "crm_lead"),
}


def draw_history(name: str, draw: random.Random) -> History:
    """One to three people, each a chain some link of which is said twice."""
    rows: list[tuple[str, Row]] = []
    people: list[list[Node]] = []
    longest = 0
    for person in range(draw.randint(1, 3)):
        links = draw.randint(1, MOST_LINKS)
        kind = draw.choice(("email", "crm_lead"))
        chain: list[Node] = []
        for number in range(links + 1):
            value = f"{name}-{person}-{number}" + ("@chain.example" if kind == "email" else "")
            chain.append((kind, value))
            kind = draw.choice(LINKED[kind])
        pairs = list(zip(chain, chain[1:], strict=False))
        again = draw.choice(pairs)
        for one, other in [*pairs, again]:
            rows.append(link_row(one, other, f"{name}-{len(rows)}", draw))
        people.append(chain)
        longest = max(longest, links)
    draw.shuffle(rows)
    asked = [
        draw.choice([node for node in chain if node[0] in ("email", "crm_lead")])
        for chain in people[: draw.randint(1, len(people))]
    ]
    for number, (kind, value) in enumerate(asked):
        column = "email" if kind == "email" else "crm_lead_id"
        row: Row = {"request_id": f"{name}-{number}", "requested_at": "2026-01-09 08:00:00"}
        rows.append(("erasure_requests", row | AT | {column: value}))
    return History(rows, reached(rows, asked), longest)


def reached(rows: Iterable[tuple[str, Row]], asked: Iterable[Node]) -> set[Node]:
    """Walk over the rows from what was asked for, and add the deals of whoever is met."""
    columns = {
        "email": "email",
        "user_id": "user",
        "crm_lead_id": "crm_lead",
        "lead_id": "crm_lead",
        "merged_into_lead_id": "crm_lead",
        "contact_id": "crm_contact",
        "converted_contact_id": "crm_contact",
    }
    named = [
        (row, {(columns[name], str(value)) for name, value in row.items() if name in columns})
        for table, row in rows
        if table != "erasure_requests"
    ]
    found, waiting = set(asked), list(asked)
    while waiting:
        node = waiting.pop()
        for _, nodes in named:
            if node in nodes:
                waiting += nodes - found
                found |= nodes
    deals = {
        ("crm_opportunity", str(row["opportunity_id"]))
        for row, nodes in named
        if "opportunity_id" in row and nodes & found
    }
    return found | deals


def key(node: Node) -> uuid.UUID:
    return uuid.UUID(hashlib.md5(":".join(node).encode()).hexdigest())  # noqa: S324


@pytest.fixture(scope="module")
def erasure(project: Project) -> Iterator[Database]:
    """The models of the erasure alone, on raw tables of their own."""
    models = {name: project.models[name] for name in MODELS}
    with duckdb.connect() as connection:
        connection.execute("set threads = 1; set TimeZone = 'UTC'; pragma disable_optimizer")
        connection.execute(f"attach '{project.warehouse}' as given (read_only)")
        connection.execute("attach ':memory:' as rounds")
        yield Database(connection, WAREHOUSE, replace(project, models=models), {})


def test_an_erasure_reaches_the_end_of_any_chain(erasure: Database, project: Project) -> None:
    relation = project.models["erased_identifiers"].relation
    drawn = [draw_history(f"h{seed}", random.Random(seed)) for seed in range(HISTORIES)]  # noqa: S311
    assert max(history.links for history in drawn) == MOST_LINKS
    for first in range(0, HISTORIES, AT_ONCE):
        histories = drawn[first : first + AT_ONCE]
        erasure.begin()
        erasure.insert(tuple(row for history in histories for row in history.rows))
        erasure.run(Run())
        found = {identifier for (identifier,) in erasure.rows(relation)}
        expected = {key(node) for history in histories for node in history.erased}
        assert found == expected, f"histories from {first}"
