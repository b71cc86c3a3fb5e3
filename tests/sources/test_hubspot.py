"""Portals of HubSpot as four loaders and a person leave them."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from tests.sources.crm_views import SHARED, Tables, company, fill_from_files, make_views

FIXTURE = SHARED / "hubspot"
SYNCED = {"_fivetran_synced": "2025-03-01 05:00:00"}


def synced(**values: Any) -> dict[str, Any]:
    return {**SYNCED, **values}


# As Fivetran leaves it: a prefix before each property, associations as tables.
PORTAL: Tables = {
    "contact": [
        synced(
            id="1",
            property_email="Ada@One.example",
            property_createdate="2025-01-10 09:00:00",
            property_lastmodifieddate="2025-02-01 09:00:00",
            property_firstname="Ada",
            property_mobilephone="+49 30 1234567",
            property_country="Germany",
            property_ip_country_code="nl",
            property_hs_analytics_source="PAID_SEARCH",
            property_hs_analytics_source_data_1="spring",
            property_hs_analytics_source_data_2="crm software",
            property_hs_google_click_id="Cj0abc",
            property_lifecyclestage="marketingqualifiedlead",
            property_hs_lead_status="CONNECTED",
            property_hubspot_owner_id="70",
            property_hs_email_optout="true",
            property_hs_legal_basis="Legitimate interest;Freely given consent from contact",
            # Contact 3 was merged into 2, and 2 into this one.
            property_hs_merged_object_ids="2;3",
            property_hs_additional_emails="ada@home.example;a.one@one.example",
        ),
        synced(id="2", property_email="ada@old.example", _fivetran_deleted="true"),
        synced(
            id="4",
            property_email="bob@two.example",
            property_hs_calculated_merged_vids="9:1600000000000;10:1600000000001",
            property_hs_lifecyclestage_lead_date="2025-01-01 08:00:00",
            property_hs_lifecyclestage_marketingqualifiedlead_date="2025-01-05 08:00:00",
        ),
    ],
    "contact_company": [
        synced(contact_id="1", company_id="31", type_id="279"),
        synced(contact_id="1", company_id="30", type_id="1"),
    ],
    "contact_merge_audit": [
        synced(vid_to_merge="8", canonical_vid="4", timestamp="2025-02-02 10:00:00"),
        # Of contacts that are not there.
        synced(vid_to_merge="77", canonical_vid="55", timestamp="2025-02-02 10:00:00"),
    ],
    "contact_property_history": [
        synced(contact_id="1", name=name, value=value, timestamp=f"2025-01-{day} 09:00:00")
        for day, name, value in [
            ("10", "lifecyclestage", "lead"),
            ("12", "lifecyclestage", "marketingqualifiedlead"),
            ("12", "hubspot_owner_id", "70"),
            ("13", "hs_lead_status", "CONNECTED"),
            ("14", "favourite_colour", "blue"),
        ]
    ],
    "company": [
        synced(id="30", property_name="One", property_domain="one.example", is_deleted="false"),
        synced(id="31", property_name="Two", property_hs_merged_object_ids="32"),
        synced(id="32", property_name="Two again", is_deleted="false"),
    ],
    "deal": [
        synced(
            deal_id="100",
            deal_pipeline_id="p1",
            deal_pipeline_stage_id="s2",
            owner_id="70",
            property_amount="500",
            property_dealtype="newbusiness",
        ),
        synced(deal_id="101", deal_pipeline_stage_id="s3", property_amount="1"),
        synced(deal_id="102", deal_pipeline_stage_id="unheard of", is_deleted="true"),
    ],
    "deal_pipeline": [synced(pipeline_id="p1", label="Sales")],
    "deal_pipeline_stage": [
        synced(
            stage_id="s1", label="Talks", pipeline_id="p1", is_closed="false", closed_won="false"
        ),
        synced(
            stage_id="s2", label="Signed", pipeline_id="p1", is_closed="true", closed_won="true"
        ),
        # Loaders that keep what the API says.
        synced(stage_id="s3", label="Gone", pipeline_id="p1", is_closed="true", probability="0.0"),
    ],
    "deal_stage": [
        synced(
            deal_id="100",
            value=stage,
            date_entered=f"2025-01-{day} 10:00:00",
            _fivetran_active=active,
        )
        for day, stage, active in [("20", "s1", "false"), ("25", "s2", "true")]
    ],
    "deal_property_history": [
        synced(deal_id="100", name="dealstage", value="s1", timestamp="2025-01-20 10:00:00"),
        synced(deal_id="100", name="amount", value="500", timestamp="2025-01-21 10:00:00"),
        synced(deal_id="101", name="dealstage", value="s3", timestamp="2025-01-22 10:00:00"),
    ],
    "deal_contact": [
        synced(deal_id="100", contact_id="12"),
        synced(deal_id="100", contact_id="4"),
        synced(deal_id="100", contact_id="1", _fivetran_deleted="true"),
    ],
    "deal_company": [
        synced(deal_id="100", company_id="31", type_id="341"),
        synced(deal_id="100", company_id="30", type_id="5"),
    ],
    "merged_deal": [{"deal_id": "100", "merged_deal_id": "101"}],
    "engagement": [
        synced(id="901", type="INCOMING_EMAIL", owner_id="70", timestamp="2025-02-03 10:00:00"),
        synced(id="909", type="CALL", owner_id="70", timestamp="2025-02-04 10:00:00"),
    ],
    "engagement_call": [
        synced(
            engagement_id="900",
            property_hs_timestamp="2025-02-02 10:00:00",
            property_hs_call_direction="OUTBOUND",
            property_hs_call_duration="150000",
            property_hs_call_disposition="f240bbac-87c9-4f6e-bf70-924b57d47db7",
            property_hubspot_owner_id="70",
        )
    ],
    "engagement_email": [synced(engagement_id="901", property_hs_email_status="SENT")],
    "engagement_meeting": [
        synced(engagement_id="902", start_time="2025-02-20 10:00:00", meeting_outcome="COMPLETED"),
        synced(engagement_id="903", start_time="2025-02-21 10:00:00", meeting_outcome="CANCELED"),
        # Its row was loaded before it took place, and no more since.
        {
            "engagement_id": "904",
            "start_time": "2025-02-25 10:00:00",
            "_fivetran_synced": "2025-02-10 05:00:00",
        },
        synced(engagement_id="905", start_time="2025-03-09 10:00:00"),
    ],
    "engagement_note": [synced(engagement_id="906", property_hs_timestamp="2025-02-05 10:00:00")],
    "engagement_task": [
        synced(
            engagement_id="907",
            property_hs_timestamp="2025-02-06 10:00:00",
            property_hs_task_status="COMPLETED",
        ),
        synced(
            engagement_id="908",
            property_hs_timestamp="2025-02-07 10:00:00",
            property_hs_task_status="NOT_STARTED",
        ),
    ],
    "engagement_communication": [
        synced(
            engagement_id="910",
            property_hs_timestamp="2025-02-08 10:00:00",
            property_hs_communication_channel_type="LINKEDIN_MESSAGE",
        )
    ],
    "engagement_contact": [
        synced(engagement_id="900", contact_id="1"),
        synced(engagement_id="900", contact_id="4"),
        synced(engagement_id="906", contact_id="4", _fivetran_deleted="true"),
    ],
    "engagement_deal": [
        synced(engagement_id="900", deal_id="101"),
        synced(engagement_id="900", deal_id="100"),
    ],
    "email_event": [
        synced(
            id=f"m{number}",
            type=kind,
            created="2025-02-01 07:00:00",
            recipient=to,
            filtered_event=machine,
        )
        for number, (kind, to, machine) in enumerate(
            [
                ("SENT", "ada@one.example", None),
                ("DELIVERED", "ada@one.example", None),
                ("OPEN", "ada@one.example", "true"),
                ("CLICK", "A.One@one.example", "false"),
                ("BOUNCE", "bob@two.example", None),
                ("BOUNCE", "nobody@two.example", None),
                ("STATUSCHANGE", "ada@one.example", None),
                ("STATUSCHANGE", "bob@two.example", None),
                ("SPAMREPORT", "bob@two.example", None),
            ]
        )
    ],
    "email_event_click": [{"id": "m3", "url": "https://one.example/offer"}],
    "email_event_bounce": [
        {"id": "m4", "category": "MAILBOX_FULL"},
        {"id": "m5", "category": "UNKNOWN_USER"},
    ],
    "email_event_status_change": [
        {"id": "m6", "portal_subscription_status": "UNSUBSCRIBED"},
        {"id": "m7", "portal_subscription_status": "SUBSCRIBED"},
    ],
    "email_campaign": [synced(id="5", name="Spring"), synced(id="6", subject="Hello")],
    "contact_form_submission": [
        synced(
            conversion_id="f1",
            form_id="guid-1",
            contact_id="1",
            timestamp="2025-01-10 08:59:00",
            page_url="https://us.example/demo?utm_source=google",
            title="Demo | Us",
        )
    ],
    "form": [{"guid": "guid-1", "name": "Demo request"}],
    "owner": [
        synced(
            owner_id="70", email="rep@us.example", first_name="Rita", last_name="Rep", type="PERSON"
        ),
        synced(
            owner_id="71",
            first_name="Gone",
            type="PERSON",
            _fivetran_deleted="true",
            active_user_id="u71",
        ),
        synced(owner_id="72", first_name="Support queue", type="QUEUE"),
    ],
    "owner_team": [
        {"owner_id": "70", "team_id": "t2", "is_team_primary": "false"},
        {"owner_id": "70", "team_id": "t1", "is_team_primary": "true"},
    ],
    "users": [{"id": "u71", "primary_team_id": "t3"}],
}

# As Airbyte leaves it: properties in one column, lists of what is joined, stages within pipelines.
EXTRACTED = {"_airbyte_extracted_at": "2025-03-01 06:00:00"}
BYTES: Tables = {
    "contacts": [
        {
            **EXTRACTED,
            "id": "1",
            "archived": "false",
            "createdAt": "2025-01-11T09:00:00Z",
            "properties": json.dumps(
                {
                    "email": "eve@five.example",
                    "createdate": "2025-01-11T09:00:00Z",
                    "lifecyclestage": "lead",
                    "associatedcompanyid": "40",
                }
            ),
        }
    ],
    "deals": [
        {
            **EXTRACTED,
            "id": "200",
            "properties_dealstage": "closedwon",
            "properties_pipeline": "default",
            "properties_hs_is_closed_won": "true",
            "properties_hs_merged_object_ids": "201",
            "contacts": '["12", "1"]',
            "companies": '["40"]',
        },
        {**EXTRACTED, "id": "201", "properties_dealstage": "lost"},
    ],
    "deal_pipelines": [
        {
            "pipelineId": "default",
            "label": "Sales pipeline",
            "stages": json.dumps(
                [
                    {
                        "stageId": "closedwon",
                        "label": "Won",
                        "metadata": {"isClosed": "true", "probability": "1.0"},
                    },
                    {
                        "stageId": "lost",
                        "label": "Lost",
                        "metadata": {"isClosed": "true", "probability": "0.0"},
                    },
                    {
                        "stageId": "open",
                        "label": "Open",
                        "metadata": {"isClosed": "false", "probability": "0.2"},
                    },
                ]
            ),
        }
    ],
    "engagements_calls": [
        {
            **EXTRACTED,
            "id": "300",
            "properties_hs_timestamp": "2025-02-01T10:00:00Z",
            "contacts": '["1", "12"]',
            "deals": '["200"]',
        }
    ],
    "form_submissions": [
        {
            **EXTRACTED,
            "formId": "guid-9",
            "submittedAt": "1736582400000",
            "pageUrl": "https://us.example/contact",
            "values": json.dumps(
                [
                    {"name": "email", "value": "eve@five.example"},
                    {"name": "lastname", "value": "Five"},
                ]
            ),
        }
    ],
    "owners": [
        {
            "id": "70",
            "firstName": "Olga",
            "lastName": "Owner",
            "archived": "false",
            "teams": '[{"id": "t8", "primary": false}, {"id": "t9", "primary": true}]',
        }
    ],
}

# As Stitch leaves it: an object for each property.
STITCHED: Tables = {
    "contacts": [
        {
            "vid": "1",
            "properties__email__value": "sam@six.example",
            "properties__jobtitle__value": "CEO",
        }
    ]
}

# As a person exports it.
EXPORTED: Tables = {
    "contact": [
        {
            "Record ID": "1",
            "First Name": "Kim",
            "Last Name": "Seven",
            "Email": "kim@seven.example",
            "Phone Number": "+1 555 0100",
            "Lifecycle Stage": "Marketing Qualified Lead",
            "Lead Status": "In Progress",
            "Contact owner": "Rita Rep",
            "Create Date": "2025-01-12 09:00",
            "Last Modified Date": "2025-01-13 09:00",
            "Original Source": "Paid search",
            "Company name": "Seven Ltd",
            "Country/Region": "Ireland",
            "Became a Lead Date": "2025-01-12 09:00",
            "Became a Marketing Qualified Lead Date": "2025-01-13 09:00",
        }
    ],
    "deal": [
        {
            "Record ID": "900",
            "Deal Stage": "Contract Sent (Sales Pipeline)",
            "Pipeline": "Sales Pipeline",
            "Deal owner": "Rita Rep",
            "Amount": "1200",
            "Close Date": "2025-04-01 09:00",
            "Create Date": "2025-01-20 09:00",
            "Associated Contact IDs": "1;2",
        }
    ],
}


@pytest.fixture(scope="module")
def hubspot() -> duckdb.DuckDBPyConnection:
    return company(
        "hubspot",
        {"portal": PORTAL, "bytes": BYTES, "stitched": STITCHED, "exported": EXPORTED, "bare": {}},
    )


def ask(connection: duckdb.DuckDBPyConnection, columns: str, rest: str) -> list[tuple[Any, ...]]:
    """Ask a view; the rows in the order of their columns."""
    return connection.execute(f"select {columns} from {rest} order by all").fetchall()


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
        ("portal", "100", "1", "false", "true"),
        ("portal", "100", "12", "false", "false"),
        ("portal", "100", "4", "true", "false"),
    ]


def test_stages_that_a_deal_left_are_its_history(hubspot: duckdb.DuckDBPyConnection) -> None:
    columns = "opportunity_id, changed_at, stage_name, amount"
    assert ask(hubspot, columns, "hubspot__crm_opportunity_history") == [
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
