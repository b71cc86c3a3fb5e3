"""Portals of HubSpot as four loaders and a person leave them."""

from __future__ import annotations

import duckdb
import pytest

from tests.sources.crm_views import SHARED, ask, company, fill_from_files, make_views
from tests.sources.hubspot_loads import BYTES, EXPORTED, PIPED, STITCHED
from tests.sources.hubspot_portal import PORTAL

FIXTURE = SHARED / "hubspot"


@pytest.fixture(scope="module")
def hubspot() -> duckdb.DuckDBPyConnection:
    return company(
        "hubspot",
        {
            "portal": PORTAL,
            "bytes": BYTES,
            "stitched": STITCHED,
            "piped": PIPED,
            "exported": EXPORTED,
            "bare": {},
        },
    )


def test_a_contact_is_a_lead(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "email, created_at, updated_at, first_name, phone, country_code, "
        "lead_source, lead_source_detail, click_id, status, "
        "second_status, owner_id, account_id, has_opted_out_of_email, "
        "consent_marketing, is_deleted, loaded_at"
    )
    assert ask(
        hubspot, columns, "hubspot__crm_leads where source = 'portal' and lead_id = '1'"
    ) == [
        (
            "Ada@One.example",
            "2025-01-10 09:00:00",
            "2025-02-01 09:00:00",
            "Ada",
            "+49 30 1234567",
            "Germany",
            "PAID_SEARCH",
            "spring / crm software",
            "Cj0abc",
            "marketingqualifiedlead",
            "CONNECTED",
            "70",
            "30",
            "true",
            "true",
            "false",
            "2025-03-01 05:00:00",
        )
    ]


def test_merged_contacts_are_named_by_whoever_knows(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, hs_merged_object_ids, merged_into_lead_id, is_deleted"
    assert ask(hubspot, columns, "hubspot__crm_leads where source = 'portal'") == [
        ("1", "2;3", None, "false"),
        ("2", None, None, "true"),
        ("4", "9;10", None, "false"),
        ("8", None, "4", None),
    ]


def test_properties_are_found_however_a_loader_spells_them(
    hubspot: duckdb.DuckDBPyConnection,
) -> None:
    columns = "source, lead_id, created_at, email, job_title, status, account_id"
    assert ask(hubspot, columns, "hubspot__crm_leads where source in ('bytes', 'stitched')") == [
        ("bytes", "1", "2025-01-11T09:00:00Z", "eve@five.example", None, "lead", "40"),
        ("stitched", "1", None, "sam@six.example", "CEO", None, None),
    ]


def test_what_dlt_keeps_in_tables_of_its_own_is_joined(
    hubspot: duckdb.DuckDBPyConnection,
) -> None:
    columns = "opportunity_id, lead_id, account_id, pipeline, stage_name, is_won"
    assert ask(hubspot, columns, "hubspot__crm_opportunities where source = 'piped'") == [
        ("700", "1", "50", "Pipeline seven", "Yes", "true")
    ]
    columns = "opportunity_id, changed_at, stage_name"
    assert ask(hubspot, columns, "hubspot__crm_opportunity_history where source = 'piped'") == [
        ("700", "2025-01-23T10:00:00Z", "Yes")
    ]


def test_a_file_that_a_person_exported_says_the_same(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "lead_id, email, company_name, phone, country_code, lead_source, status, "
        "second_status, owner_id, created_at"
    )
    assert ask(hubspot, columns, "hubspot__crm_leads where source = 'exported'") == [
        (
            "1",
            "kim@seven.example",
            "Seven Ltd",
            "+1 555 0100",
            "Ireland",
            "Paid search",
            "Marketing Qualified Lead",
            "In Progress",
            "Rita Rep",
            "2025-01-12 09:00",
        )
    ]
    columns = "opportunity_id, lead_id, pipeline, stage_name, amount, owner_id, closed_at"
    assert ask(hubspot, columns, "hubspot__crm_opportunities where source = 'exported'") == [
        ("900", "1", "Sales Pipeline", "Contract Sent", "1200", "Rita Rep", "2025-04-01 09:00")
    ]
    assert ask(hubspot, "rep_id, name", "hubspot__crm_reps where source = 'exported'") == [
        ("Rita Rep", "Rita Rep")
    ]


def test_changes_of_properties_are_the_history(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, changed_at, field_name, old_value, new_value"
    assert ask(
        hubspot, columns, "hubspot__crm_lead_history where source in ('portal', 'exported')"
    ) == [
        ("1", "2025-01-10 09:00:00", "status", None, "lead"),
        ("1", "2025-01-12 09:00", "status", None, "lead"),
        ("1", "2025-01-12 09:00:00", "owner_id", None, "70"),
        ("1", "2025-01-12 09:00:00", "status", "lead", "marketingqualifiedlead"),
        ("1", "2025-01-13 09:00", "status", "lead", "marketingqualifiedlead"),
        ("1", "2025-01-13 09:00:00", "second_status", None, "CONNECTED"),
        ("4", "2025-01-01 08:00:00", "status", None, "lead"),
        ("4", "2025-01-05 08:00:00", "status", "lead", "marketingqualifiedlead"),
    ]


def test_a_merged_company_is_deleted(hubspot: duckdb.DuckDBPyConnection) -> None:
    assert ask(hubspot, "account_id, name, domain, is_deleted", "hubspot__crm_accounts") == [
        ("30", "One", "one.example", "false"),
        ("31", "Two", None, "false"),
        ("32", "Two again", None, "true"),
    ]


def test_a_deal_has_labels_a_company_and_people(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "source, opportunity_id, account_id, lead_id, pipeline, stage_name, "
        "is_closed, is_won, deal_type, "
        "merged_into_opportunity_id, is_deleted"
    )
    assert ask(
        hubspot, columns, "hubspot__crm_opportunities where source in ('portal', 'bytes')"
    ) == [
        ("bytes", "200", "40", "1", "Sales pipeline", "Won", "true", "true", None, None, None),
        ("bytes", "201", None, None, "Sales pipeline", "Lost", "true", "false", None, "200", None),
        (
            "portal",
            "100",
            "30",
            "4",
            "Sales",
            "Signed",
            "true",
            "true",
            "newbusiness",
            None,
            "false",
        ),
        ("portal", "101", None, None, "Sales", "Gone", "true", "false", None, "100", "false"),
        ("portal", "102", None, None, None, "unheard of", None, None, None, None, "true"),
    ]
    columns = "source, opportunity_id, lead_id, is_primary, is_deleted"
    assert ask(hubspot, columns, "hubspot__crm_opportunity_contacts") == [
        ("bytes", "200", "1", "true", "false"),
        ("bytes", "200", "12", "false", "false"),
        ("exported", "900", "1", "true", "false"),
        ("exported", "900", "2", "false", "false"),
        ("piped", "700", "1", "true", "false"),
        ("portal", "100", "1", "false", "true"),
        ("portal", "100", "12", "false", "false"),
        ("portal", "100", "4", "true", "false"),
    ]


def test_stages_that_a_deal_left_are_its_history(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = "opportunity_id, changed_at, stage_name, amount"
    assert ask(hubspot, columns, "hubspot__crm_opportunity_history where source = 'portal'") == [
        ("100", "2025-01-20 10:00:00", "Talks", None),
        ("100", "2025-01-21 10:00:00", None, "500"),
        ("100", "2025-01-25 10:00:00", "Signed", None),
        ("101", "2025-01-22 10:00:00", "Gone", None),
    ]


def test_what_happened_is_an_activity_of_each_person(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "activity_id, activity_type, direction, lead_id, opportunity_id, rep_id, "
        "outcome, duration_minutes"
    )
    assert ask(hubspot, columns, "hubspot__crm_activities where source = 'portal'") == [
        ("900", "call", "outbound", "1", "100", "70", "Connected", "3"),
        ("900", "call", "outbound", "4", "100", "70", "Connected", "3"),
        ("901", "email", "inbound", None, None, "70", "SENT", None),
        ("902", "meeting", None, None, None, None, "COMPLETED", None),
        ("904", "meeting", None, None, None, None, None, None),
        ("905", "meeting", None, None, None, None, None, None),
        ("906", "note", None, None, None, None, None, None),
        ("907", "task", None, None, None, None, "COMPLETED", None),
        ("909", "call", None, None, None, "70", None, None),
        ("910", "message", None, None, None, None, "LINKEDIN_MESSAGE", None),
    ]
    assert ask(
        hubspot, "lead_id, opportunity_id", "hubspot__crm_activities where source = 'bytes'"
    ) == [
        ("1", "200"),
        ("12", "200"),
    ]


def test_a_meeting_counts_once_it_took_place(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = "activity_id, occurred_at, is_completed, loaded_at"
    assert ask(
        hubspot, columns, "hubspot__crm_activities where activity_id in ('902', '904', '905')"
    ) == [
        ("902", "2025-02-20 10:00:00", None, "2025-03-01 05:00:00"),
        ("904", "2025-02-25 10:00:00", None, "2025-02-25 10:00:00"),
        ("905", "2025-03-09 10:00:00", "false", "2025-03-01 05:00:00"),
    ]


def test_events_of_emails_find_their_contact(hubspot: duckdb.DuckDBPyConnection) -> None:
    assert ask(hubspot, "event_id, event_name, crm_lead_id, url", "hubspot__email_events") == [
        ("m1", "delivered", "1", None),
        ("m3", "clicked", "1", "https://one.example/offer"),
        ("m4", "soft bounce", "4", None),
        ("m5", "bounced", None, None),
        ("m6", "unsubscribed", "1", None),
        ("m8", "complained", "4", None),
    ]


def test_forms_are_of_a_contact_or_of_what_was_filled_in(
    hubspot: duckdb.DuckDBPyConnection,
) -> None:
    columns = "submission_id, form_id, crm_lead_id, email, last_name, occurred_at, page_url"
    assert ask(hubspot, columns, "hubspot__form_submissions") == [
        (
            "f1",
            "Demo request",
            "1",
            None,
            None,
            "2025-01-10 08:59:00",
            "https://us.example/demo?utm_source=google",
        ),
        (
            "guid-9|1736582400000|eve@five.example",
            "guid-9",
            None,
            "eve@five.example",
            "Five",
            "1736582400000",
            "https://us.example/contact",
        ),
    ]


def test_owners_are_reps_in_their_primary_team(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = "source, rep_id, name, team_id, is_active"
    assert ask(hubspot, columns, "hubspot__crm_reps where source != 'exported'") == [
        ("bytes", "70", "Olga Owner", "t9", "true"),
        ("portal", "70", "Rita Rep", "t1", "true"),
        ("portal", "71", "Gone", "t3", "false"),
    ]


def test_emails_are_campaigns(hubspot: duckdb.DuckDBPyConnection) -> None:
    assert ask(hubspot, "campaign_id, name, channel", "hubspot__campaigns") == [
        ("5", "Spring", "email"),
        ("6", "Hello", "email"),
    ]


@pytest.mark.skipif(
    not FIXTURE.exists(), reason="The tables of HubSpot's own package are not there"
)
def test_the_tables_of_its_own_package() -> None:
    connection = duckdb.connect()
    fill_from_files(connection, "sample", FIXTURE)
    make_views(connection, "hubspot", [{"name": "sample"}])

    def count(view: str, condition: str = "true") -> int:
        return int(
            connection.execute(
                f"select count(*) from hubspot__{view} where {condition}"
            ).fetchall()[0][0]
        )

    assert count("crm_leads") == 22
    listed = (
        "select unnest(string_split(hs_merged_object_ids, ';')) as lead_id from hubspot__crm_leads"
    )
    assert (
        count(
            "crm_leads",
            f"lead_id not in (select lead_id from ({listed}) where lead_id is not null)",
        )
        == 19
    )
    assert count("crm_accounts") == 24
    assert count("crm_opportunities") == 44
    assert count("crm_opportunity_history") == 14
    assert count("deal_stages") == 71
    assert count("deal_stages", "is_won = 'true'") == 5
    assert count("email_events") == 93
    assert count("crm_activities") == 105
    assert count("crm_reps") == 100
    assert count("form_submissions", "crm_lead_id is not null") == 5
