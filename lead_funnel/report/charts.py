"""Charts of aggregates; a chart without data is None."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from lead_funnel.report.figures import EXITS, STAGES, Figures
from lead_funnel.words import text

# Readable on white and on near-black.
BLUE, GREEN, AMBER, RED, GREY, VIOLET = (
    "#3f87d9",
    "#2fa36b",
    "#d9932b",
    "#d65f5f",
    "#8b95a5",
    "#8f6fd1",
)
FATES = {
    "advanced": ("gone on", BLUE),
    "recycled": ("handed back", AMBER),
    "lost": ("lost", RED),
    "disqualified": ("disqualified", VIOLET),
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
STEP = 30
# Altair's own types are unions that change from method to method.
Chart = Any


def finish(chart: Chart, height: int) -> dict[str, Any]:
    """Give the chart's specification: as wide as its place, in the page's text colour."""
    sized = chart.properties(width="container", height=height)
    spec: dict[str, Any] = (
        sized.configure(background="transparent", font="system-ui, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="currentColor",
            titleColor="currentColor",
            titleFontWeight="normal",
            gridColor="#88888833",
            domainColor="#88888888",
            tickColor="#88888888",
            labelFontSize=12,
            titleFontSize=12,
            labelLimit=220,
        )
        .configure_legend(
            labelColor="currentColor", titleColor="currentColor", orient="top", title=None
        )
        .to_dict()
    )
    return spec


def named(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Give a copy with the names of a column fit to be shown."""
    return frame.assign(**{column: [text(value) for value in frame[column]]})


def stacked(
    frame: pd.DataFrame, rows: str, order: list[str], parts: Mapping[str, tuple[str, str]]
) -> Chart:
    """Draw one stacked bar a row, from columns named in ``parts`` (label, colour)."""
    labels = [label for label, _ in parts.values()]
    long = frame.melt([rows], list(parts), var_name="part", value_name="count")
    long["place"] = long["part"].map({name: place for place, name in enumerate(parts)})
    long["part"] = long["part"].map({name: label for name, (label, _) in parts.items()})
    colors = alt.Scale(domain=labels, range=[color for _, color in parts.values()])
    return (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=alt.X("count:Q").title(None).axis(tickCount=6, tickMinStep=1),
            y=alt.Y(f"{rows}:N").sort(order).title(None),
            color=alt.Color("part:N").scale(colors).sort(labels),
            order=alt.Order("place:Q"),
            tooltip=[f"{rows}:N", "part:N", alt.Tooltip("count:Q", format=",")],
        )
    )


def _intervals(
    frame: pd.DataFrame,
    rows: str,
    columns: tuple[str, str, str],
    order: list[str],
    note: str | None = None,
    color: str = BLUE,
    number: str = ".1%",
) -> Chart:
    """Draw a point with its interval a row, and a note at the right."""
    value, low, high = columns
    y = alt.Y(f"{rows}:N").sort(order).title(None)
    is_share = number.endswith("%")
    axis = alt.Axis(format="%" if is_share else ".2f", tickCount=5)
    # Room for the note beyond the longest interval.
    widest = float(frame[high].max()) * (1.0 if note is None else 1.35)
    if is_share and widest > 1:
        axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    scale = alt.Scale(domain=[0, widest]) if is_share else alt.Scale(zero=False, padding=12)
    base = alt.Chart(frame).encode(y=y)
    tooltip = [f"{rows}:N"] + [alt.Tooltip(f"{name}:Q", format=number) for name in columns]
    layers = [
        base.mark_rule(color=color, strokeWidth=5, opacity=0.45).encode(
            x=alt.X(f"{low}:Q").title(None).axis(axis).scale(scale),
            x2=f"{high}:Q",
            tooltip=tooltip,
        ),
        base.mark_point(color=color, filled=True, size=90, opacity=1).encode(
            x=f"{value}:Q", tooltip=tooltip
        ),
    ]
    if note is not None:
        layers.append(
            base.mark_text(align="left", dx=8, color="currentColor", fontSize=11).encode(
                x=f"{high}:Q", text=f"{note}:N"
            )
        )
    return alt.layer(*layers)


def bars(frame: pd.DataFrame, rows: str, count: str, order: list[str]) -> Chart:
    """Draw one bar a row with its number."""
    base = alt.Chart(frame).encode(
        y=alt.Y(f"{rows}:N").sort(order).title(None),
        x=alt.X(f"{count}:Q")
        .title(None)
        .axis(tickCount=5, tickMinStep=1)
        .scale(domain=[0, float(frame[count].max()) * 1.12]),
        tooltip=[f"{rows}:N", alt.Tooltip(f"{count}:Q", format=",")],
    )
    number = base.mark_text(align="left", dx=4, color="currentColor", fontSize=11)
    return alt.layer(
        base.mark_bar(color=BLUE), number.encode(text=alt.Text(f"{count}:Q", format=","))
    )


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
    """Draw the close rate of each source with its interval."""
    sources = figures.sources
    sources = named(sources[sources["close_rate"].notna()].head(25), "lead_source")
    if sources.empty:
        return None
    sources["note"] = [
        f"{row.mature_won_in_horizon} of {row.mature_leads}" for row in sources.itertuples()
    ]
    columns = ("close_rate", "close_rate_low", "close_rate_high")
    order = list(sources["lead_source"])
    chart = _intervals(sources, "lead_source", columns, order, "note")
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
    chart = _intervals(rows, "dimension_value", columns, order, "note", RED)
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
    chart = _intervals(bench, "scorer", columns, order, color=VIOLET, number=".3f")
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
