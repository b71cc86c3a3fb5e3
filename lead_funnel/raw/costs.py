"""What it costs that no file of a raw table has a column; only where it costs much."""

from __future__ import annotations

from collections.abc import Collection

from lead_funnel.raw.contract import Table
from lead_funnel.raw.notes import Note

COSTS = {
    "web_events": {
        "anonymous_id": "what visitors did before they were known belongs to nobody",
        "page_url": "pages earn no points, and campaign tags in addresses are not seen",
    },
    "form_submissions": {"email": "forms belong to nobody but by the tracker's id"},
    "email_events": {"email": "openings and clicks belong to nobody"},
    "campaign_responses": {"campaign_id": "responses count for no campaign"},
    "crm_leads": {
        "email": "records are not joined to what people did",
        "status": "stages are not known but from history, activities and deals",
        "owner_id": "nobody is known to have a lead, and routing starts anew",
    },
    "crm_lead_history": {
        "field_name": "changes are of no field, and no stage is entered by them",
        "new_value": "changes have no value, and no stage is entered by them",
    },
    "crm_opportunities": {
        "stage_name": "wins and losses are known by the flags alone",
        "amount": "no money is counted",
    },
    "crm_activities": {
        "activity_type": "no activity counts as follow-up",
        "rep_id": "follow-up is nobody's, and automated mail cannot be told apart",
    },
    "campaign_costs": {"amount": "no cost is counted"},
}
"""By raw table and column."""


def missing_columns(table: Table, present: Collection[str]) -> list[Note]:
    """Say what is lost by columns that none of a table's files has."""
    return [
        Note("missing_column", f"no file has `{name}`: {cost}.", "Export it.", table.name)
        for name, cost in COSTS.get(table.name, {}).items()
        if name not in present
    ]
