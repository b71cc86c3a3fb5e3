"""Tables of the explorer: columns by label and format, a download, and leads behind each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit

from lead_funnel.report.wording import label, share_range
from lead_funnel.words import text

LABELS: Mapping[str, tuple[str, str]] = {
    "advanced": ("Went on", "count"),
    "assigned_leads": ("Have an owner", "count"),
    "black_hole_share": ("Never followed up, share", "share"),
    "call_reason": ("May we call?", "label"),
    "campaign": ("Campaign", "words"),
    "campaign_id": ("Campaign", "words"),
    "candidates": ("Candidates", "count"),
    "channel": ("Channel", "label"),
    "cohort_month": ("Month", "month"),
    "consumers": ("Leads that used it", "count"),
    "content_id": ("Piece", "words"),
    "content_type": ("Type", "label"),
    "conversion_rate": ("Went on, share", "share"),
    "advance_rate": ("Moved on, share", "share"),
    "cost": ("Cost", "money"),
    "country_code": ("Country", "words"),
    "crm_lead_id": ("Lead in the CRM", "words"),
    "current_stage": ("Stage", "label"),
    "cutoff_score": ("Cut-off score", "count"),
    "deals": ("Deals", "number"),
    "disqualified": ("Disqualified", "count"),
    "domain": ("Account", "words"),
    "due_at": ("Due (UTC)", "time"),
    "email_reason": ("May we write?", "label"),
    "engaged_leads_90d": ("Engaged people, 90 days", "count"),
    "entered": ("Entered", "count"),
    "expected_value": ("Expected value", "money"),
    "expected_wins": ("Expected wins", "number"),
    "expired": ("Expired", "count"),
    "first_touch_channel": ("First touch", "label"),
    "fit_grade": ("Fit", "words"),
    "free_slots": ("Free slots", "count"),
    "grid_cell": ("Grid", "words"),
    "handoffs": ("Handed to sales", "count"),
    "hours_to_touch": ("Hours to first touch", "number"),
    "industry": ("Industry", "label"),
    "is_customer": ("Customer", "words"),
    "is_stalled": ("Stalled", "words"),
    "last_engaged_at": ("Last engaged (UTC)", "time"),
    "last_sales_touch_at": ("Last touched by sales (UTC)", "time"),
    "lead_source": ("Source", "label"),
    "leads": ("Leads", "count"),
    "lost": ("Lost", "count"),
    "mature": ("Old enough to judge", "count"),
    "mature_advanced": ("Of these went on", "count"),
    "missed_amount": ("Missed revenue", "money"),
    "missed_deals": ("Missed deals", "number"),
    "mqls": ("MQLs", "number"),
    "never_followed_up": ("Never followed up", "count"),
    "new_handoffs": ("New this week", "count"),
    "open": ("Still in it", "count"),
    "open_amount": ("Open pipeline", "money"),
    "open_deals": ("Open deals", "count"),
    "open_leads": ("Open leads", "count"),
    "open_pipeline_amount": ("Open pipeline", "money"),
    "origin": ("Origin", "label"),
    "owner_team": ("Team", "words"),
    "persona": ("Persona", "label"),
    "pipeline_amount": ("Pipeline", "money"),
    "probability": ("To win", "share"),
    "queue_reason": ("Why", "label"),
    "reason_code": ("Why", "label"),
    "recycled": ("Handed back", "count"),
    "reps_active": ("Reps", "count"),
    "rows": ("Leads", "count"),
    "score": ("Score", "count"),
    "score_band": ("Band", "words"),
    "scored_by": ("Scored by", "label"),
    "segment": ("Size of firm", "label"),
    "service_level_kept": ("Service level kept", "share"),
    "slots_taken": ("Slots taken", "count"),
    "stage": ("Stage", "label"),
    "stage_entered_at": ("In the stage since (UTC)", "time"),
    "stage_owner": ("Owner of the stage", "label"),
    "team_id": ("Team", "label"),
    "team_name": ("Team", "words"),
    "top_topic": ("Topic", "label"),
    "topic": ("Topic", "label"),
    "track": ("Track", "label"),
    "uses": ("Uses", "count"),
    "value": ("", "label"),
    "weekly_capacity": ("Slots a week", "count"),
    "won_amount": ("Won revenue", "money"),
    "won_by_colleague": ("Colleague won", "count"),
    "won_deals": ("Won deals", "number"),
}
"""What a column is called, and how its cells are written."""

FORMATS = {"count": "localized", "number": "localized", "share": "%.1f %%", "money": "localized"}
DIGITS = {"number": 1, "money": 0}
HIDDEN = ("lead_key", "account_key")

Row = Mapping[str, Any]
Chosen = Callable[[Row], None]


def cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the cells as they are shown; numbers stay numbers, so that they can be sorted.

    A rate's interval is one column. Words are cleaned of addresses that a source may have put
    in them.
    """
    shown = pd.DataFrame(index=rows.index)
    for name in map(str, rows.columns):
        if name in HIDDEN or name.endswith(("_low", "_high")):
            continue
        _, kind = LABELS.get(name, ("", "words"))
        column = rows[name]
        if kind == "label":
            column = column.map(label)
        elif kind == "words":
            column = column.map(text)
        elif kind in DIGITS:
            column = column.astype(float).round(DIGITS[kind])
        elif kind == "share":
            column = (column.astype(float) * 100).round(1)
        elif kind in ("time", "month"):
            column = pd.to_datetime(column)
        shown[name] = column
        if f"{name}_low" in rows and kind == "share":
            bounds = zip(rows[f"{name}_low"], rows[f"{name}_high"], strict=True)
            shown[f"{name}_range"] = [share_range(low, high) for low, high in bounds]
    return shown


def heads(shown: pd.DataFrame, currency: str | None, heading: str | None) -> dict[str, Any]:
    """Give each column its label and format."""
    result: dict[str, Any] = {}
    for name in map(str, shown.columns):
        title, kind = LABELS.get(name, (name.replace("_", " ").capitalize(), "words"))
        if name == "value":
            title = heading or "All"
        if name.endswith("_range"):
            result[name] = streamlit.column_config.TextColumn("95 % interval")
        elif kind == "time":
            result[name] = streamlit.column_config.DatetimeColumn(title, format="YYYY-MM-DD HH:mm")
        elif kind == "month":
            result[name] = streamlit.column_config.DateColumn(title, format="MMM YYYY")
        elif kind in FORMATS:
            title += f" ({currency})" if kind == "money" and currency else ""
            result[name] = streamlit.column_config.NumberColumn(title, format=FORMATS[kind])
        else:
            result[name] = streamlit.column_config.TextColumn(title)
    return result


def table(
    rows: pd.DataFrame,
    key: str,
    *,
    currency: str | None = None,
    heading: str | None = None,
    behind: Sequence[str] = (),
    on_row: Chosen | None = None,
    leads_to: str = "its leads",
    empty: str = "Nothing here under these filters.",
) -> None:
    """Show a table that can be downloaded, and whose rows may lead further.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of a mart, or counts. ``lead_key`` and ``account_key`` are not shown.
    key : str
        Tells tables of a page apart; also the name of the file.
    currency : str, optional
        Of the amounts.
    heading : str, optional
        Title of the column ``value``.
    behind : sequence of str
        Columns that are shown only on request.
    on_row : callable, optional
        Is called with a row that is clicked, before the page is drawn again.
    leads_to : str
        What a click shows.
    empty : str
        What is said where there are no rows, and what would fill them.
    """
    if rows.empty:
        streamlit.caption(empty)
        return
    if behind and not streamlit.toggle("All columns", key=f"all_columns_{key}"):
        rows = rows.drop(columns=[name for name in behind if name in rows])
    shown = cells(rows)
    options: dict[str, Any] = {}
    if on_row is not None:

        def follow() -> None:
            chosen = streamlit.session_state[f"table_{key}"].selection.rows
            if chosen:
                on_row(rows.iloc[chosen[0]].to_dict())

        options = {"on_select": follow, "selection_mode": "single-row"}
        streamlit.caption(f"Click the box of a row to see {leads_to}.")
    streamlit.dataframe(
        shown,
        hide_index=True,
        key=f"table_{key}",
        column_config=heads(shown, currency, heading),
        placeholder=text(None),
        **options,
    )
    streamlit.download_button(
        "Download CSV",
        shown.to_csv(index=False),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"download_{key}",
        type="tertiary",
    )
