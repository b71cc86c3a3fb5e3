"""One lead: who, why now, what happened, points, how the score moved, what to do next."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit

from lead_funnel.dashboard.filters import Filters
from lead_funnel.dashboard.tables import table
from lead_funnel.errors import UserError
from lead_funnel.report.account import find_lead
from lead_funnel.report.explain import gather
from lead_funnel.report.figures import Figures
from lead_funnel.report.wording import count, label, share
from lead_funnel.words import points_text, time_text

MARKUP = re.compile(r"[\\`*_{}\[\]()<>#|$:~!&]")
MOVES = {
    "points_from_new_events": "new events",
    "points_from_decay": "time that passed",
    "points_from_cycle_reset": "a new cycle",
    "points_from_fit": "what is known of firm and role",
    "points_from_identity": "records that turned out to be one person",
    "points_from_rules": "changed rules",
    "points_from_corrections": "corrections",
}


def one_lead(figures: Figures, filters: Filters) -> None:
    """Show the lead that is asked for; filters say nothing here."""
    wanted = streamlit.text_input(
        "The lead's id in the CRM, or its key", key="lead", help="crm_lead_id or lead_key"
    ).strip()
    if not wanted:
        streamlit.caption("Type an id, or click a lead in a list.")
        return
    try:
        key = str(find_lead(figures, wanted))
    except UserError as error:
        streamlit.warning(str(error))
        return
    lead = gather(figures, key)
    _who(lead)
    left, right = streamlit.columns(2)
    with left:
        _why_now(figures, lead)
    with right:
        _what_next(figures, lead)
    _history(lead)
    _moves(figures, key)


def literal(text: str) -> str:
    """Write a text that Markdown shows as it is: values of a source make no links or pictures."""
    return MARKUP.sub(r"\\\g<0>", text)


def _who(lead: dict[str, Any]) -> None:
    streamlit.subheader(lead.get("crm_lead_id") or "Not in the CRM yet")
    columns = streamlit.columns(4)
    columns[0].metric("Stage", label(lead.get("current_stage")))
    columns[0].caption(f"since {time_text(lead.get('stage_entered_at'))} UTC")
    score = lead["score"] or {}
    columns[1].metric("Score", count(score.get("score")) if score else "none")
    columns[1].caption(
        f"{label(score['score_band'])}, by {label(score['scored_by']).lower()}"
        if score
        else "Only open leads are scored."
    )
    routing = lead["routing"] or {}
    columns[2].metric("Owner", routing.get("owner_id") or "none")
    columns[2].caption(
        f"due {time_text(routing['due_at'])} UTC"
        if routing.get("owner_id")
        else label(routing["reason_code"])
        if routing
        else "Does not wait to be handed over."
    )
    columns[3].metric("Channel", label(lead.get("channel")))
    columns[3].caption(f"{label(lead.get('segment'))} firm, {label(lead.get('persona')).lower()}")


def _why_now(figures: Figures, lead: dict[str, Any]) -> None:
    streamlit.subheader("Why now")
    score = lead["score"]
    if not score:
        streamlit.caption("Not open, so not scored.")
        return
    for reason in score["reasons"]:
        streamlit.markdown(f"- {literal(reason)}")
    to_win = f" {share(score['probability'])} to win." if score["probability"] else ""
    streamlit.caption(
        f"Points {points_text(score['points_total'])}: behaviour "
        f"{points_text(score['points_behavior'])}, fit {points_text(score['points_fit'])}.{to_win}"
    )
    of_lead = f"where cast(lead_key as varchar) = '{lead['lead_key']}' order by reason_rank"
    reasons = figures.rows("marts.lead_score_reasons", ["label", "value_text", "strength"], of_lead)
    reasons["for"] = ["for" if strength > 0 else "against" for strength in reasons["strength"]]
    reasons = reasons.rename(columns={"label": "what_is_known", "value_text": "of_this_lead"})
    with streamlit.expander("All that speaks for it and against it"):
        table(reasons[["what_is_known", "of_this_lead", "for"]], "reasons")


def _what_next(figures: Figures, lead: dict[str, Any]) -> None:
    streamlit.subheader("What to do next")
    of_lead = f"where cast(lead_key as varchar) = '{lead['lead_key']}' limit 1"
    policy = figures.rows(
        "marts.contact_policy", ["may_call", "call_reason", "may_email", "email_reason"], of_lead
    )
    for row in policy.itertuples():
        for verb, allowed, reason in (
            ("call", row.may_call, row.call_reason),
            ("write", row.may_email, row.email_reason),
        ):
            text = f"You may {verb}." if allowed else f"Do not {verb}: {label(reason).lower()}."
            streamlit.markdown(f"- {literal(text)}")
    pieces = figures.rows("marts.nurture_queue", ["lead_key", "content_id", "topic"], of_lead)
    for row in pieces.itertuples():
        if isinstance(row.content_id, str):
            streamlit.markdown(f"- Next piece to send: {literal(row.content_id)}")
    if policy.empty and pieces.empty:
        streamlit.caption("Nothing is known of how to reach this lead.")


def _history(lead: dict[str, Any]) -> None:
    streamlit.subheader("Path")
    path = pd.DataFrame(lead["stages"], columns=["cycle", "stage", "entered_at", "exited_at"])
    table(path, "path", empty="No stage yet.")
    streamlit.subheader("What happened")
    kinds = pd.DataFrame(
        lead["timeline"], columns=["event_type", "by", "times", "first_at", "last_at"]
    )
    kinds["event_type"] = kinds["event_type"].map(label)
    table(kinds, "timeline", empty="Nothing yet.")
    streamlit.subheader("Account of points")
    entries = pd.DataFrame(lead["account"]).rename(columns={"date (UTC)": "date"})
    table(entries.iloc[::-1], "points", empty="No points yet.")


def _moves(figures: Figures, key: str) -> None:
    streamlit.subheader("How the score moved")
    columns = ["as_of", "previous_points", "points", "points_change", *MOVES]
    columns += ["previous_probability", "probability"]
    rows = figures.rows(
        "marts.score_changes",
        columns,
        f"where cast(lead_key as varchar) = '{key}' order by as_of desc",
    )
    moved = []
    for row in rows.to_dict("records"):
        parts = [
            f"{points_text(row[name], signed=True)} by {words}"
            for name, words in MOVES.items()
            if round(row[name] or 0, 1)
        ]
        moved.append(
            {
                "as_of": row["as_of"],
                "points_before": points_text(row["previous_points"]),
                "points_then": points_text(row["points"]),
                "why": ", ".join(parts) or "no change",
                "to_win_then": share(row["probability"]),
            }
        )
    table(pd.DataFrame(moved), "moves", empty="No score yet.")
