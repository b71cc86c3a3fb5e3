"""Charts of the explorer: Vega-Lite specifications; a chart without data is None."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from lead_funnel.dashboard.filters import Filters
from lead_funnel.report import palette
from lead_funnel.report.fates import FATES
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.report.wording import distinct, label
from lead_funnel.words import text

STEP = 30
LEGEND = 60
"""Height of a legend below the chart, which the chart's height includes."""
DAYS_DRAWN = 700
"""Points of a line: a history of many years is drawn by every second day, or every third."""
# Altair's own types are unions that change from method to method.
Chart = Any
SLOTS = {
    "slots_taken": ("taken this week", palette.CONTEXT),
    "new_handoffs": ("handed over now", palette.ACCENT),
    "unused": ("left free", palette.GREEN),
}
# Closed won is a bar of its own here and has the green; so a colleague's win has another colour.
ENDS = {name: (said.lower(), color) for name, (said, color) in FATES.items()} | {
    "won_by_colleague": (FATES["won_by_colleague"][0].lower(), palette.INK),
    "won": ("won", palette.GREEN),
}
LABELS = [label(stage) for stage in STAGES]
STAGE_COLORS = alt.Scale(
    domain=LABELS[:4],
    range=[palette.CONTEXT, palette.ACCENT, palette.AMBER, palette.GREEN],
)


def finish(chart: Chart, height: int) -> dict[str, Any]:
    """Give the chart's specification: as wide as its container, in the theme's colours."""
    spec: dict[str, Any] = chart.properties(width="container", height=height).to_dict()
    return spec


def named(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Give a copy in which a column's names can be shown: without e-mail addresses."""
    return frame.assign(**{column: [text(value) for value in frame[column]]})


def stacked(
    frame: pd.DataFrame, rows: str, order: list[str], parts: Mapping[str, tuple[str, str]]
) -> Chart:
    """Draw one stacked bar per row, from columns named in ``parts`` (label, colour)."""
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
            y=alt.Y(f"{rows}:N").sort(order).title(None).axis(labelOverlap=False),
            color=alt.Color("part:N")
            .title(None)
            .scale(colors)
            .sort(labels)
            .legend(orient="bottom"),
            order=alt.Order("place:Q"),
            tooltip=[f"{rows}:N", "part:N", alt.Tooltip("count:Q", format=",")],
        )
    )


def intervals(
    frame: pd.DataFrame,
    rows: str,
    columns: tuple[str, str, str],
    order: list[str],
    note: str | None = None,
    color: str = palette.ACCENT,
    number: str = ".1%",
) -> Chart:
    """Draw a point with its interval per row, and a note on the right."""
    value, low, high = columns
    y = alt.Y(f"{rows}:N").sort(order).title(None).axis(labelOverlap=False)
    is_share = number.endswith("%")
    axis = alt.Axis(format="%" if is_share else number, tickCount=5)
    # Leave space for the note beyond the longest interval.
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


def funnel_chart(funnel: pd.DataFrame) -> dict[str, Any] | None:
    """Draw what became of those who entered each stage."""
    if funnel.empty:
        return None
    # Nothing comes after closed won; who is there has arrived.
    is_won = funnel["stage"] == STAGES[-1]
    shown = funnel.assign(won=funnel["entered"].where(is_won, 0))
    shown["open"] = shown["open"].mask(is_won, 0)
    shown["stage"] = shown["stage"].map(label)
    return finish(stacked(shown, "stage", LABELS, ENDS), STEP * 6 + LEGEND)


def black_hole_chart(rows: pd.DataFrame) -> dict[str, Any] | None:
    """Draw the share of handoffs in the black hole by the values of a cut."""
    if rows.empty:
        return None
    rows = rows.assign(value=distinct(rows["value"].map(label)))
    rows["note"] = [f"{row.never_followed_up} of {row.handoffs}" for row in rows.itertuples()]
    columns = ("black_hole_share", "black_hole_share_low", "black_hole_share_high")
    chart = intervals(rows, "value", columns, list(rows["value"]), "note", palette.WARNING)
    return finish(chart, STEP * len(rows) + 10)


def capacity_chart(teams: pd.DataFrame) -> dict[str, Any] | None:
    """Draw what fills each team's week."""
    teams = teams[(teams["team_id"] != "all") & (teams["weekly_capacity"] > 0)]
    if teams.empty:
        return None
    unused = (teams["free_slots"] - teams["new_handoffs"]).clip(lower=0)
    teams = named(teams.assign(unused=unused), "team_name")
    chart = stacked(teams, "team_name", list(teams["team_name"]), SLOTS)
    return finish(chart, STEP * len(teams) + 20 + LEGEND)


def daily_chart(figures: Figures, filters: Filters) -> dict[str, Any] | None:
    """Draw how many leads stood in each stage by day, the last day among those shown."""
    daily = figures.daily
    daily = daily[daily["stage"].isin(STAGES[:4])]
    months = pd.to_datetime(daily["date_day"]).dt.strftime("%Y-%m")
    daily = daily[months.between(filters.since or "0000", filters.until or "9999")]
    if daily.empty:
        return None
    days = sorted(daily["date_day"].unique(), reverse=True)
    daily = daily[daily["date_day"].isin(days[:: -(-len(days) // DAYS_DRAWN)])]
    shown = daily.assign(day=[str(day)[:10] for day in daily["date_day"]])
    shown = shown[["day", "stage", "stock"]].assign(stage=shown["stage"].map(label))
    chart = (
        alt.Chart(shown)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("day:T").title(None).axis(format="%Y-%m", labelOverlap=True, labelAngle=-45),
            y=alt.Y("stock:Q").title("leads in the stage"),
            color=alt.Color("stage:N")
            .title(None)
            .scale(STAGE_COLORS)
            .sort(LABELS)
            .legend(orient="bottom"),
            tooltip=["stage:N", "day:T", alt.Tooltip("stock:Q", format=",")],
        )
    )
    return finish(chart, 240 + LEGEND)


def what_if_chart(curve: pd.DataFrame, percent: int) -> dict[str, Any] | None:
    """Draw what each capacity would bring; the one that is tried is marked."""
    # Without a model nobody knows what a lead will bring.
    measure = "expected_wins" if curve["expected_wins"].notna().any() else "leads"
    title = "expected wins" if measure == "expected_wins" else "leads handed over"
    shown = curve[["capacity_percent", measure]].assign(tried=curve["capacity_percent"] == percent)
    base = alt.Chart(shown).encode(
        x=alt.X("capacity_percent:Q").title("capacity, percent of the present one"),
        y=alt.Y(f"{measure}:Q").title(title),
        tooltip=["capacity_percent:Q", alt.Tooltip(f"{measure}:Q", format=",.1f")],
    )
    line = base.mark_line(color=palette.ACCENT, strokeWidth=2)
    point = base.transform_filter("datum.tried").mark_point(
        color=palette.WARNING, filled=True, size=120, opacity=1
    )
    return finish(alt.layer(line, point), 220)
