"""Orgs of Salesforce as loaders and a person leave them."""

from __future__ import annotations

import duckdb
import pytest

from tests.sources.crm_views import SHARED, ask, company, fill_from_files, make_views
from tests.sources.salesforce_orgs import (
    CONTACT,
    DEAL,
    LEAD,
    NATIVE,
    ORG,
    OTHER_CONTACT,
    QUEUE,
    REP,
    REPORTED,
    STITCHED,
    VERSIONS,
)

FIXTURE = SHARED / "salesforce"


@pytest.fixture(scope="module")
def salesforce() -> duckdb.DuckDBPyConnection:
    return company(
        "salesforce",
        {
            "org": ORG,
            "native": NATIVE,
            "stitched": STITCHED,
            "versions": VERSIONS,
            "reported": REPORTED,
            "bare": {},
        },
    )


def test_a_lead_has_the_moment_of_its_conversion(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "email, company_name, job_title, phone, country_code, employee_count, lead_source, "
        "lead_source_detail, click_id, status, rating, owner_id, converted_at, "
        "converted_contact_id, converted_opportunity_id, has_opted_out_of_email, do_not_call"
    )
    assert ask(salesforce, columns, f"salesforce__crm_leads where lead_id = '{LEAD}'") == [
        (
            "ada@one.example",
            "One",
            "CTO",
            "+49 30 1234567",
            "DE",
            "50",
            "Web",
            "Pricing page",
            "Cj0abc",
            "Converted",
            "Hot",
            QUEUE,
            "2025-01-20 10:00:00",
            CONTACT,
            DEAL,
            "false",
            "true",
        )
    ]


def test_the_last_version_of_a_record_counts(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, status, merged_into_lead_id, is_deleted"
    assert ask(salesforce, columns, "salesforce__crm_leads where lead_id like '00Q_'") == [
        ("00Q2", None, LEAD, "true"),
        ("00Q3", "Working", None, "false"),
        ("00Q4", "Dead", None, "true"),
        ("00Q5", None, None, "false"),
        ("00QN", None, None, None),
        ("00QR", "Working - Contacted", None, None),
        ("00QS", None, None, "true"),
    ]


def test_loaders_spell_one_column_in_many_ways(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, created_at, lead_source, click_id, converted_account_id, loaded_at"
    where = "salesforce__crm_leads where source in ('native', 'stitched')"
    assert ask(salesforce, columns, where) == [
        ("00QN", "2025-01-10T09:00:00Z", "Web", "x", None, None),
        ("00QS", None, None, None, "001S", "2025-03-01"),
    ]


def test_a_report_that_a_person_exported_says_the_same(
    salesforce: duckdb.DuckDBPyConnection,
) -> None:
    columns = (
        "lead_id, email, company_name, status, lead_source, owner_id, created_at, converted_at"
    )
    assert ask(salesforce, columns, "salesforce__crm_leads where source = 'reported'") == [
        (
            "00QR",
            "kim@seven.example",
            "Seven Ltd",
            "Working - Contacted",
            "Phone Inquiry",
            "Ann Rep",
            "2025-01-12",
            "2025-01-15",
        )
    ]
    columns = "opportunity_id, stage_name, is_won, owner_id"
    assert ask(salesforce, columns, "salesforce__crm_opportunities where source = 'reported'") == [
        ("006R", "Closed Won", "1", "Ann Rep")
    ]


def test_tracked_fields_are_the_history(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, changed_at, field_name, old_value, new_value"
    assert ask(salesforce, columns, "salesforce__crm_lead_history") == [
        (LEAD, "2025-01-12 10:00:00", "status", "New", "Working"),
        (LEAD, "2025-01-13 10:00:00", "owner_id", REP, QUEUE),
        (LEAD, "2025-01-14 10:00:00", "job_title", "CEO", "CTO"),
        ("00Q5", "2025-01-04", "status", None, "MQL"),
        ("00Q5", "2025-01-08", "status", "MQL", "SQL"),
        ("00QR", "2025-01-13 09:00", "owner_id", "Old", "Ann Rep"),
        ("00QR", "2025-01-13 09:00", "status", "Old", "Working - Contacted"),
    ]


def test_a_record_was_not_loaded_before_it_changed(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "contact_id, country_code, merged_into_contact_id, is_deleted, loaded_at"
    assert ask(salesforce, columns, "salesforce__crm_contacts") == [
        (CONTACT, "Germany", None, "false", "2025-02-01 10:00:00"),
        ("003B", None, CONTACT, "true", "2025-03-01 05:00:00"),
    ]


def test_a_merged_account_is_deleted(salesforce: duckdb.DuckDBPyConnection) -> None:
    assert ask(salesforce, "account_id, domain, is_deleted", "salesforce__crm_accounts") == [
        ("001A", "https://www.one.example/de", "false"),
        ("001B", None, "true"),
    ]


def test_a_deal_belongs_to_the_people_with_a_role(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "opportunity_id, account_id, contact_id, pipeline, deal_type, campaign_id, stage_name, "
        "amount, currency_code, closed_at, lost_reason, is_deleted"
    )
    assert ask(salesforce, columns, "salesforce__crm_opportunities where source = 'org'") == [
        (
            DEAL,
            "001A",
            OTHER_CONTACT,
            "Renewals",
            "Existing Customer - Upgrade",
            "701A",
            "Closed Won",
            "900",
            "EUR",
            "2025-02-10",
            "none",
            "false",
        ),
        ("006B", *[None] * 5, "Prospecting", *[None] * 4, "true"),
    ]
    columns = "contact_id, role, is_primary, is_deleted"
    assert ask(salesforce, columns, "salesforce__crm_opportunity_contacts") == [
        (CONTACT, "User", "false", "false"),
        (OTHER_CONTACT, "Buyer", "true", "false"),
    ]


def test_a_history_may_be_one_of_versions_or_of_fields(
    salesforce: duckdb.DuckDBPyConnection,
) -> None:
    columns = "opportunity_id, changed_at, stage_name, amount, history_id"
    assert ask(salesforce, columns, "salesforce__crm_opportunity_history") == [
        (DEAL, "2025-01-20 10:00:00", "Prospecting", "800", "008A"),
        ("006B", "2025-01-21 10:00:00", "Proposal", None, "x2"),
        ("006V", "2025-01-20 10:00:00", "Prospecting", None, "006V|2025-01-20 10:00:00"),
        ("006V", "2025-01-22 10:00:00", "Closed Lost", None, "006V|2025-01-22 10:00:00"),
    ]


def test_what_was_done_is_an_activity_of_each_person(
    salesforce: duckdb.DuckDBPyConnection,
) -> None:
    columns = (
        "activity_id, activity_type, direction, occurred_at, lead_id, contact_id, opportunity_id, "
        "outcome, duration_minutes, is_completed"
    )
    assert ask(salesforce, columns, "salesforce__crm_activities") == [
        ("00T1", "call", "inbound", "2025-02-01 10:00:00", LEAD, None, DEAL, "Reached", "3", None),
        (
            "00T1",
            "call",
            "inbound",
            "2025-02-01 10:00:00",
            None,
            CONTACT,
            DEAL,
            "Reached",
            "3",
            None,
        ),
        ("00T3", "email", None, "2025-02-02", *[None] * 6),
        ("00T4", "message", None, "2025-02-03", *[None] * 6),
        ("00T5", "call", None, "2025-02-04", *[None] * 6),
        ("00T6", "task", None, "2025-02-05", None, None, None, "Completed", None, None),
        ("00U1", "meeting", None, "2025-02-06 10:00:00", None, CONTACT, None, None, "30", None),
        ("00U3", "call", None, "2025-03-20 10:00:00", *[None] * 5, "false"),
        ("02s2", "email", "inbound", "2025-02-07 10:00:00", None, CONTACT, DEAL, None, None, None),
    ]


def test_who_responded_to_what(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "response_id, campaign_id, occurred_at, crm_lead_id, response_type"
    assert ask(salesforce, columns, "salesforce__campaign_responses") == [
        ("00v2", "701A", "2025-02-02", LEAD, "trade_fair"),
        ("00v3", "701B", "2025-02-03", LEAD, "webinar_attended"),
        ("00v4", "701C", "2025-02-04", LEAD, "Responded"),
    ]
    assert ask(salesforce, "campaign_id, channel", "salesforce__campaigns") == [
        ("701A", "event"),
        ("701B", "event"),
        ("701C", "Barbecue"),
    ]


def test_users_and_named_owners_are_reps(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "source, rep_id, name, team_id, is_active"
    assert ask(salesforce, columns, "salesforce__crm_reps") == [
        ("org", REP, "Ann Rep", "00E1", "true"),
        ("org", "005B", "Ben Rep", None, "false"),
        ("reported", "Ann Rep", "Ann Rep", None, "true"),
    ]


@pytest.mark.skipif(
    not FIXTURE.exists(), reason="The tables of Salesforce's own package are not there"
)
def test_the_tables_of_its_own_package() -> None:
    connection = duckdb.connect()
    fill_from_files(connection, "sample", FIXTURE)
    make_views(connection, "salesforce", [{"name": "sample"}])

    def count(view: str, condition: str = "true") -> int:
        asked = f"select count(*) from salesforce__{view} where {condition}"
        return int(connection.execute(asked).fetchall()[0][0])

    assert count("crm_accounts") == 10
    assert count("crm_contacts") == 4
    assert count("crm_opportunities") == count("crm_opportunities", "is_deleted = 'true'") == 10
    assert count("crm_leads", "status = 'Converted'") == 1
    assert count("crm_activities") == 20
    assert count("crm_activities", "activity_type = 'task'") == 10
    assert count("crm_activities", "activity_type = 'call'") == 6
    assert count("crm_activities", "activity_type = 'meeting'") == 4
    assert count("crm_reps") == 10
