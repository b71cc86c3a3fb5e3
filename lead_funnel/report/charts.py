"""Charts of stages, sources, handoffs, scores and capacity; a chart without data is None."""

from typing import Any

import altair as alt
import pandas as pd

from lead_funnel.report.chart_parts import (
    AMBER,
    BLUE,
    BROWN,
    GREEN,
    GREY,
    RED,
    STEP,
    VIOLET,
    bars,
    finish,
    intervals,
    named,
    stacked,
)
from lead_funnel.report.figures import EXITS, STAGES, Figures
from lead_funnel.words import text

FATES = {
    "advanced": ("gone on", BLUE),
    "recycled": ("handed back", AMBER),
    "lost": ("lost", RED),
    "disqualified": ("disqualified", VIOLET),
    "expired": ("expired", BROWN),
    "won_by_colleague": ("colleague won", GREEN),
    "open": ("still in it", GREY),
}
SCORERS = {
    "points": "points",
    "model": "model",
    "boosting": "boosting",
    "reps_rating": "reps' rating",
}
BANDS = ("hot", "warm", "cool", "cold")
SLOTS = {
    "slots_taken": ("taken this week", GREY),
    "new_handoffs": ("handed over now", BLUE),
    "unused": ("left free", GREEN),
}
GOAL_METRICS = {
    "leads": "leads",
    "mql": "MQLs",
    "sal": "SALs",
    "sql": "SQLs",
    "won": "won",
    "cost_per_lead": "cost a lead",
    "cost_per_mql": "cost an MQL",
    "cost_per_sal": "cost a SAL",
    "cost_per_sql": "cost a SQL",
    "cost_per_won": "cost a win",
}
CAMPAIGNS_SHOWN = 12


def funnel_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw what became of those who entered each stage."""
    funnel = figures.funnel
    if funnel.empty:
        return None
    # Nothing comes after closed won; who is there has arrived.
    is_won = funnel["stage"] == STAGES[-1]
    shown = funnel.assign(won=funnel["entered"].where(is_won, 0))
    shown["open"] = shown["open"].mask(is_won, 0)
    parts = {**FATES, "won": ("won", GREEN)}
    return finish(stacked(shown, "stage", list(STAGES), parts), STEP * 6)


def sources_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw the close rate of each channel with its interval."""
    sources = figures.sources
    sources = named(sources[sources["close_rate"].notna()].head(25), "channel")
    if sources.empty:
        return None
    sources["note"] = [
        f"{row.mature_won_in_horizon} of {row.mature_leads}" for row in sources.itertuples()
    ]
    columns = ("close_rate", "close_rate_low", "close_rate_high")
    order = list(sources["channel"])
    chart = intervals(sources, "channel", columns, order, "note")
    return finish(chart, STEP * len(sources) + 10)


def cohorts_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw wins by the month in which the cycle began."""
    months = figures.conversion[figures.conversion["dimension"] == "month"]
    begun = months[months["stage"] == "inquiry"].set_index("dimension_value")
    won = months[months["stage"] == "closed_won"].set_index("dimension_value")["entered"]
    if won.empty:
        return None
    cohorts = pd.DataFrame(
        {
            "month": [month[:7] for month in begun.index],
            "wins": won.reindex(begun.index).fillna(0).to_numpy(),
            "begun": begun["entered"].to_numpy(),
            "state": [
                "horizon over" if mature == entered else "more may come"
                for mature, entered in zip(begun["mature"], begun["entered"], strict=True)
            ],
        }
    )
    states = alt.Scale(domain=["horizon over", "more may come"], range=[GREEN, GREY])
    chart = (
        alt.Chart(cohorts)
        .mark_bar()
        .encode(
            x=alt.X("month:O")
            .title("month the cycle began")
            .axis(labelAngle=-45, labelOverlap=True),
            y=alt.Y("wins:Q").title("closed won").axis(tickMinStep=1),
            color=alt.Color("state:N").scale(states),
            tooltip=["month:O", "wins:Q", "begun:Q", "state:N"],
        )
    )
    return finish(chart, 200)


def black_hole_chart(figures: Figures, dimension: str, title: str) -> dict[str, Any] | None:
    """Draw the share in the black hole along hours or months."""
    rows = figures.black_hole
    rows = rows[rows["dimension"] == dimension]
    if rows.empty:
        return None
    is_hour = dimension == "arrival_hour"
    places = [int(value) if is_hour else str(value)[:7] for value in rows["dimension_value"]]
    rows = rows.assign(place=places)
    base = alt.Chart(rows).encode(
        x=alt.X("place:O").title(title).axis(labelAngle=0 if is_hour else -45, labelOverlap=True),
        tooltip=[
            alt.Tooltip("place:O", title=title),
            alt.Tooltip("black_hole_share:Q", format=".1%"),
            alt.Tooltip("black_hole_share_low:Q", format=".1%"),
            alt.Tooltip("black_hole_share_high:Q", format=".1%"),
            "handoffs:Q",
        ],
    )
    low = alt.Y("black_hole_share_low:Q").title("never followed up").axis(format="%")
    chart = alt.layer(
        base.mark_rule(color=RED, strokeWidth=5, opacity=0.45).encode(
            y=low.scale(domain=[0, 1]), y2="black_hole_share_high:Q"
        ),
        base.mark_point(color=RED, filled=True, size=70, opacity=1).encode(y="black_hole_share:Q"),
    )
    return finish(chart, 200)


def black_hole_teams_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw the share in the black hole by team."""
    rows = figures.black_hole
    rows = named(rows[rows["dimension"] == "team"], "dimension_value")
    if rows.empty:
        return None
    rows["note"] = [f"{row.never_followed_up} of {row.handoffs}" for row in rows.itertuples()]
    rows = rows.sort_values("black_hole_share", ascending=False)
    columns = ("black_hole_share", "black_hole_share_low", "black_hole_share_high")
    order = list(rows["dimension_value"])
    chart = intervals(rows, "dimension_value", columns, order, "note", RED)
    return finish(chart, STEP * len(rows) + 10)


def bench_chart(figures: Figures, metric: str) -> dict[str, Any] | None:
    """Draw one measurement of every scorer with its interval."""
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == metric)]
    bench = bench[bench["scorer"].isin(list(SCORERS)) & bench["value"].notna()]
    if bench.empty:
        return None
    bench = bench.assign(scorer=bench["scorer"].map(SCORERS))
    columns = ("value", "interval_low", "interval_high")
    order = list(SCORERS.values())
    chart = intervals(bench, "scorer", columns, order, color=VIOLET, number=".3f")
    return finish(chart, STEP * len(bench) + 10)


def bands_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw open leads by score band."""
    bands = figures.bands
    if bands.empty:
        return None
    return finish(bars(bands, "score_band", "rows", list(BANDS)), STEP * len(bands) + 10)


def stages_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw leads by the stage they are in now."""
    stages = figures.stages
    if stages.empty:
        return None
    order = [*STAGES, *EXITS]
    return finish(bars(stages, "current_stage", "rows", order), STEP * len(stages) + 10)


def capacity_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw what fills each team's week."""
    teams = figures.capacity
    teams = teams[(teams["team_id"] != "all") & (teams["weekly_capacity"] > 0)]
    if teams.empty:
        return None
    unused = (teams["free_slots"] - teams["new_handoffs"]).clip(lower=0)
    teams = named(teams.assign(unused=unused), "team_name")
    chart = stacked(teams, "team_name", list(teams["team_name"]), SLOTS)
    return finish(chart, STEP * len(teams) + 20)


def quarantine_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw the commonest reasons for quarantine."""
    rows = figures.quarantine.head(15)
    if rows.empty:
        return None
    names = [
        f"{text(row.raw_table)}: {text(row.reason).replace('_', ' ')}" for row in rows.itertuples()
    ]
    rows = rows.assign(reason=names)
    return finish(bars(rows, "reason", "rows", names), STEP * len(rows) + 10)
