"""A person who asks to be forgotten is gone from every table, and nobody else is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.erased_people import BYSTANDERS, LATER, PERSON, Tables, history, lead, request

# Everything that reads raw rows, and what identity makes of it.
EARLY = ["--select", "+lead_events", "staging", "quarantined_rows", "audit_raw_rows"]


@dataclass(frozen=True)
class Warehouse:
    raw: Path
    db: Path
    run_dbt: RunDbt

    def load(self, tables: Tables, part: str = "first") -> None:
        for table, rows in tables.items():
            file = self.raw / table / f"{part}.ndjson"
            file.parent.mkdir(exist_ok=True)
            file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def build(self, *selection: str, **more: Any) -> None:
        """Build all that is selected but the tests, of which other files have enough."""
        seeds_and_models = ["build", "--resource-type", "seed", "--resource-type", "model"]
        outcome = self.run_dbt([*seeds_and_models, *selection], raw=self.raw, db=self.db, **more)
        assert outcome.success, outcome.messages

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.db), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def tables_with(self, text: str) -> set[str]:
        """Tables and views, raw apart, any row of which holds the text in any column."""
        # One connection for all: opening the file costs more than looking through it.
        with duckdb.connect(str(self.db), read_only=True) as connection:
            names = connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables "
                "where table_schema not in ('raw', 'main', 'information_schema', 'pg_catalog')"
            ).fetchall()
            return {
                name
                for (name,) in names
                if connection.execute(
                    f"select 1 from {name} as one_row "
                    "where contains(lower(cast(one_row as varchar)), lower(?)) limit 1",
                    [text],
                ).fetchall()
            }

    def lead_key(self, identifier: str) -> str:
        sql = "select lead_key from intermediate.identity_members where identifier_value = ?"
        return str(self.ask(sql, identifier)[0][0])


BYSTANDER_TABLES = [
    "marts.dim_leads",
    "marts.fct_lead_timeline",
    "marts.fct_stage_transitions",
    "marts.fct_lead_cycles",
    "marts.fct_handoffs",
    "marts.fct_points_ledger",
    "intermediate.identity_members",
    "intermediate.lead_events",
    "intermediate.lead_profiles",
]


def of_bystanders(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    keys = [warehouse.lead_key(name) for name in ["bert@firm.example", "cleo@other.example"]]
    found = {}
    for table in BYSTANDER_TABLES:
        sql = f"select * from {table} where cast(lead_key as varchar) in (?, ?) order by all"
        found[table] = warehouse.ask(sql, *keys)
    return found


@pytest.fixture
def warehouse(tmp_path: Path, run_dbt: RunDbt) -> Warehouse:
    raw = tmp_path / "raw"
    raw.mkdir()
    made = Warehouse(raw, tmp_path / "warehouse.duckdb", run_dbt)
    made.load(history())
    return made


def rows_erased(warehouse: Warehouse) -> dict[str, int]:
    sql = "select raw_table, rows_erased from marts.audit_raw_rows where rows_erased > 0"
    return dict(warehouse.ask(sql))


def test_a_person_asked_for_by_address_is_gone_and_stays_gone(warehouse: Warehouse) -> None:
    warehouse.build()
    for identifier in PERSON:
        assert warehouse.tables_with(identifier), f"{identifier} must be there to be erased"
    person = warehouse.lead_key("anna@firm.example")
    before = of_bystanders(warehouse)
    assert all(before[table] for table in BYSTANDER_TABLES if "handoffs" not in table)
    clock = warehouse.ask("from intermediate.clock")
    with duckdb.connect(str(warehouse.db)) as connection:
        for lead_id in ["L-anna-001", "L-bert-001"]:
            connection.execute(
                "insert into sync.sync_acknowledgements (crm_lead_id, row_hash) values (?, 'x')",
                [lead_id],
            )
            connection.execute(
                "insert into sync.sync_refusals (crm_lead_id, reason) values (?, 'GONE')", [lead_id]
            )

    warehouse.load(request(email=" Anna@FIRM.example"))
    warehouse.build()
    for identifier in [*PERSON, "anna%40firm.example"]:
        assert warehouse.tables_with(identifier) == set(), identifier
    assert warehouse.tables_with(person) <= {
        "staging.erased_identifiers",
        "staging.erasure_links",
        "staging.stg_raw__erasure_requests",
        "staging.base_raw__erasure_requests",
    }
    after = of_bystanders(warehouse)
    for table in BYSTANDER_TABLES:
        assert after[table] == before[table], table
    assert warehouse.ask("from intermediate.clock") == clock
    for identifier in BYSTANDERS:
        assert warehouse.tables_with(identifier)
    erased = {
        "web_events": 7,
        "form_submissions": 5,
        "email_events": 1,
        "campaign_responses": 2,
        "crm_leads": 3,
        "crm_lead_history": 1,
        "crm_contacts": 1,
        "crm_opportunities": 1,
        "crm_opportunity_history": 1,
        "crm_activities": 4,
    }
    assert rows_erased(warehouse) == erased
    assert warehouse.ask("select row_key from marts.quarantined_rows") == [("f9",)]
    # A deal of hers on somebody else's row is no longer named there.
    assert warehouse.ask(
        "select opportunity_id from staging.stg_raw__crm_activities where activity_id = 'a5'"
    ) == [(None,)]
    for table in ["sync_acknowledgements", "sync_refusals"]:
        assert warehouse.ask(f"select crm_lead_id from sync.{table}") == [("L-bert-001",)]

    # The same rows once more, a month later, and one that only now tells of another address.
    again = {
        table: [{**row, "loaded_at": LATER} for row in rows] for table, rows in history().items()
    }
    again["crm_leads"].append(
        {**lead("L-anna-001", LATER, "anna.new@mail.example"), "loaded_at": LATER}
    )
    again["email_events"].append(
        {
            "event_id": "e9",
            "event_name": "clicked",
            "occurred_at": LATER,
            "loaded_at": LATER,
            "email": "anna.new@mail.example",
        }
    )
    warehouse.load(again, "second")
    warehouse.build(*EARLY)
    for identifier in [*PERSON, "anna.new@mail.example"]:
        assert warehouse.tables_with(identifier) == set(), identifier
    assert rows_erased(warehouse) == {
        table: 2 * count + (table in ("crm_leads", "email_events"))
        for table, count in erased.items()
    }
    # Nor does looking back to before the request bring her back.
    warehouse.build(*EARLY, variables={"as_of": "2026-03-02 00:00:00"})
    for identifier in PERSON:
        assert warehouse.tables_with(identifier) == set(), identifier


def test_a_person_asked_for_by_crm_record_is_gone(warehouse: Warehouse) -> None:
    warehouse.load(request(crm_lead_id="L-anna-002"))
    warehouse.build(*EARLY)
    for identifier in PERSON:
        assert warehouse.tables_with(identifier) == set(), identifier
    for identifier in BYSTANDERS:
        assert warehouse.tables_with(identifier)


def test_a_device_asked_for_takes_its_traces_and_no_person(warehouse: Warehouse) -> None:
    warehouse.load(request(anonymous_id="family-tablet"))
    warehouse.build(*EARLY)
    assert warehouse.tables_with("family-tablet") == set()
    # What is signed stays with who signed it; what is not signed goes, whoever it was.
    assert rows_erased(warehouse) == {"web_events": 4}
    for identifier in [*PERSON, *BYSTANDERS]:
        assert warehouse.tables_with(identifier), identifier
    assert warehouse.ask(
        "select submission_id, device_key from staging.stg_raw__form_submissions "
        "where submission_id in ('f2', 'f3') order by 1"
    ) == [("f2", None), ("f3", None)]


def test_an_address_that_many_share_leads_to_nobody_else(warehouse: Warehouse) -> None:
    warehouse.load(request(crm_lead_id="L-info-001"))
    warehouse.build(*EARLY)
    assert rows_erased(warehouse) == {"crm_leads": 1}
    assert warehouse.tables_with("L-info-001") == set()
    assert warehouse.tables_with("L-info-002")


def test_a_request_that_cannot_be_read_in_full_still_counts(warehouse: Warehouse) -> None:
    faulty = request(email="bert@firm.example")
    faulty["erasure_requests"][0] |= {"request_id": None, "requested_at": "today"}
    warehouse.load(faulty)
    warehouse.build(*EARLY)
    for identifier in ["bert@firm.example", "L-bert-001", "C-bert-001"]:
        assert warehouse.tables_with(identifier) == set(), identifier
    assert rows_erased(warehouse)["erasure_requests"] == 1
