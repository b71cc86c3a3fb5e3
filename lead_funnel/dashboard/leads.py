"""The leads behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from lead_funnel.dashboard.counts import CUTS, HANDOFF_CUTS, PASS_COLUMNS, query
from lead_funnel.dashboard.filters import UNKNOWN, Filters
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.report.wording import label

MOST = 1000
"""As many leads are listed at once; the number of all is said."""

SHOWN = ("score", "score_band", "current_stage", "stage_entered_at", "owner_team", "due_at")
BEHIND = ("channel", "segment", "country_code", "persona", "industry", "top_topic")
BEHIND_TOO = ("last_engaged_at", "last_sales_touch_at", "is_customer", "is_stalled")

# A cycle is what a number counts; a lead is listed once, whatever number of its cycles counts.
CYCLES = """
    marts.cycle_dimensions as dimensions
    inner join marts.fct_lead_cycles as cycles
        on
            dimensions.lead_key = cycles.lead_key
            and dimensions.cycle_number = cycles.cycle_number
"""
NEEDS = {
    "marts.dim_leads": ["lead_key", "crm_lead_id", "current_stage", "stage_entered_at"]
    + [*BEHIND, *BEHIND_TOO, "account_key"],
    "marts.cycle_dimensions": ["lead_key", "cycle_number", *CUTS.values()][:-1],
    "marts.fct_lead_cycles": ["lead_key", "cycle_number", "is_current"],
    "marts.fct_stage_transitions": ["lead_key", "cycle_number", "stage", "next_stage"],
    "marts.fct_handoffs": ["lead_key", "cycle_number", "is_judged", "is_in_black_hole"],
    "marts.lead_scores": ["lead_key", "score", "score_band"],
    "marts.routable_leads": ["lead_key", "team_id"],
    "marts.lead_assignments": ["lead_key", "team_id", "owner_id", "due_at", "reason_code"],
}


@dataclass(frozen=True)
class Listing:
    """A list of leads that can be asked for.

    Attributes
    ----------
    title : str
        With ``{value}`` for what it is of.
    condition : str
        SQL on a cycle (`dimensions`, `cycles`); ``?`` stands for the value.
    """

    title: str
    condition: str


CURRENT = "cycles.is_current"
LISTINGS: Mapping[str, Listing] = {
    "all": Listing("All leads", CURRENT),
    "stage": Listing(
        "Leads that are in the stage {value}",
        f"{CURRENT} and dimensions.lead_key in "
        "(select lead_key from marts.dim_leads where current_stage = ?)",
    ),
    "entered": Listing(
        "Leads that entered the stage {value}",
        "(dimensions.lead_key, dimensions.cycle_number) in "
        "(select (lead_key, cycle_number) from marts.fct_stage_transitions where stage = ?)",
    ),
    "handoffs": Listing(
        "Leads handed to sales, old enough to judge",
        "(dimensions.lead_key, dimensions.cycle_number) in "
        "(select (lead_key, cycle_number) from marts.fct_handoffs where is_judged)",
    ),
    "black_hole": Listing(
        "Leads handed to sales that nobody followed up",
        "(dimensions.lead_key, dimensions.cycle_number) in "
        "(select (lead_key, cycle_number) from marts.fct_handoffs where is_in_black_hole)",
    ),
    "band": Listing(
        "Open leads of the band {value}",
        f"{CURRENT} and dimensions.lead_key in "
        "(select lead_key from marts.lead_scores where score_band = ?)",
    ),
    "owned": Listing(
        "Leads to call this week, team {value}",
        f"{CURRENT} and dimensions.lead_key in "
        "(select lead_key from marts.routable_leads where team_id = ?)",
    ),
    "waiting": Listing(
        "Leads without an owner: {value}",
        f"{CURRENT} and dimensions.lead_key in "
        "(select lead_key from marts.lead_assignments where reason_code = ?)",
    ),
    "account": Listing(
        "Leads of an account",
        f"{CURRENT} and dimensions.lead_key in "
        "(select lead_key from marts.dim_leads where cast(account_key as varchar) = ?)",
    ),
}


@dataclass(frozen=True)
class Asked:
    """What is behind a number: a listing, its value, and the row of the table it stood in.

    Attributes
    ----------
    listing : str
        Of `LISTINGS`.
    value : str, optional
        What the listing is of.
    cut, cut_value : str, optional
        What the table was cut by, of `CUTS` or `HANDOFF_CUTS`, and the row.
    """

    listing: str = "all"
    value: str | None = None
    cut: str | None = None
    cut_value: str | None = None

    @property
    def title(self) -> str:
        """Say what is listed."""
        title = LISTINGS[self.listing].title.format(value=label(self.value))
        if self.cut and self.cut_value:
            title += f" · {label(self.cut).lower()}: {label(self.cut_value)}"
        return title

    @classmethod
    def from_address(cls, words: Mapping[str, str]) -> Asked:
        """Read the list from the query of an address; one that is not known is all leads."""
        listing = words.get("list", "all")
        if listing not in LISTINGS or ("?" in LISTINGS[listing].condition) != ("of" in words):
            return cls()
        cut, row = words.get("cut"), words.get("row")
        if cut not in (*CUTS, *HANDOFF_CUTS) or (
            cut == "stage_owner" and words.get("of") not in STAGES
        ):
            cut = row = None
        return cls(listing, words.get("of"), cut, row)

    def to_address(self) -> dict[str, str]:
        """Write the list as words of an address."""
        words = {"list": self.listing, "of": self.value, "cut": self.cut, "row": self.cut_value}
        return {name: value for name, value in words.items() if value is not None}


def _cut_condition(asked: Asked) -> tuple[str, list[str]]:
    if not (asked.cut and asked.cut_value):
        return "true", []
    if asked.cut in ("cause", "score_band") or (
        asked.listing in ("handoffs", "black_hole") and asked.cut in ("team", "month")
    ):
        of_handoff = HANDOFF_CUTS[asked.cut]
        return (
            "(dimensions.lead_key, dimensions.cycle_number) in (select (lead_key, cycle_number) "
            "from marts.fct_handoffs as handoffs "
            f"where coalesce(cast({of_handoff} as varchar), '{UNKNOWN}') = ?)",
            [asked.cut_value],
        )
    column = CUTS[asked.cut]
    if asked.cut == "stage_owner":
        column = f"{asked.value}_owner"
    return (
        f"coalesce(cast(dimensions.{column} as varchar), '{UNKNOWN}') = ?",
        [asked.cut_value],
    )


def leads(figures: Figures, filters: Filters, asked: Asked) -> tuple[pd.DataFrame, int]:
    """List the leads behind a number, the highest score first.

    Returns
    -------
    tuple
        At most `MOST` leads, by their id in the CRM, without names and addresses; how many
        there are.
    """
    narrowed, given = filters.condition(PASS_COLUMNS)
    cut, cut_given = _cut_condition(asked)
    condition = LISTINGS[asked.listing].condition
    value = [asked.value] if "?" in condition else []
    columns = ", ".join(f"leads.{name}" for name in (*BEHIND, *BEHIND_TOO))
    rows = query(
        figures,
        NEEDS,
        f"""
        with wanted as (
            select distinct dimensions.lead_key
            from {CYCLES}
            where {condition} and {cut} and {narrowed}
        )
        select
            leads.lead_key,
            leads.crm_lead_id,
            scores.score,
            scores.score_band,
            leads.current_stage,
            leads.stage_entered_at,
            assignments.team_id as owner_team,
            assignments.due_at,
            {columns},
            count(*) over () as all_leads
        from wanted
        inner join marts.dim_leads as leads on wanted.lead_key = leads.lead_key
        left join marts.lead_scores as scores on wanted.lead_key = scores.lead_key
        left join marts.lead_assignments as assignments
            on wanted.lead_key = assignments.lead_key and assignments.owner_id is not null
        order by scores.score desc nulls last, leads.crm_lead_id nulls last, leads.lead_key
        limit {MOST}
        """,  # noqa: S608
        [*value, *cut_given, *given],
    )
    if rows is None:
        return pd.DataFrame(columns=["lead_key", "crm_lead_id", *SHOWN, *BEHIND, *BEHIND_TOO]), 0
    count = int(rows["all_leads"].iloc[0]) if len(rows) else 0
    rows["lead_key"] = rows["lead_key"].astype(str)
    return rows.drop(columns="all_leads"), count
