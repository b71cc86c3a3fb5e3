"""What all charts of the report are made of: colours, bars, intervals, finish."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from lead_funnel.words import text

# Readable on white and on near-black.
BLUE, GREEN, AMBER, RED, GREY, VIOLET, BROWN = (
    "#3f87d9",
    "#2fa36b",
    "#d9932b",
    "#d65f5f",
    "#8b95a5",
    "#8f6fd1",
    "#a57f5b",
)
STEP = 30
# Altair's own types are unions that change from method to method.
Chart = Any


def finish(chart: Chart, height: int) -> dict[str, Any]:
    """Give the chart's specification: as wide as its container, in the page's text colour."""
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
            y=alt.Y(f"{rows}:N").sort(order).title(None),
            color=alt.Color("part:N").scale(colors).sort(labels),
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
    color: str = BLUE,
    number: str = ".1%",
) -> Chart:
    """Draw a point with its interval per row, and a note on the right."""
    value, low, high = columns
    y = alt.Y(f"{rows}:N").sort(order).title(None)
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


def bars(frame: pd.DataFrame, rows: str, count: str, order: list[str]) -> Chart:
    """Draw one bar per row with its number."""
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
