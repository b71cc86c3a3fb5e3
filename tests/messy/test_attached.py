"""What names only a CRM record finds its person, and what CRMs say is heeded."""

from __future__ import annotations

import pytest

from tests.messy.company import Messy

EVENTS = """
    select events.event_type
    from intermediate.lead_events as events
    inner join intermediate.identity_members as members
        on events.lead_key = members.lead_key
    where members.identifier_value = ? and events.source != 'crm'
    order by events.event_type, events.event_key
"""
LEAD = """
    select {columns}
    from {table} as found
    inner join intermediate.identity_members as members
        on found.lead_key = members.lead_key
    where members.identifier_value = ?
"""


def events(messy: Messy, identifier: str) -> list[str]:
    return [name for (name,) in messy.ask(EVENTS, identifier)]


def lead(messy: Messy, identifier: str, columns: str, table: str = "marts.dim_leads") -> object:
    (row,) = messy.ask(LEAD.format(columns=columns, table=table), identifier)
    return row


def test_a_form_a_mail_and_an_answer_of_a_record_are_that_persons(messy: Messy) -> None:
    assert events(messy, "att-bare") == [
        "email_opened",
        "form_submitted",
        "form_submitted",
        "sales_called",
        "sales_called",
        "trade_fair_visited",
    ]
    assert events(messy, "att-customer") == ["email_opened", "form_submitted", "trade_fair_visited"]
    assert lead(messy, "att-bare", "has_phone") == (True,)


def test_a_shared_address_identifies_nobody_and_the_record_beside_it_does(messy: Messy) -> None:
    assert events(messy, "att-role") == ["email_opened", "form_submitted"]


def test_an_address_speaks_before_the_record_and_glues_nobody_to_it(messy: Messy) -> None:
    assert events(messy, "visitor@attached.example") == ["email_opened", "form_submitted"]
    assert lead(messy, "visitor@attached.example", "crm_lead_id") == (None,)
    assert not messy.ask(
        "select 1 from intermediate.identifiers where identifier_value = 'att-never-synced'"
    )


def test_a_record_known_by_a_form_alone_is_a_person(messy: Messy) -> None:
    assert events(messy, "att-only-here") == ["form_submitted"]


def test_an_unsubscription_by_record_is_heeded(messy: Messy) -> None:
    assert lead(messy, "att-known", "is_unsubscribed", "marts.contact_policy") == (True,)


def test_an_activity_is_of_all_its_people_and_of_the_latest_load(messy: Messy) -> None:
    found = messy.ask(
        "select activity_id, lead_id, version_count from staging.stg_raw__crm_activities "
        "where activity_id in ('att-both', 'att-corrected') order by all"
    )
    assert found == [
        ("att-both", "att-bare", 2),
        ("att-both", "att-known", 1),
        ("att-corrected", "att-known", 2),
    ]


def test_a_plan_is_no_touch_and_not_a_row_that_cannot_be_used(messy: Messy) -> None:
    assert messy.ask(
        "select count(*) from staging.stg_raw__crm_activities "
        "where activity_id in ('att-planned', 'att-ahead')"
    ) == [(2,)]
    assert not messy.ask(
        "select 1 from intermediate.lead_events where source_id in ('att-planned', 'att-ahead')"
    )


def test_each_row_belongs_to_a_person_an_account_or_nobody(messy: Messy) -> None:
    short = messy.ask(
        "select raw_table from marts.audit_raw_rows where rows_of_nobody < 0 "
        "or rows_of_people + rows_of_accounts + rows_of_nobody != rows_accepted"
    )
    assert short == []
    counted = dict(
        messy.ask("select raw_table, rows_of_people is not null from marts.audit_raw_rows")
    )
    assert counted["crm_activities"]
    assert not counted["crm_reps"]


@pytest.mark.parametrize(
    ("identifier", "facts"),
    [
        ("att-facts", ("machines", 250, "DE")),
        ("att-own", ("own", 3, "DE")),
        ("att-site", ("machines", 250, "DE")),
        ("att-joined", ("machines", 250, "DE")),
        ("att-social", (None, None, None)),
    ],
)
def test_facts_of_the_account_are_facts_of_its_leads(
    messy: Messy, identifier: str, facts: tuple[str | int | None, ...]
) -> None:
    assert lead(messy, identifier, "industry, employee_count, country_code") == facts


@pytest.mark.parametrize(
    ("identifier", "channel"),
    [
        ("att-clicked", "paid_search"),
        ("att-clicked-bing", "paid_search"),
        ("wanda@attached.example", "paid_search"),
        ("att-bare", "paid_search"),
        ("att-detail", "event"),
        ("att-customer", "partner"),
    ],
)
def test_clicks_and_details_name_the_channel(messy: Messy, identifier: str, channel: str) -> None:
    assert lead(messy, identifier, "channel") == (channel,)


@pytest.mark.parametrize(
    ("name", "email_reason", "call_reason", "consent"),
    [
        ("no-mail", "opted_out_of_email", "none", "given"),
        ("no-call", "none", "do_not_call", "given"),
        ("granted", "none", "none", "given"),
        ("denied", "consent_refused", "none", "refused"),
        ("by-form", "none", "none", "given"),
    ],
)
def test_mail_and_calls_are_two_permissions(
    messy: Messy, name: str, email_reason: str, call_reason: str, consent: str
) -> None:
    columns = "email_reason, call_reason, consent"
    found = lead(messy, f"{name}@attached.example", columns, "marts.contact_policy")
    assert found == (email_reason, call_reason, consent)


def test_a_second_status_and_that_of_a_contact_are_stages(messy: Messy) -> None:
    said = (
        "select raw_status, stage from intermediate.crm_stage_signals "
        "where source_id = ? order by raw_status"
    )
    assert messy.ask(said, "att-second") == [("New", "inquiry"), ("Working", "sal")]
    assert messy.ask(said, "att-stage") == [("att-Taken-On", None)]
    assert messy.ask(said, "att-customer") == [("Qualified", "sql")]


def test_merged_contacts_are_one_person(messy: Messy) -> None:
    assert messy.ask(
        "select count(distinct lead_key) from intermediate.identity_members "
        "where identifier_value in ('loser@attached.example', 'winner@attached.example')"
    ) == [(1,)]


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("form_submissions", "submission_id"),
        ("email_events", "event_id"),
        ("campaign_responses", "response_id"),
        ("crm_contacts", "contact_id"),
        ("crm_activities", "lead_id"),
    ],
)
def test_an_erasure_reaches_what_names_only_a_record(messy: Messy, table: str, key: str) -> None:
    left = f"select {key} from staging.stg_raw__{table} where {key} like 'att-gone%'"
    assert messy.ask(left) == []
    assert messy.ask(
        "select lead_id from staging.stg_raw__crm_activities where activity_id = 'att-with-gone'"
    ) == [("att-known",)]
