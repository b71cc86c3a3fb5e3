"""A person who asks to be forgotten is gone from every table, and nobody else is.

Several families of the same rows lie in one warehouse. Each is asked about in another way.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from lead_funnel.publish.copy import publish
from lead_funnel.publish.rewrite import main as rewrite_if
from lead_funnel.warehouse import published_path
from tests.dbt_runs import RunDbt
from tests.pipeline.erased_people import (
    BYSTANDERS,
    LATER,
    MERGES,
    PERSON,
    history,
    lead,
    merged,
    relatives,
    renamed,
    request,
    together,
)
from tests.pipeline.erased_warehouse import (
    BYSTANDER_TABLES,
    Course,
    Warehouse,
    in_bytes,
    of_bystanders,
)

# Everything that reads raw rows, and what identity makes of it.
EARLY = [
    "--select", "+audit_raw_rows", "staging", "quarantined_rows", "erasure_receipts",
]  # fmt: skip
CRM_IDS = [identifier for identifier in PERSON if identifier[:2] in ("L-", "C-", "O-")]
CHAIN = [f"L-merged-{number:03}" for number in range(MERGES + 1)]
# Rows of the first Anna, by raw table.
ERASED = {
    "web_events": 8,
    "form_submissions": 5,
    "email_events": 1,
    "campaign_responses": 2,
    "campaigns": 1,
    "crm_accounts": 1,
    "crm_leads": 3,
    "crm_lead_history": 1,
    "crm_contacts": 1,
    "crm_opportunities": 1,
    "crm_opportunity_history": 1,
    "crm_activities": 4,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Course:
    folder = tmp_path_factory.mktemp("erasure")
    warehouse = Warehouse(folder / "raw", folder / "warehouse.duckdb")

    def build(*selection: str, **more: Any) -> None:
        """Build all that is selected but the tests, of which other files have enough."""
        seeds_and_models = ["build", "--resource-type", "seed", "--resource-type", "model"]
        outcome = run_dbt(
            [*seeds_and_models, *selection], raw=warehouse.raw, db=warehouse.db, **more
        )
        assert outcome.success, outcome.messages

    def rewrite() -> None:
        assert rewrite_if(["--db", str(warehouse.db), "--if-due"]) == 0

    families = [relatives(family) for family in "2345"]
    warehouse.load(together([history(), *families, merged()]))
    build("--select", *(f"+{table.split('.')[1]}" for table in BYSTANDER_TABLES))
    with duckdb.connect(str(warehouse.db)) as connection:
        for lead_id in ["L-anna-001", "L-bert-001"]:
            connection.execute(
                "insert into sync.sync_acknowledgements (crm_lead_id, row_hash) values (?, 'x')",
                [lead_id],
            )
            connection.execute(
                "insert into sync.sync_refusals (crm_lead_id, reason) values (?, 'GONE')", [lead_id]
            )
    before = warehouse.kept("before")

    faulty = request(None, email="bert5@firm5.example")
    faulty["erasure_requests"][0]["requested_at"] = "today"
    requests = [
        request(email=" Anna@FIRM.example"),
        request("q2", crm_lead_id="L-anna2-002"),
        request("q3", anonymous_id="family3-tablet"),
        request("q4", crm_lead_id="L-info4-001"),
        faulty,
        request("merged000@chain.example", email="merged000@chain.example"),
        request("q6", email="nobody@else.example"),
        request("q7", email="no address"),
    ]
    warehouse.load(together(requests))
    build()
    left_in_bytes = in_bytes(warehouse.db, PERSON)
    rewrite()
    publish(warehouse.db, published_path(warehouse.db))
    after = warehouse.kept("after")

    confirmed = run_dbt(
        ["run-operation", "confirm_erasure", "--args", "{request_id: q1}"],
        raw=warehouse.raw,
        db=warehouse.db,
    )
    assert confirmed.success, confirmed.log
    # The same rows once more, a month later, and one that only now tells of another address.
    rows = {
        table: [{**row, "loaded_at": LATER} for row in rows] for table, rows in history().items()
    }
    rows["crm_leads"].append(
        {**lead("L-anna-001", LATER, "anna.new@mail.example"), "loaded_at": LATER}
    )
    rows["email_events"].append(
        {
            "event_id": "e9",
            "event_name": "clicked",
            "occurred_at": LATER,
            "loaded_at": LATER,
            "email": "anna.new@mail.example",
        }
    )
    warehouse.load(rows, "second")
    build(*EARLY)
    rewrite()
    publish(warehouse.db, published_path(warehouse.db))
    again = warehouse.kept("again")
    # Nor does looking back to before the request bring her back.
    build(*EARLY, variables={"as_of": "2026-03-02 00:00:00"})
    return Course(before, after, again, warehouse, left_in_bytes)


def test_a_person_asked_for_by_address_is_gone(course: Course) -> None:
    before, after = course.before, course.after
    for identifier in [*PERSON, *CHAIN]:
        assert before.tables_with(identifier), f"{identifier} must be there to be erased"
    person = before.lead_key("anna@firm.example")
    for identifier in [*PERSON, "anna%40firm.example"]:
        # Until it is said that the CRM's records are cleared, the receipt names them.
        named = {"marts.erasure_receipts"} if identifier in CRM_IDS else set()
        assert after.tables_with(identifier) in (named, set()), identifier
    assert after.tables_with(person) <= {
        "staging.erased_identifiers",
        "staging.erasure_components",
        "staging.erasure_hits",
        "staging.erasure_links",
        "staging.erasure_reach",
        "staging.stg_raw__erasure_requests",
        "staging.base_raw__erasure_requests",
    }
    assert after.receipt("q1") == ERASED
    # A deal of hers on somebody else's row is no longer named there, nor what she did for us.
    assert after.ask(
        "select opportunity_id from staging.stg_raw__crm_activities where activity_id = 'a5'"
    ) == [(None,)]
    assert after.ask(
        "select owner_id from staging.stg_raw__crm_leads where lead_id = 'L-info-003'"
    ) == [(None,)]
    assert after.ask(
        "select lead_id, changed_by from staging.stg_raw__crm_lead_history where history_id = 'h1'"
    ) == [("L-bert-001", None)]
    for table in ["sync_acknowledgements", "sync_refusals"]:
        assert after.ask(f"select crm_lead_id from sync.{table}") == [("L-bert-001",)]


def test_nobody_else_is_touched(course: Course) -> None:
    before = of_bystanders(course.before)
    assert all(before[table] for table in BYSTANDER_TABLES if "handoffs" not in table)
    after = of_bystanders(course.after)
    for table in BYSTANDER_TABLES:
        assert after[table] == before[table], table
    clock = "from intermediate.clock"
    assert course.after.ask(clock) == course.before.ask(clock)
    for identifier in BYSTANDERS:
        assert course.after.tables_with(identifier)
    assert ("f9",) in course.after.ask("select row_key from marts.quarantined_rows")


def test_nothing_of_the_person_is_left_in_any_byte(course: Course) -> None:
    """Free blocks included: the search finds her where the file was not rewritten."""
    assert course.left_in_bytes >= {"anna@firm.example", "user-anna-77"}
    named = [identifier for identifier in PERSON if identifier not in CRM_IDS]
    named += [f"merged{number:03}@chain.example" for number in range(MERGES + 1)]
    assert in_bytes(course.after.db, named) == set()
    assert in_bytes(published_path(course.after.db), named) == set()
    assert in_bytes(course.after.db, ["bert@firm.example"])
    # Once confirmed, the CRM's ids are gone too.
    everything = [*PERSON, "anna.new@mail.example", "anna%40firm.example"]
    assert in_bytes(course.again.db, everything) == set()
    assert in_bytes(published_path(course.again.db), everything) == set()


def test_a_person_stays_gone_when_the_rows_come_again(course: Course) -> None:
    for identifier in [*PERSON, "anna.new@mail.example"]:
        assert course.again.tables_with(identifier) == set(), identifier
        assert course.then.tables_with(identifier) == set(), identifier
    assert course.again.receipt("q1") == {
        table: 2 * count + (table in ("crm_leads", "email_events"))
        for table, count in ERASED.items()
    }


def test_the_receipt_names_records_until_they_are_confirmed(course: Course) -> None:
    records = (
        "select raw_table, crm_record_id from marts.erasure_receipts "
        "where request_id = 'q1' and crm_record_id is not null order by all"
    )
    assert course.after.ask(records) == [
        ("crm_contacts", "C-anna-001"),
        ("crm_leads", "L-anna-001"),
        ("crm_leads", "L-anna-002"),
        ("crm_leads", "L-anna-003"),
        ("crm_opportunities", "O-anna-001"),
    ]
    assert course.again.ask(records) == []
    confirmed = "select distinct request_id from marts.erasure_receipts where is_confirmed"
    assert course.again.ask(confirmed) == [("q1",)]


def test_a_request_that_finds_nobody_says_so(course: Course) -> None:
    outcomes = (
        "select request_id, outcome, raw_table, rows_found from marts.erasure_receipts "
        "where outcome <> 'found' order by 1"
    )
    assert course.after.ask(outcomes) == [
        ("q6", "nothing_found", None, 0),
        ("q7", "names_nobody", None, 0),
    ]


def test_a_chain_of_merges_is_followed_to_its_end(course: Course) -> None:
    for lead_id in CHAIN:
        assert course.after.tables_with(lead_id) == {"marts.erasure_receipts"}, lead_id
    assert course.after.ask(
        "select count(distinct crm_record_id), min(request_id) = 'merged000@chain.example' "
        "from marts.erasure_receipts where crm_record_id like 'L-merged-%'"
    ) == [(MERGES + 1, False)]


def test_a_person_asked_for_by_crm_record_is_gone(course: Course) -> None:
    for identifier in [renamed(each, "2") for each in PERSON]:
        named = course.after.tables_with(identifier) - {"marts.erasure_receipts"}
        assert named == set(), identifier
    for identifier in BYSTANDERS:
        assert course.after.tables_with(renamed(identifier, "2"))


def test_a_device_asked_for_takes_its_traces_and_no_person(course: Course) -> None:
    assert course.after.tables_with("family3-tablet") == set()
    # What is signed stays with who signed it; what is not signed goes, whoever it was.
    assert course.after.receipt("q3") == {"web_events": 4}
    for identifier in [*PERSON, *BYSTANDERS]:
        assert course.after.tables_with(renamed(identifier, "3")), identifier
    assert course.after.ask(
        "select submission_id, device_key from staging.stg_raw__form_submissions "
        "where submission_id in ('3-f2', '3-f3') order by 1"
    ) == [("3-f2", None), ("3-f3", None)]


def test_an_address_that_many_share_leads_to_nobody_else(course: Course) -> None:
    assert course.after.receipt("q4") == {"crm_leads": 1}
    assert course.after.tables_with("L-info4-001") == {"marts.erasure_receipts"}
    assert course.after.tables_with("L-info4-002") - {"marts.erasure_receipts"}


def test_a_request_that_cannot_be_read_in_full_still_counts(course: Course) -> None:
    for identifier in ["bert5@firm5.example", "L-bert5-001", "C-bert5-001"]:
        named = course.after.tables_with(identifier) - {"marts.erasure_receipts"}
        assert named == set(), identifier
    assert course.after.receipt(None)["erasure_requests"] == 1
