"""One function per page: each reads marts under the filters and shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit

from lead_funnel.dashboard import charts, counts
from lead_funnel.dashboard.filters import Filters
from lead_funnel.dashboard.lead_page import one_lead
from lead_funnel.dashboard.leads import BEHIND_TOO, MOST, Asked, leads
from lead_funnel.dashboard.state import LEAD, LEADS, say_left_out, show_lead, show_leads
from lead_funnel.dashboard.tables import Row, table
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.report.wording import count, label, number, share_with_range

# What matters comes first; these wait behind "All columns".
EXITS = (*counts.FATES[1:-1], "mature", "mature_advanced")


def draw(spec: dict[str, Any] | None) -> None:
    """Show a chart in the colours of the explorer's theme, or nothing without data."""
    if spec is not None:
        streamlit.vega_lite_chart(spec={name: spec[name] for name in spec if name != "config"})


def choose(title: str, values: list[str], none: str | None = None) -> str | None:
    """Let people choose one of the values, or none of them."""
    chosen: str | None = streamlit.selectbox(
        title,
        values,
        index=None if none else 0,
        placeholder=none or "Choose an option",
        format_func=label,
        key=f"choose_{title}",
    )
    return chosen


def funnel(figures: Figures, filters: Filters) -> None:
    """Show who entered each stage and what became of them."""
    streamlit.write(
        "How many entered each stage, and what share went on. Months are those in which a "
        "lead's cycle began. Shares count entries old enough to judge."
    )
    rows = counts.funnel(figures, filters)
    draw(charts.funnel_chart(rows))
    table(
        rows, "funnel", behind=EXITS, on_row=lambda row: show_leads(Asked("entered", row["stage"]))
    )
    streamlit.subheader("Compare")
    first, second, third = streamlit.columns(3)
    with first:
        cut = choose("Cut by", list(counts.CUTS))
    with second:
        other = choose("And by", [name for name in counts.CUTS if name != cut], "Nothing else")
    with third:
        stage = choose("Stage", list(STAGES))
    cuts = [name for name in (cut, other) if name]
    rows = counts.funnel(figures, filters, cuts)

    def follow(row: Row) -> None:
        value = row[counts.CUTS[cuts[0]]]
        is_month = cuts[0] == "month"
        show_leads(Asked("entered", stage, cuts[0], f"{value:%Y-%m-%d}" if is_month else value))

    table(
        rows[rows["stage"] == stage].drop(columns="stage"),
        "funnel_cut",
        behind=EXITS,
        on_row=follow,
    )
    streamlit.subheader("Leads in each stage, day by day")
    say_left_out([name for name in filters.set_ones if name not in ("since", "until")])
    draw(charts.daily_chart(figures, filters))


def losses(figures: Figures, filters: Filters) -> None:
    """Show handoffs that nobody followed up."""
    streamlit.write(
        "Leads handed to sales with neither a touch nor a verdict in time. Months are those of "
        "the handoff; times are business hours of the team."
    )
    total = counts.black_hole(figures, filters)
    for row in total[total["handoffs"] > 0].itertuples():
        left, middle, right = streamlit.columns(3)
        left.metric("Never followed up", share_with_range(row, "black_hole_share"))
        middle.metric("Handed to sales", count(row.handoffs))
        right.metric(
            "MQLs that sales was not told about", count(counts.never_told(figures, filters))
        )
    cut = choose("Cut by", list(counts.HANDOFF_CUTS))
    rows = counts.black_hole(figures, filters, cut)
    draw(charts.black_hole_chart(rows))
    table(
        rows,
        "black_hole",
        heading=label(cut),
        on_row=lambda row: show_leads(Asked("black_hole", None, cut, str(row["value"]))),
    )
    streamlit.subheader("What it costs")
    say_left_out(list(filters.set_ones))
    streamlit.write(
        "Deals and revenue that these leads would have brought beyond what they did, had sales "
        "worked them."
    )
    costs = figures.black_hole_cost
    costs = costs[costs["dimension"].isin(["all", cut])].rename(
        columns={"dimension_value": "value"}
    )
    shown = ["value", "never_followed_up", "missed_deals", "missed_amount", "won_deals"]
    table(
        costs[[*shown, "won_amount"]],
        "black_hole_cost",
        currency=_currency(costs),
        heading=label(cut),
    )


def revenue(figures: Figures, filters: Filters) -> None:
    """Show what channels and campaigns bring, by deals and by attribution."""
    streamlit.write("Deals by the channel that first brought somebody of the firm.")
    say_left_out(filters.left_out({**counts.DEAL_COLUMNS, "month": ""}))
    rows = counts.deals(figures, filters)
    table(_without_currency(rows), "deals", currency=_currency(rows))
    streamlit.subheader("Who gets the credit")
    streamlit.write(
        "Each model shares every deal out among the touches before it; all of them share out the "
        "same revenue. Months are those in which a lead became an MQL or a deal was made or won."
    )
    first, second, third = streamlit.columns(3)
    models = ["first", "last", "linear", "position", "time_decay", "removal_effect"]
    with first:
        model = choose("Model", models) or models[0]
    with second:
        level = choose("Touches of", ["account", "person"]) or "account"
    with third:
        by = choose("Credit by", ["channel", "campaign", "content"]) or "channel"
    say_left_out(filters.left_out(counts.ATTRIBUTION_COLUMNS))
    rows = counts.attribution(figures, filters, model, level, by)
    table(_without_currency(rows), "attribution", currency=_currency(rows))


def week(figures: Figures, filters: Filters) -> None:
    """Show the coming week: slots, cut-off, who is handed over and who waits."""
    streamlit.write("What sales can take in the coming week, and the cut-off that this sets.")
    say_left_out(filters.left_out({"team": ""}))
    teams = figures.capacity
    if filters.team:
        teams = teams[teams["team_id"] == filters.team]
    draw(charts.capacity_chart(teams))
    shown = ["team_name", "reps_active", "weekly_capacity", "slots_taken", "free_slots"]
    shown += ["candidates", "assigned_leads", "new_handoffs", "cutoff_score", "expected_wins"]
    table(teams[shown], "capacity", empty="No reps with capacity: add crm_reps.")
    what_if(figures, filters)
    handed_over, waiting = streamlit.columns(2)
    with handed_over:
        streamlit.subheader("Handed over")
        rows = counts.of_leads(figures, filters, "marts.routable_leads", "team_id", "score_band")
        table(rows, "handed_over", on_row=lambda row: show_leads(Asked("owned", row["team_id"])))
    with waiting:
        streamlit.subheader("Without an owner")
        rows = counts.of_leads(figures, filters, "marts.lead_assignments", "reason_code")
        table(
            rows[rows["reason_code"].notna()],
            "waiting",
            on_row=lambda row: show_leads(Asked("waiting", row["reason_code"])),
        )


def what_if(figures: Figures, filters: Filters) -> None:
    """Show what another capacity would bring, chosen by a slider."""
    streamlit.subheader("What if sales had other capacity?")
    curve = figures.capacity_curve
    curve = curve[curve["team_id"] == (filters.team or "all")]
    if curve.empty:
        streamlit.caption("No capacity is known, so there is nothing to try.")
        return
    steps = [int(percent) for percent in curve["capacity_percent"]]
    percent = streamlit.select_slider(
        "Capacity, in percent of the present one",
        steps,
        value=100 if 100 in steps else steps[0],
        key="capacity_percent",
    )
    [tried] = curve[curve["capacity_percent"] == percent].itertuples()
    columns = streamlit.columns(4)
    columns[0].metric("Free slots", count(tried.slots))
    columns[1].metric("Leads handed over", count(tried.leads))
    columns[2].metric("Cut-off score", number(tried.cutoff_score))
    columns[3].metric("Expected wins", number(tried.expected_wins))
    draw(charts.what_if_chart(curve, percent))


def scores(figures: Figures, filters: Filters) -> None:
    """Show how scores are spread, and how open leads stand in the grid."""
    scored = "marts.lead_scores"
    bands, spread = streamlit.columns(2)
    with bands:
        streamlit.subheader("Open leads by band")
        table(
            counts.of_leads(figures, filters, scored, "score_band"),
            "bands",
            on_row=lambda row: show_leads(Asked("band", row["score_band"])),
        )
        table(counts.of_leads(figures, filters, scored, "scored_by"), "scored_by")
        grid = counts.of_leads(figures, filters, scored, "grid_cell")
        table(grid[grid["grid_cell"].notna()].sort_values("grid_cell"), "grid")
    with spread:
        streamlit.subheader("Open leads by score")
        by_score = counts.of_leads(figures, filters, scored, "score")
        if not by_score.empty:
            streamlit.bar_chart(by_score, x="score", y="rows", x_label="score", y_label="leads")
    streamlit.subheader("Can the model be trusted?")
    for row in figures.verdict.itertuples():
        streamlit.write(f"{label(row.verdict)}: {row.reason}. {label(row.consequence)}.")
    if figures.verdict.empty:
        streamlit.caption("No model scores: leads are scored by points.")


def content(figures: Figures, filters: Filters) -> None:
    """Show how content did, whom marketing may write to, and with what."""
    streamlit.write(
        "How many leads moved on after first using a piece. Leads choose what they read: that is "
        "observed, and no proof of what a piece does."
    )
    say_left_out(list(filters.set_ones))
    columns = ["content_id", "content_type", "topic", "stage", "consumers", "advanced"]
    columns += ["advance_rate", "advance_rate_low", "advance_rate_high"]
    table(figures.rows("marts.content_performance", columns, "order by content_id"), "content")
    streamlit.subheader("What is sent first, by stage and persona")
    columns = ["stage", "persona", "content_id", "uses", "advanced"]
    columns += ["advance_rate", "advance_rate_low", "advance_rate_high"]
    rates = figures.rows(
        "marts.content_advance_rates",
        columns,
        "order by stage, persona, advance_rate_low desc nulls last, content_id",
    )
    stage = choose("Stage", sorted(rates["stage"].unique(), key=_stage_place))
    persona = choose("Persona", sorted(rates["persona"].dropna().unique()))
    rates = rates[(rates["stage"] == stage) & (rates["persona"] == persona)]
    table(rates.drop(columns=["stage", "persona"]), "content_rates")
    waiting, forbidden = streamlit.columns(2)
    with waiting:
        streamlit.subheader("In the nurture queue")
        table(
            counts.of_leads(figures, filters, "marts.nurture_queue", "track", "queue_reason"),
            "queue",
        )
        table(
            counts.of_leads(figures, filters, "marts.nurture_queue", "content_id"), "queue_content"
        )
    with forbidden:
        streamlit.subheader("May we write, may we call?")
        table(
            counts.of_leads(figures, filters, "marts.contact_policy", "email_reason"), "may_write"
        )
        table(counts.of_leads(figures, filters, "marts.contact_policy", "call_reason"), "may_call")


def accounts(figures: Figures, filters: Filters) -> None:
    """Show firms, by how engaged their people are."""
    say_left_out(filters.left_out(counts.ACCOUNT_COLUMNS))
    without_deal = streamlit.toggle("Only engaged accounts without a deal", key="without_deal")
    rows = counts.accounts(figures, filters, without_deal)
    table(
        _without_currency(rows),
        "accounts",
        currency=_currency(rows),
        on_row=lambda row: show_leads(Asked("account", str(row["account_key"]))),
        empty="No accounts here. Leads get one by their firm in the CRM or their address.",
    )


def lead_list(figures: Figures, filters: Filters) -> None:
    """List the leads behind the number that was clicked, or all."""
    asked: Asked = streamlit.session_state["asked"]
    streamlit.subheader(asked.title)
    if asked != Asked():
        streamlit.button("All leads", on_click=show_leads, args=[Asked()])
    say_left_out(filters.left_out(counts.PASS_COLUMNS))
    rows, found = leads(figures, filters, asked)
    shown = f", the {MOST:,} of the highest score are shown" if found > MOST else ""
    streamlit.caption(f"{count(found)} leads{shown}.")
    table(
        rows,
        "leads",
        behind=("persona", "industry", "top_topic", *BEHIND_TOO),
        on_row=lambda row: show_lead(row["lead_key"]),
        leads_to="the lead",
    )


def _without_currency(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the column that the heads of the others tell."""
    return rows.drop(columns="currency_code", errors="ignore")


def _currency(rows: pd.DataFrame) -> str | None:
    known = rows["currency_code"].dropna() if "currency_code" in rows else rows.head(0)
    return str(known.iloc[0]) if len(known) else None


def _stage_place(stage: object) -> int:
    return STAGES.index(str(stage)) if stage in STAGES else len(STAGES)


Page = Callable[[Figures, Filters], None]
PAGES: dict[str, Page] = {
    "This week": week,
    "Funnel": funnel,
    "Where leads get lost": losses,
    "What brings revenue": revenue,
    "Content": content,
    "Scores": scores,
    "Accounts": accounts,
    LEADS: lead_list,
    LEAD: one_lead,
}
