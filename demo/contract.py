"""The raw tables: names, columns, kinds (docs: the contract with the outside)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


def _columns(text: str) -> dict[str, str]:
    """Read ``name`` (text) or ``name:kind`` words into ``{name: kind}``."""
    pairs = (word.partition(":") for word in text.split())
    return {name: kind or "text" for name, _, kind in pairs}


_RAW = {
    "web_events": """event_id event_name occurred_at:time anonymous_id user_id email session_id
        page_url page_title referrer_url utm_source utm_medium utm_campaign utm_content utm_term
        user_agent country_code properties""",
    "form_submissions": """submission_id form_id occurred_at:time anonymous_id email first_name
        last_name company_name job_title phone country_code employee_count:integer
        consent_marketing:boolean page_url utm_source utm_medium utm_campaign fields""",
    "email_events": "event_id event_name occurred_at:time email campaign_id content_id url",
    "campaign_responses": """response_id campaign_id occurred_at:time email crm_lead_id
        response_type content_id""",
    "crm_leads": """lead_id created_at:time updated_at:time email first_name last_name
        company_name website job_title phone industry employee_count:integer country_code
        lead_source status rating owner_id converted_at:time converted_contact_id
        converted_account_id converted_opportunity_id merged_into_lead_id is_deleted:boolean
        has_opted_out:boolean""",
    "crm_lead_history": """history_id lead_id field_name old_value new_value changed_at:time
        changed_by""",
    "crm_contacts": """contact_id account_id created_at:time updated_at:time email first_name
        last_name job_title phone country_code owner_id is_deleted:boolean
        has_opted_out:boolean""",
    "crm_accounts": """account_id parent_account_id created_at:time updated_at:time name domain
        industry employee_count:integer country_code owner_id""",
    "crm_opportunities": """opportunity_id account_id lead_id contact_id owner_id created_at:time
        updated_at:time stage_name amount:number currency_code is_closed:boolean is_won:boolean
        closed_at:time lost_reason""",
    "crm_opportunity_history": "history_id opportunity_id stage_name amount:number changed_at:time",
    "crm_activities": """activity_id activity_type direction occurred_at:time lead_id contact_id
        opportunity_id rep_id outcome duration_minutes:integer""",
    "crm_reps": "rep_id name email team_id is_active:boolean hired_at:time",
    "campaigns": "campaign_id name channel started_at:time ended_at:time target_persona",
    "campaign_costs": "campaign_id cost_date:date amount:number currency_code",
    "erasure_requests": "request_id requested_at:time email anonymous_id crm_lead_id",
}

RAW: dict[str, dict[str, str]] = {
    name: _columns(text) | {"loaded_at": "time"} for name, text in _RAW.items()
}
"""Columns and kinds of every raw table, `loaded_at` included."""

TRUTH: dict[str, dict[str, str]] = {
    "truth_persons": _columns(
        """person_id kind latent_intent:number fit:number source win_probability:number
        is_won:boolean won_at:time will_win:boolean black_hole:boolean was_worked:boolean
        was_handed_over:boolean was_handed_back:boolean emails:texts devices:texts
        crm_lead_ids:texts"""
    ),
    "truth_identifiers": _columns("person_id identifier_type identifier_value seen_as"),
    "truth_handoffs": _columns(
        """person_id lead_id cycle:integer handed_over_at:time worked:boolean
        first_touch_at:time verdict_at:time black_hole:boolean taken_up_later:boolean
        pending:boolean after_hours:boolean over_capacity:boolean win_probability:number
        won_at:time"""
    ),
    "truth_stages": _columns("seen_as cycle:integer stage entered_at:time"),
}
"""Columns and kinds of the truth, which no model may read."""


@dataclass(frozen=True)
class Settings:
    """What to simulate and where to put it.

    Attributes
    ----------
    leads : int
        Known persons to simulate; most of them become CRM leads.
    seed : int
        The same seed gives the same bytes.
    start : date
        First day, UTC.
    days : int
        Days simulated; the last load is at 02:00 after the last of them.
    chunk : int
        Persons simulated at a time; bounds memory.
    """

    leads: int
    seed: int
    out: Path
    truth: Path
    start: date = date(2025, 1, 1)
    days: int = 540
    chunk: int = 20_000

    @property
    def backfill_day(self) -> int:
        """Day of the first load, which brings everything before it."""
        return int(0.6 * self.days)

    @property
    def last_load(self) -> float:
        """Last load, in days since `start`."""
        return self.days + 2 / 24
