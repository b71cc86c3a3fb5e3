"""One function per page: each reads marts and shows them, and calculates nothing."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit

from lead_funnel.dashboard import charts
from lead_funnel.errors import UserError
from lead_funnel.report.account import find_lead
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.words import text

ALL = "all"


def draw(spec: dict[str, Any] | None) -> None:
    """Show a chart in the colours of the explorer's theme, or nothing without data."""
    if spec is not None:
        streamlit.vega_lite_chart(spec={name: spec[name] for name in spec if name != "config"})


def lay_out(rows: pd.DataFrame) -> None:
    """Show a table; words are cleaned of addresses that a source may have put in them."""
    if rows.empty:
        streamlit.caption("Nothing yet.")
        return
    words = rows.select_dtypes(["object", "string"]).columns
    shown = rows.assign(**{name: rows[name].map(text) for name in words})
    streamlit.dataframe(shown, hide_index=True)


def chosen(rows: pd.DataFrame, column: str, label: str) -> pd.DataFrame:
    """Let people choose a value of a column, and give its rows."""
    values = sorted(rows[column].dropna().unique(), key=lambda value: (value != ALL, value))
    if not values:
        return rows
    wanted = streamlit.selectbox(label, values, key=f"choose_{label}")
    matching: pd.DataFrame = rows[rows[column] == wanted]
    return matching


def funnel(figures: Figures) -> None:
    """Show entries and conversion, for all or cut by a dimension."""
    streamlit.write(
        "How many entered each stage, and what share went on. Rates are of entries that are old "
        "enough to tell; low and high are a 95 % interval."
    )
    draw(charts.funnel_chart(figures))
    rows = chosen(figures.conversion, "dimension", "Cut by")
    if set(rows["dimension"]) - {ALL}:
        rows = rows[rows["stage"] == streamlit.selectbox("Stage", STAGES, key="choose_Stage")]
    cut_by = ["cohort_month", "dimension_value", "second_dimension_value"]
    lay_out(
        rows[
            [name for name in cut_by if rows[name].notna().any()]
            + ["stage", "entered", "advanced", "lost", "recycled"]
            + ["disqualified", "expired", "won_by_colleague", "open", "mature", "conversion_rate"]
            + ["conversion_rate_low", "conversion_rate_high"]
        ]
    )
    streamlit.subheader("Channels")
    lay_out(figures.sources)
    streamlit.subheader("Leads in each stage, day by day")
    draw(charts.daily_chart(figures))


def black_hole(figures: Figures) -> None:
    """Show handoffs that nobody followed up."""
    streamlit.write(
        "Handoffs with neither a touch by sales nor a verdict in time, and what they would have "
        "brought beyond what they did, had sales worked them."
    )
    draw(charts.black_hole_teams_chart(figures))
    rows = chosen(figures.black_hole, "dimension", "Cut by")
    lay_out(rows)
    costs = figures.black_hole_cost
    lay_out(costs[costs["dimension"].isin(rows["dimension"])])


def capacity(figures: Figures) -> None:
    """Show the coming week: slots, cut-off, how many are handed over and how many wait."""
    streamlit.write("What sales can take in the coming week, and the cut-off that this sets.")
    draw(charts.capacity_chart(figures))
    lay_out(figures.capacity)
    handed_over, waiting = streamlit.columns(2)
    with handed_over:
        streamlit.subheader("Handed over")
        lay_out(figures.counts("marts.routable_leads", "team_id", "score_band"))
    with waiting:
        streamlit.subheader("Without an owner")
        lay_out(figures.unrouted)


def scores(figures: Figures) -> None:
    """Show bands, how scores are spread, and why one lead has its score."""
    bands, spread = streamlit.columns(2)
    with bands:
        streamlit.subheader("Open leads by band")
        lay_out(figures.bands)
        lay_out(figures.scored_by)
    with spread:
        streamlit.subheader("Open leads by score")
        by_score = figures.counts("marts.lead_scores", "score")
        if not by_score.empty:
            streamlit.bar_chart(by_score, x="score", y="rows", y_label="leads")
    streamlit.subheader("One lead")
    wanted = streamlit.text_input(
        "Key of a lead, or its id in the CRM", key="lead", help="lead_key or crm_lead_id"
    ).strip()
    if wanted:
        one_lead(figures, wanted)


def one_lead(figures: Figures, wanted: str) -> None:
    """Say what score a lead has and what it is made of."""
    try:
        lead_key = find_lead(figures, wanted)
    except UserError as error:
        streamlit.warning(str(error))
        return
    of_lead = f"where cast(lead_key as varchar) = '{lead_key}'"
    score = figures.rows(
        "marts.lead_scores",
        ["stage", "scored_by", "score", "score_band", "probability", "points_total"]
        + ["points_behavior", "points_fit", "fit_grade", "grid_cell", "model_version"],
        of_lead,
    )
    if score.empty:
        streamlit.caption("This lead is not open, and so has no score.")
        return
    lay_out(score)
    streamlit.write("What speaks for it and against it, against the average lead:")
    lay_out(
        figures.rows(
            "marts.lead_score_reasons",
            ["reason_rank", "label", "value_text", "strength"],
            f"{of_lead} order by reason_rank",
        )
    )


def nurture(figures: Figures) -> None:
    """Show how many are written to next, with what, and how content did."""
    streamlit.write(
        "Whom marketing may write to now. Rates say how many leads moved on after first using a "
        "piece. Leads choose what they read: that is observed, and no proof of what a piece does."
    )
    waiting, forbidden = streamlit.columns(2)
    with waiting:
        streamlit.subheader("In the queue")
        lay_out(figures.counts("marts.nurture_queue", "track", "queue_reason"))
        lay_out(figures.counts("marts.nurture_queue", "content_id"))
    with forbidden:
        streamlit.subheader("May we write, may we call?")
        lay_out(figures.counts("marts.contact_policy", "email_reason"))
        lay_out(figures.counts("marts.contact_policy", "call_reason"))
    streamlit.subheader("Content")
    lay_out(
        figures.rows(
            "marts.content_performance",
            ["content_id", "content_type", "topic", "stage", "consumers", "mature_consumers"]
            + ["advanced", "observed_rate", "advance_rate_low", "advance_rate_high"],
            "order by content_id",
        )
    )
    rates = figures.rows(
        "marts.content_advance_rates",
        ["stage", "persona", "content_id", "uses", "advanced", "observed_rate"]
        + ["advance_rate", "advance_rate_low", "advance_rate_high"],
        "order by stage, persona, advance_rate_low desc nulls last, content_id",
    )
    streamlit.subheader("What is sent first, by stage and persona")
    lay_out(chosen(chosen(rates, "stage", "Stage"), "persona", "Persona"))


PAGES: dict[str, Callable[[Figures], None]] = {
    "Funnel": funnel,
    "Black hole": black_hole,
    "Capacity and queue": capacity,
    "Scores": scores,
    "Nurture and content": nurture,
}
