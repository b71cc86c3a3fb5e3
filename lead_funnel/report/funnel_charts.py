"""Charts of time, stock, money and goals; a chart without data is None."""

from typing import Any

import altair as alt
import pandas as pd

from lead_funnel.report.chart_parts import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    RED,
    STEP,
    VIOLET,
    finish,
    intervals,
    stacked,
)
from lead_funnel.report.charts import CAMPAIGNS_SHOWN, GOAL_METRICS
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.words import is_known, text

STAGE_COLORS = alt.Scale(domain=list(STAGES[:4]), range=[GREY, BLUE, AMBER, GREEN])
DAYS_SHOWN = 120
LOW_STEP = 22
MONTHS_SHOWN = 18
DAYS_DRAWN = 700
"""Points of a line: a history of many years is drawn by every second day, or every third."""


def stays_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw the share still in each stage by days since the entry."""
    stays = figures.stays
    if stays.empty:
        return None
    # Everybody is there when the first day begins.
    start = stays.groupby("stage", as_index=False)[["stage_order", "at_risk"]].max()
    start = start.assign(days_in_stage=0, still_in_share=1.0)
    shown = pd.concat([start, stays[stays["days_in_stage"] > 0]])
    shown = shown[shown["days_in_stage"] <= DAYS_SHOWN].drop(columns="dimension")
    shown = shown.assign(
        low=shown["still_in_share_low"].fillna(shown["still_in_share"]),
        high=shown["still_in_share_high"].fillna(shown["still_in_share"]),
    ).drop(columns=["still_in_share_low", "still_in_share_high"])
    base = alt.Chart(shown).encode(
        x=alt.X("days_in_stage:Q").title("days since the entry").scale(domain=[0, DAYS_SHOWN]),
        color=alt.Color("stage:N")
        .scale(STAGE_COLORS)
        .sort(list(STAGES))
        .legend(symbolOpacity=1, symbolType="stroke"),
    )
    share = alt.Y("still_in_share:Q").title("still in the stage").axis(format="%")
    line = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=share.scale(domain=[0, 1]),
        tooltip=[
            "stage:N",
            alt.Tooltip("days_in_stage:Q", title="days"),
            alt.Tooltip("still_in_share:Q", format=".1%"),
            alt.Tooltip("low:Q", format=".1%"),
            alt.Tooltip("high:Q", format=".1%"),
            "at_risk:Q",
        ],
    )
    band = base.mark_area(interpolate="step-after", opacity=0.18).encode(y="low:Q", y2="high:Q")
    return finish(alt.layer(band, line), 240)


def daily_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw how many leads stood in each stage by day, the last day among those shown."""
    daily = figures.daily
    daily = daily[daily["stage"].isin(STAGES[:4])]
    if daily.empty:
        return None
    days = sorted(daily["date_day"].unique(), reverse=True)
    daily = daily[daily["date_day"].isin(days[:: -(-len(days) // DAYS_DRAWN)])]
    shown = daily.assign(day=[str(day)[:10] for day in daily["date_day"]])
    shown = shown[["day", "stage", "stock"]]
    chart = (
        alt.Chart(shown)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("day:T").title(None).axis(format="%Y-%m", labelOverlap=True, labelAngle=-45),
            y=alt.Y("stock:Q").title("leads in the stage"),
            color=alt.Color("stage:N").scale(STAGE_COLORS).sort(list(STAGES)),
            tooltip=["stage:N", "day:T", alt.Tooltip("stock:Q", format=",")],
        )
    )
    return finish(chart, 240)


def factors_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw how many more handoffs are in the black hole with each factor than without it."""
    rows = figures.black_hole_factors
    rows = rows[rows["excess_handoffs"].notna()]
    if rows.empty:
        return None
    rows = rows.assign(
        factor=[text(value).replace("_", " ") for value in rows["factor"]],
        note=[f"{row.share_with:.0%} against {row.share_without:.0%}" for row in rows.itertuples()],
    )
    columns = ("excess_handoffs", "excess_handoffs_low", "excess_handoffs_high")
    chart = intervals(rows, "factor", columns, list(rows["factor"]), "note", RED, ",.0f")
    return finish(chart, STEP * len(rows) + 10)


def campaigns_chart(figures: Figures) -> dict[str, Any] | None:
    """Draw the cost of the dearest campaigns, by whether their leads were followed up."""
    campaigns = figures.campaigns
    campaigns = campaigns[campaigns["cost"].notna()].head(CAMPAIGNS_SHOWN)
    if campaigns.empty or campaigns["cost_currency_code"].nunique() > 1:
        return None
    names = [
        text(row.name if is_known(row.name) else row.campaign_id)
        for row in campaigns.itertuples(index=False)
    ]
    lost = campaigns["cost_never_followed_up"].fillna(0).round(2)
    judged = campaigns["judged_handoffs"] > 0
    shown = pd.DataFrame(
        {
            "campaign": names,
            "lost": lost,
            "worked": (campaigns["cost"] - lost).where(judged, 0).round(2),
            "unknown": campaigns["cost"].where(~judged, 0).round(2),
        }
    )
    parts = {
        "lost": ("on leads nobody followed up", RED),
        "worked": ("on leads that sales worked", BLUE),
        "unknown": ("no handoff old enough", GREY),
    }
    return finish(stacked(shown, "campaign", names, parts), LOW_STEP * len(shown) + 20)


def months_charts(figures: Figures) -> dict[str, dict[str, Any] | None]:
    """Draw each month's actual against its goal, one chart per metric."""
    goals = figures.goals
    goals = goals[(goals["scope"] == "month") & goals["actual"].notna()]
    drawn: dict[str, dict[str, Any] | None] = {}
    for metric in dict.fromkeys(goals["metric"]):
        rows = goals[goals["metric"] == metric].tail(MONTHS_SHOWN)
        shown = pd.DataFrame(
            {
                "month": [str(month)[:7] for month in rows["month_date"]],
                "actual": rows["actual"].to_numpy(),
                "goal": rows["goal"].to_numpy(),
                "state": [
                    "reached" if reached else "missed" if over else "still running"
                    for reached, over in zip(rows["is_reached"], rows["is_over"], strict=True)
                ],
            }
        )
        states = alt.Scale(
            domain=["reached", "missed", "still running"], range=[GREEN, AMBER, GREY]
        )
        base = alt.Chart(shown).encode(
            x=alt.X("month:O").title(None).axis(labelAngle=-45, labelOverlap=True),
            tooltip=["month:O", "actual:Q", "goal:Q", "state:N"],
        )
        chart = alt.layer(
            base.mark_bar().encode(
                y=alt.Y("actual:Q").title(None), color=alt.Color("state:N").scale(states)
            ),
            base.mark_tick(color=VIOLET, thickness=3, size=16).encode(y="goal:Q"),
        )
        drawn[GOAL_METRICS.get(str(metric), text(metric))] = finish(chart, 180)
    return drawn
