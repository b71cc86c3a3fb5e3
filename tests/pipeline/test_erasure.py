"""A person who asks to be forgotten is gone from every table, and nobody else is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_runs import RunDbt

Row = dict[str, Any]
Tables = dict[str, list[Row]]

LOADED = "2026-03-01 02:00:00"
LATER = "2026-03-31 02:00:00"

PERSON = [
    "anna@firm.example",
    "anna.private@mail.example",
    "user-anna-77",
    "anna-laptop-1",
    "L-anna-001",
    "L-anna-002",
    "C-anna-001",
    "O-anna-001",
]
# Everything that reads raw rows, and what identity makes of it.
EARLY = ["--select", "+lead_events", "staging", "quarantined_rows", "audit_raw_rows"]
BYSTANDERS = ["bert@firm.example", "L-bert-001", "C-bert-001", "cleo@other.example"]


def web(event_id: str, at: str, device: str | None, path: str, **more: Any) -> Row:
    return {
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": at,
        "anonymous_id": device,
        "page_url": f"https://www.example.com{path}",
        "user_agent": "Mozilla/5.0",
        **more,
    }


def form(submission_id: str, at: str, device: str | None, email: str | None, **more: Any) -> Row:
    return {
        "submission_id": submission_id,
        "form_id": "newsletter",
        "occurred_at": at,
        "anonymous_id": device,
        "email": email,
        **more,
    }


def lead(lead_id: str, at: str, email: str | None, **more: Any) -> Row:
    return {"lead_id": lead_id, "created_at": at, "updated_at": at, "email": email, **more}


def call(activity_id: str, at: str, **whose: Any) -> Row:
    return {
        "activity_id": activity_id,
        "activity_type": "call",
        "direction": "outbound",
        "occurred_at": at,
        **whose,
    }


def history() -> Tables:
    """Anna, who will ask, and two who share a device or an account with her."""
    tables: Tables = {
        "web_events": [
            web("w1", "2026-01-05 10:00:00", "anna-laptop-1", "/products/analytics"),
            web(
                "w2",
                "2026-01-05 10:10:00",
                "anna-laptop-1",
                "/profile/anna@firm.example/settings",
                email="Anna@Firm.Example",
                user_id="user-anna-77",
            ),
            web(
                "w3",
                "2026-01-05 10:15:00",
                None,
                "/pricing",
                email="anna.private@mail.example",
                user_id="user-anna-77",
            ),
            # One tablet: Anna's until Bert signs in on it, then his, then hers again.
            web("w4", "2026-01-06 09:00:00", "family-tablet", "/blog/analytics-basics"),
            web("w5", "2026-01-06 12:00:00", "family-tablet", "/pricing"),
            web("w6", "2026-01-06 15:00:00", "family-tablet", "/products/security"),
            web("w7", "2026-01-06 18:00:00", "family-tablet", "/pricing"),
            # Somebody is told of her in an address.
            web("w8", "2026-01-07 18:00:00", "kiosk", "/invited-by/anna%40firm.example"),
            web("w9", "2026-01-07 18:05:00", "cleo-phone", "/pricing?from=anna@firm.example"),
        ],
        "form_submissions": [
            form("f1", "2026-01-05 10:20:00", "anna-laptop-1", "anna@firm.example"),
            form("f2", "2026-01-06 10:30:00", "family-tablet", "anna@firm.example"),
            form("f3", "2026-01-06 14:00:00", "family-tablet", "bert@firm.example"),
            form("f4", "2026-01-06 17:00:00", "family-tablet", "ANNA@firm.example "),
            form("f5", "2026-01-07 18:10:00", "cleo-phone", "cleo@other.example"),
            form("f6", "2026-01-07 18:10:00", None, "info@firm.example"),
            # These cannot be used, and name her.
            form("f7", "long ago", None, None, fields={"colleague": "Mail ANNA@Firm.example."}),
            form("f8", "long ago", "anna-laptop-1", None),
            form("f9", "long ago", None, "cleo@other.example"),
        ],
        "email_events": [
            {
                "event_id": f"e{number}",
                "event_name": "opened",
                "occurred_at": "2026-01-08 08:00:00",
                "email": email,
            }
            for number, email in enumerate(["anna.private@mail.example", "bert@firm.example"])
        ],
        "campaign_responses": [
            {
                "response_id": f"r{number}",
                "campaign_id": "fair",
                "occurred_at": "2026-01-09 08:00:00",
                "response_type": "qr_scan",
                **whose,
            }
            for number, whose in enumerate(
                [
                    {"crm_lead_id": "L-anna-001"},
                    {"email": "anna@firm.example"},
                    {"crm_lead_id": "L-bert-001"},
                ]
            )
        ],
        "crm_leads": [
            lead(
                "L-anna-001",
                "2026-01-05 11:00:00",
                "anna@firm.example",
                status="Qualified",
                converted_at="2026-01-20 09:00:00",
                converted_contact_id="C-anna-001",
                converted_account_id="A-firm",
                converted_opportunity_id="O-anna-001",
            ),
            lead("L-anna-002", "2026-01-05 12:00:00", None, merged_into_lead_id="L-anna-001"),
            lead("L-anna-003", "2026-01-05 12:00:00", "anna@firm.example", employee_count="many"),
            lead(
                "L-bert-001",
                "2026-01-06 12:00:00",
                "bert@firm.example",
                status="Working",
                converted_at="2026-01-21 09:00:00",
                converted_contact_id="C-bert-001",
                converted_account_id="A-firm",
                converted_opportunity_id="O-anna-001",
            ),
            lead("L-info-001", "2026-01-06 13:00:00", "info@firm.example"),
            lead("L-info-002", "2026-01-06 13:00:00", "info@firm.example"),
        ],
        "crm_lead_history": [
            {
                "history_id": f"h{number}",
                "lead_id": lead_id,
                "field_name": "status",
                "old_value": "New",
                "new_value": "Working",
                "changed_at": "2026-01-08 09:00:00",
            }
            for number, lead_id in enumerate(["L-anna-001", "L-bert-001"])
        ],
        "crm_contacts": [
            {
                "contact_id": f"C-{name}-001",
                "account_id": "A-firm",
                "created_at": "2026-01-20 09:00:00",
                "email": email,
            }
            for name, email in [("anna", None), ("bert", "bert@firm.example")]
        ],
        "crm_accounts": [
            {
                "account_id": "A-firm",
                "created_at": "2026-01-01 09:00:00",
                "name": "Firm",
                "domain": "firm.example",
            }
        ],
        "crm_opportunities": [
            {
                "opportunity_id": f"O-{name}-001",
                "account_id": "A-firm",
                "contact_id": f"C-{name}-001",
                "created_at": "2026-01-21 09:00:00",
                "stage_name": "Open",
                "is_closed": False,
                "is_won": False,
            }
            for name in ["anna", "bert"]
        ],
        "crm_opportunity_history": [
            {
                "history_id": f"oh-{number}",
                "opportunity_id": f"O-{name}-001",
                "stage_name": "Open",
                "changed_at": "2026-01-21 09:00:00",
            }
            for number, name in enumerate(["anna", "bert"])
        ],
        "crm_activities": [
            call("a1", "2026-01-09 09:00:00", lead_id="L-anna-002"),
            call("a2", "2026-01-22 09:00:00", contact_id="C-anna-001"),
            call("a3", "2026-01-23 09:00:00", opportunity_id="O-anna-001"),
            call("a4", "2026-01-09 09:00:00", lead_id="L-bert-001"),
            call("a5", "2026-01-24 09:00:00", lead_id="L-bert-001", opportunity_id="O-anna-001"),
            {**call("a6", "2026-01-09 09:00:00", contact_id="C-anna-001"), "direction": "sideways"},
        ],
    }
    return {table: [{"loaded_at": LOADED, **row} for row in rows] for table, rows in tables.items()}


def request(**named: str) -> Tables:
    rows = [{"request_id": "q1", "requested_at": LATER, "loaded_at": LATER, **named}]
    return {"erasure_requests": rows}


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
        names = self.ask(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema not in ('raw', 'main', 'information_schema', 'pg_catalog')"
        )
        return {
            name
            for (name,) in names
            if self.ask(
                f"select 1 from {name} as one_row "
                "where contains(lower(cast(one_row as varchar)), lower(?)) limit 1",
                text,
            )
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
