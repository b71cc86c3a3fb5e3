"""What the CRM took back: deleted records, reopened deals, merged records without a row."""

from __future__ import annotations

from collections.abc import Mapping

from tests.messy.company import Row, Rows

MADE = {"created_at": "2025-05-01 08:00:00", "updated_at": "2025-05-01 08:00:00"}
WON = {"stage_name": "Closed Won", "is_closed": "true", "is_won": "true"}


def lead(name: str, **fields: str) -> Row:
    return MADE | {"lead_id": f"back-{name}", "email": f"{name}@taken-back.example"} | fields


def deal(name: str, lead_name: str, **fields: str) -> Row:
    given = {"opportunity_id": f"back-{name}", "lead_id": f"back-{lead_name}", "amount": "500"}
    return {"created_at": "2025-05-05 09:00:00", "currency_code": "EUR"} | given | fields


def moved(name: str, **stage_by_day: str) -> list[Row]:
    return [
        {
            "history_id": f"back-{name}-{day}",
            "opportunity_id": f"back-{name}",
            "stage_name": stage,
            "changed_at": f"2025-05-{day[1:]} 09:00:00",
        }
        for day, stage in stage_by_day.items()
    ]


def status(name: str, old: str, new: str, at: str) -> Mapping[str, str]:
    return {
        "history_id": f"back-{name}-{new}",
        "lead_id": f"back-{name}",
        "field_name": "Status",
        "old_value": old,
        "new_value": new,
        "changed_at": at,
    }


ROWS: Rows = {
    "crm_accounts": [
        MADE | {"account_id": "back-kept", "name": "Kept", "industry": "software"},
        MADE | {"account_id": "back-gone", "name": "Gone", "is_deleted": "true"},
    ],
    "crm_leads": [
        lead("duplicate", status="Qualified"),
        lead("rewon", status="Qualified", lead_source="Reopened"),
        lead("unwon", status="Qualified", lead_source="Reopened"),
        lead("undecided", status="Qualified", lead_source="Reopened"),
        lead("unflagged", status="Qualified"),
        lead("deleted", status="MQL", is_deleted="true"),
        lead("restored", status="MQL", is_deleted="true", loaded_at="2025-05-02 00:00:00"),
        lead(
            "restored",
            status="MQL",
            updated_at="2025-05-08 00:00:00",
            loaded_at="2025-05-09 00:00:00",
        ),
        # Merged away and, as Salesforce does, deleted.
        lead("loser", status="MQL", merged_into_lead_id="back-winner", is_deleted="true"),
        lead("winner", status="New", created_at="2025-05-03 08:00:00"),
        # HubSpot names the losers on the survivor; one of them was never exported.
        lead("old-1", status="MQL"),
        lead(
            "new",
            status="New",
            created_at="2025-05-20 08:00:00",
            updated_at="2025-05-20 08:00:00",
            hs_merged_object_ids="back-old-1;back-old-2",
        ),
        lead("touch", status="MQL", owner_id="back-rep"),
    ],
    "crm_lead_history": [
        status("deleted", "New", "MQL", "2025-05-05 09:00:00"),
        status("loser", "New", "MQL", "2025-05-02 09:00:00"),
        status("old-1", "New", "MQL", "2025-05-02 09:00:00"),
        status("touch", "New", "MQL", "2025-05-05 09:00:00"),
    ],
    "crm_opportunities": [
        deal("live", "duplicate", stage_name="Proposal", is_closed="false", is_won="false"),
        deal("dead", "duplicate", closed_at="2025-05-20 09:00:00", is_deleted="true", **WON),
        deal("rewon", "rewon", closed_at="2025-05-20 09:00:00", **WON),
        deal(
            "unwon",
            "unwon",
            stage_name="Closed Lost",
            is_closed="true",
            is_won="false",
            closed_at="2025-05-20 09:00:00",
        ),
        deal("undecided", "undecided", stage_name="Negotiation", is_closed="false", is_won="false"),
        deal("unflagged", "unflagged", stage_name="Negotiation"),
    ],
    "crm_opportunity_history": [
        *moved("rewon", d05="Proposal", d10="Closed Lost", d15="Negotiation", d20="Closed Won"),
        *moved("unwon", d05="Proposal", d10="Closed Won", d15="Negotiation", d20="Closed Lost"),
        *moved("undecided", d05="Proposal", d10="Closed Won", d15="Negotiation"),
        *moved("unflagged", d05="Proposal", d10="Closed Won", d15="Negotiation"),
    ],
    "crm_activities": [
        {
            "activity_id": "back-call-loser",
            "activity_type": "call",
            "direction": "outbound",
            "occurred_at": "2025-05-22 09:00:00",
            "lead_id": "back-old-2",
        },
        {
            "activity_id": "back-call-deleted",
            "activity_type": "call",
            "direction": "outbound",
            "occurred_at": "2025-05-05 10:00:00",
            "lead_id": "back-touch",
            "is_deleted": "true",
        },
    ],
    "campaign_responses": [
        {
            "response_id": "back-response",
            "campaign_id": "back-fair",
            "occurred_at": "2025-05-03 10:00:00",
            "email": "only-response@taken-back.example",
            "response_type": "qr_scan",
            "is_deleted": "true",
        },
    ],
}
