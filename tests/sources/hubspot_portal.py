"""A portal of HubSpot with invented rows, in the shape that Fivetran leaves."""

from __future__ import annotations

from typing import Any

from tests.sources.crm_views import Tables

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
