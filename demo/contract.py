"""What the simulated company writes: the raw tables, the truth behind them, the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lead_funnel.raw.contract import load_contract


def _columns(text: str) -> dict[str, str]:
    """Read ``name`` (text) or ``name:kind`` words into ``{name: kind}``."""
    pairs = (word.partition(":") for word in text.split())
    return {name: kind or "text" for name, _, kind in pairs}


RAW: dict[str, dict[str, str]] = {
    name: table.value_kinds for name, table in load_contract().items()
}
"""Columns of every raw table and what is kept in them, `loaded_at` included."""

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
        won_at:time sales_minutes:integer late:boolean unlogged:boolean noted:boolean
        touch_day_only:boolean work_probability:number work_probability_in_hours:number
        work_probability_with_capacity:number"""
    ),
    "truth_stages": _columns("seen_as cycle:integer stage entered_at:time"),
    "truth_chances": _columns(
        """person_id lead_id as_of:time was_handed_over:boolean days_waited:number
        days_silent:number win_chance:number"""
    ),
    "truth_deals": _columns(
        "opportunity_id person_id deal_type named_by is_won:boolean amount:number currency_code"
    ),
    "truth_machine_clicks": _columns("event_id"),
    "truth_second_crm": _columns("lead_id handed_over_at:time was_worked:boolean won_at:time"),
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
    second_crm : bool
        Whether there is a second CRM, which logs no activities.
    """

    leads: int
    seed: int
    out: Path
    truth: Path
    start: date = date(2025, 1, 1)
    days: int = 540
    chunk: int = 20_000
    second_crm: bool = False

    @property
    def backfill_day(self) -> int:
        """Day of the first load, which brings everything before it."""
        return int(0.6 * self.days)

    @property
    def last_load(self) -> float:
        """Last load, in days since `start`."""
        return self.days + 2 / 24
