"""One lead, as the published copy tells it: stage, score and why, owner, timeline, points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lead_funnel.errors import UserError
from lead_funnel.report.account import account_table, find_lead
from lead_funnel.report.figures import Figures, open_figures
from lead_funnel.warehouse import open_warehouse, published_path
from lead_funnel.words import (
    align,
    count_text,
    is_known,
    percent_text,
    points_text,
    shorten,
    text,
    time_text,
)

EVENTS_SHOWN = 10
ENTRIES_SHOWN = 12
WIDTH = 58
MEMBERS = "intermediate.identity_members"


def explain(db: Path, wanted: str) -> dict[str, Any]:
    """Gather what is known of a lead.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse, whose published copy is read. Only for an e-mail address, which the copy
        does not hold, the warehouse itself is asked whose it is.
    wanted : str
        Key, id of the CRM's lead, or e-mail address.

    Returns
    -------
    dict
        Nothing in it is an address or a name.

    Raises
    ------
    UserError
        If there is no copy, or no such lead.
    """
    copy = published_path(db)
    if "@" in wanted:
        wanted = key_of_address(db, wanted)
    figures = open_figures(copy if copy.is_file() else db)
    try:
        return gather(figures, str(find_lead(figures, wanted)))
    finally:
        figures.con.close()


def key_of_address(db: Path, address: str) -> str:
    """Find whose an e-mail address is.

    Raises
    ------
    UserError
        If it is nobody's, or the warehouse cannot be read. The address is not in the message.
    """
    clean = address.strip().lower().removeprefix("mailto:")
    connection = open_warehouse(db, read_only=True)
    try:
        found = connection.execute(
            f"select cast(lead_key as varchar) from {MEMBERS} "  # noqa: S608
            "where identifier_type = 'email' and identifier_value = ?",
            [clean],
        ).fetchall()
    finally:
        connection.close()
    if not found:
        raise UserError("No lead has this e-mail address. Ask by the CRM's id instead.")
    return str(found[0][0])


def gather(figures: Figures, key: str) -> dict[str, Any]:
    """Gather what is known of the lead with this key; nothing in it is an address or a name."""
    lead = _one(
        figures,
        "marts.dim_leads",
        ["crm_lead_id", "current_stage", "stage_entered_at", "cycle_number", "first_seen_at"]
        + ["channel", "segment", "persona", "is_customer", "last_engaged_at"],
        key,
    )
    score = _one(
        figures,
        "marts.lead_scores",
        ["as_of", "scored_by", "model_version", "score", "score_band", "probability"]
        + ["points_total", "points_behavior", "points_fit", "fit_grade"]
        + ["reason_1", "reason_2", "reason_3"],
        key,
    )
    routing = _one(
        figures,
        "marts.lead_assignments",
        ["owner_id", "team_id", "assignment_reason", "reason_code", "assigned_at", "due_at"],
        key,
    )
    reasons = [text(score.pop(name)) for name in ("reason_1", "reason_2", "reason_3") if score]
    account = account_table(figures, key)
    return {
        "lead_key": key,
        **lead,
        "score": {**score, "reasons": [reason for reason in reasons if reason != "-"]}
        if score
        else None,
        "routing": routing or None,
        "stages": _stages(figures, key),
        "timeline": _timeline(figures, key),
        "account": [dict(zip(account[0], row, strict=True)) for row in account[1:]],
    }


def _one(figures: Figures, mart: str, columns: list[str], key: str) -> dict[str, Any]:
    """Give the row of a lead, if there is one; words without addresses."""
    rows = figures.rows(mart, columns, f"where cast(lead_key as varchar) = '{key}' limit 1")
    found = rows.to_dict("records")
    if not found:
        return {}
    return {
        str(name): text(value) if isinstance(value, str) else value if is_known(value) else None
        for name, value in found[0].items()
    }


def _stages(figures: Figures, key: str) -> list[dict[str, Any]]:
    rows = figures.rows(
        "marts.fct_stage_transitions",
        ["cycle_number", "stage", "entered_at", "exited_at", "reason"],
        f"where cast(lead_key as varchar) = '{key}' order by entered_at, entry_number",
    )
    return [
        {
            "cycle": int(str(row.cycle_number)),
            "stage": text(row.stage),
            "entered_at": time_text(row.entered_at),
            "exited_at": time_text(row.exited_at) if is_known(row.exited_at) else None,
        }
        for row in rows.itertuples()
    ]


def _timeline(figures: Figures, key: str) -> list[dict[str, Any]]:
    """Count what happened, by kind: the kind that happened last comes first."""
    rows = figures.rows(
        "marts.fct_lead_timeline",
        ["event_type", "occurred_at", "is_engagement", "is_sales_touch"],
        f"where cast(lead_key as varchar) = '{key}' order by occurred_at",
    )
    kinds: dict[str, dict[str, Any]] = {}
    for row in rows.itertuples():
        kind = kinds.setdefault(
            str(row.event_type),
            {
                "event_type": text(row.event_type),
                "times": 0,
                "first_at": time_text(row.occurred_at),
                "by": "lead" if row.is_engagement else "sales" if row.is_sales_touch else "",
            },
        )
        kind["times"] += 1
        kind["last_at"] = time_text(row.occurred_at)
    return sorted(kinds.values(), key=lambda kind: str(kind["last_at"]), reverse=True)


def explanation_text(lead: dict[str, Any]) -> str:
    """Write what ``explain`` gathered as plain text."""
    name = lead.get("crm_lead_id") or "not in the CRM"
    sections = [
        [f"Lead      {name} (key {lead['lead_key']})"],
        [*_stage_lines(lead), *_score_lines(lead["score"]), *_routing_lines(lead["routing"])],
        _timeline_lines(lead["timeline"]),
        _account_lines(lead["account"]),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _stage_lines(lead: dict[str, Any]) -> list[str]:
    since = time_text(lead.get("stage_entered_at"))
    cycle = count_text(lead.get("cycle_number"))
    lines = [f"Stage     {lead.get('current_stage') or '-'} since {since} UTC, cycle {cycle}"]
    path = [f"{stage['stage']} {stage['entered_at'][:10]}" for stage in lead["stages"]]
    if len(path) > 1:
        lines.append("          " + " > ".join(path[-6:]))
    return lines


def _score_lines(score: dict[str, Any] | None) -> list[str]:
    if not score:
        return ["Score     none: only open leads are scored"]
    to_win = f", {percent_text(score['probability'])} to win" if score["probability"] else ""
    line = (
        f"Score     {count_text(score['score'])}, band {score['score_band']}, "
        f"by {score['scored_by']}{to_win}; points {points_text(score['points_total'])} "
        f"(behaviour {points_text(score['points_behavior'])}, fit "
        f"{points_text(score['points_fit'])})"
    )
    return [line, *(f"          {reason}" for reason in score["reasons"])]


def _routing_lines(routing: dict[str, Any] | None) -> list[str]:
    if not routing:
        return ["Owner     none: the lead does not wait to be handed over"]
    if routing["owner_id"]:
        team = f" of team {routing['team_id']}" if routing["team_id"] else ""
        return [f"Owner     {routing['owner_id']}{team}, due {time_text(routing['due_at'])} UTC"]
    why = str(routing["reason_code"] or "unknown").replace("_", " ")
    return [f"Owner     none: {why}"]


def _timeline_lines(kinds: list[dict[str, Any]]) -> list[str]:
    rows = [["Timeline", "by", "times", "first (UTC)", "last (UTC)"]]
    for kind in kinds[:EVENTS_SHOWN]:
        what = str(kind["event_type"]).replace("_", " ")
        rows.append(
            [what, kind["by"], count_text(kind["times"]), kind["first_at"], kind["last_at"]]
        )
    lines = align(rows, left=(0, 1)) if kinds else []
    if len(kinds) > EVENTS_SHOWN:
        lines.append(f"and {len(kinds) - EVENTS_SHOWN} more kinds of events")
    return lines


def _account_lines(entries: list[dict[str, str]]) -> list[str]:
    if not entries:
        return []
    head = list(entries[0])
    shown = [head, *(list(entry.values()) for entry in entries[-ENTRIES_SHOWN:])]
    lines = align([[shorten(cell, WIDTH) for cell in row] for row in shown], left=(0, 1, 2))
    left_out = len(entries) - ENTRIES_SHOWN
    title = "Points" + (f"    the last {ENTRIES_SHOWN} entries of {len(entries)}" * (left_out > 0))
    return [title, *lines]
