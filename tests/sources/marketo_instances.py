"""Instances of Marketo with invented rows, as loaders leave them."""

from __future__ import annotations

from typing import Any

from tests.sources.crm_views import Tables


def synced(**values: Any) -> dict[str, Any]:
    return {"_fivetran_synced": "2025-03-01 05:00:00", **values}


def activity(number: int, lead_id: str = "1", **values: Any) -> dict[str, Any]:
    return synced(
        id=f"a{number}", lead_id=lead_id, activity_date=f"2025-02-{number:02} 10:00:00", **values
    )


INSTANCE: Tables = {
    "lead": [
        synced(
            id="1",
            created_at="2025-01-10 09:00:00",
            updated_at="2025-02-01 09:00:00",
            email="ada@one.example",
            first_name="Ada",
            company="One",
            title="CTO",
            country="Germany",
            original_source_type="List import",
            lead_status="MQL",
            unsubscribed="false",
            do_not_call="true",
        ),
        synced(
            id="2",
            email="bob@two.example",
            lead_source="Webinar",
            original_source_type="Web form fillout",
        ),
        synced(id="4"),
    ],
    "activity_merge_leads": [
        activity(1, merge_ids="[3,4]"),
        activity(2, lead_id="9", merge_ids="[9]"),
    ],
    "activity_delete_lead": [activity(3, lead_id="2")],
    "activity_change_data_value": [
        activity(4, primary_attribute_value="Lead Status", old_value="New", new_value="MQL"),
        activity(5, primary_attribute_value="Position", old_value=None, new_value="CTO"),
        activity(6, primary_attribute_value="Shoe size", new_value="44"),
    ],
    # The company calls this field otherwise.
    "lead_describe": [{"rest_name": "title", "display_name": "Position"}],
    "activity_email_delivered": [activity(7, email_template_id="55", campaign_id="20")],
    "activity_open_email": [
        activity(8, is_bot_activity="true"),
        activity(9, is_bot_activity="false"),
    ],
    "activity_click_email": [activity(10, link="https://one.example/offer")],
    "activity_email_bounced": [activity(11, lead_id="99", email="gone@old.example")],
    "activity_unsubscribe_email": [activity(12, lead_id="2")],
    "activity_send_email": [activity(13)],
    "activity_fill_out_form": [
        activity(
            14,
            webform_id="77",
            referrer_url="https://us.example/demo",
            query_parameters="utm_source=google",
        )
    ],
    "activity_visit_webpage": [
        activity(
            15, webpage_url="/pricing", referrer_url="https://search.example", user_agent="Mozilla"
        )
    ],
    "activity_change_status_in_progression": [
        activity(16, primary_attribute_value_id="20", new_status="Attended", success="true"),
        activity(17, primary_attribute_value_id="20", new_status="Invited", success="false"),
        activity(18, primary_attribute_value_id="21", new_status="Filled-out Form", success="true"),
    ],
    # One number is a program and a smart campaign.
    "program": [
        synced(id="20", name="How to", channel="Webinar", start_date="2025-02-10"),
        synced(id="21", name="Paper", channel="Reading club"),
    ],
    "campaign": [synced(id="20", name="Invite", program_id="20"), synced(id="30", name="Score")],
}
# As Stitch and Airbyte leave it.
SINGER: Tables = {
    "leads": [
        {"id": "1", "createdAt": "2025-01-10T09:00:00Z", "leadSource": "Web", "doNotCall": "false"}
    ],
    "activities_click_email": [
        {
            "marketoGUID": "g1",
            "leadId": "1",
            "activityDate": "2025-02-01T10:00:00Z",
            "Link": "https://x.example",
        }
    ],
}
