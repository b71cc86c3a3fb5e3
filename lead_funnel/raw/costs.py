"""What it costs that a raw table is missing or has not a column; only where it costs much."""

from __future__ import annotations

from collections.abc import Collection

from lead_funnel.raw.contract import Table
from lead_funnel.raw.notes import Note

COSTS = {
    "web_events": {
        "anonymous_id": "what visitors did before they were known belongs to nobody",
        "page_url": "pages earn no points, and campaign tags in addresses are not seen",
    },
    "form_submissions": {"email": "forms belong to nobody except by the tracker's id"},
    "email_events": {"email": "openings and clicks belong to nobody"},
    "campaign_responses": {"campaign_id": "responses count for no campaign"},
    "crm_leads": {
        "email": "records are not linked to people's activity",
        "status": "stages are known only from history, activities and deals",
        "owner_id": "owners of leads are unknown, and routing starts from scratch",
    },
    "crm_lead_history": {
        "field_name": "changes name no field, so they enter no stage",
        "new_value": "changes have no value, so they enter no stage",
    },
    "crm_opportunities": {
        "stage_name": "wins and losses are known only from the flags",
        "amount": "no money is counted",
    },
    "crm_activities": {
        "activity_type": "no activity counts as follow-up",
        "rep_id": "follow-up has no rep, and automated mail cannot be recognised",
    },
    "campaign_costs": {"amount": "no cost is counted"},
}
"""By raw table and column."""

TABLE_COSTS = {
    "web_events": "visits, and where visitors came from, cannot be seen",
    "form_submissions": "requests by form cannot be seen",
    "email_events": "opened, clicked and bounced mail cannot be seen",
    "campaign_responses": "answers to campaigns cannot be seen",
    "crm_leads": "the leads of the CRM, their status and owner cannot be seen",
    "crm_lead_history": "when leads changed status and owner is known only from build to build",
    "crm_contacts": "people who talk to sales but were never leads are unknown",
    "crm_accounts": "companies are known only by the domains of their people",
    "crm_opportunities": "wins, losses and money cannot be seen",
    "crm_opportunity_history": "when deals changed stage is known only from build to build",
    "crm_opportunity_contacts": "each deal belongs to only one person",
    "crm_activities": "follow-up by sales cannot be seen",
    "crm_reps": "owners have no name and no team",
    "campaigns": "campaigns have no name and no channel",
}
"""By raw table."""


def missing_columns(table: Table, present: Collection[str]) -> list[Note]:
    """Say what is lost by columns that none of a table's files has."""
    return [
        Note("missing_column", f"no file has `{name}`: {cost}.", "Export it.", table.name)
        for name, cost in COSTS.get(table.name, {}).items()
        if name not in present
    ]
