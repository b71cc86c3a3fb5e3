"""Kinds of charts that recur: dots with intervals, bars, parts of a whole, lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from lead_funnel.language import ENGLISH, _, current
from lead_funnel.report import palette
from lead_funnel.report.drawing import TEXT_SIZE, Chart

ROW = 28
"""Pixels of a row."""
TALL_ROW = 40
"""Pixels of a row whose name takes two lines."""


def percent_axis(title: str | None = None, **more: object) -> dict[str, Any]:
    """Give the settings of an axis of shares."""
    return {"title": title, "labelExpr": "round(datum.value * 100) + ' %'", "tickCount": 5, **more}


def amount_axis(title: str | None = None, **more: object) -> dict[str, Any]:
    """Give the settings of an axis of amounts or counts: 200k in English."""
    if current() == ENGLISH:
        return {"title": title, "format": "~s", **more}
    units = {1_000_000: _("{amount} M"), 1_000: _("{amount} k"), 1: "{amount}"}
    choices = [
        f"abs(datum.value) >= {size} ? format(datum.value / {size}, ',~f')"
        f" + '{unit.format(amount='')}'"
        for size, unit in units.items()
    ]
    return {"title": title, "labelExpr": f"{' : '.join(choices)} : '0'", **more}


def dots(
    frame: pd.DataFrame,
    rows: str,
    columns: tuple[str, str, str],
    words: str,
    color: str = palette.ACCENT,
    notes: str | None = None,
    is_share: bool = True,
    zero_line: bool = False,
) -> Chart:
    """Draw a dot with its interval per row, in the order of the frame.

    Parameters
    ----------
    columns
        The value, and the bounds of its interval.
    words
        Column of what is said of each dot.
    notes
        Column of what is written beside each interval.
    """
    value, low, high = columns
    order = list(frame[rows])
    least = min(0.0, float(frame[low].min())) if is_share or zero_line else float(frame[low].min())
    most = float(frame[high].max())
    room = (most - least) * (0.55 if notes else 0.06)
    top = most + room if notes or not is_share else min(most + room, 1.0)
    axis = percent_axis() if is_share else {"title": None, "tickCount": 5}
    if is_share:
        axis["values"] = [
            step / 100 for step in _steps(most * 100) if step / 100 <= max(most, 0.02) + 1e-9
        ]
    base = alt.Chart(frame).encode(y=alt.Y(f"{rows}:N").sort(order).title(None))
    scale = alt.Scale(domain=[least - (top - least) * 0.025, top], nice=False, zero=False)
    layers = [
        base.mark_rule(color=color, strokeWidth=2, aria=False).encode(
            x=alt.X(f"{low}:Q").axis(**axis).scale(scale), x2=f"{high}:Q"
        ),
        base.mark_point(color=color, filled=True, size=80, opacity=1).encode(
            x=f"{value}:Q", description=f"{words}:N"
        ),
    ]
    if zero_line:
        zero = alt.Chart(pd.DataFrame({"zero": [0.0]}))
        layers.insert(0, zero.mark_rule(color=palette.LINE, aria=False).encode(x="zero:Q"))
    if notes:
        layers.append(
            base.mark_text(align="left", dx=8, aria=False, fontSize=TEXT_SIZE).encode(
                x=f"{high}:Q", text=f"{notes}:N"
            )
        )
    return alt.layer(*layers)


def dots_of_rates(
    frame: pd.DataFrame,
    rows: str,
    rate: str,
    names: Sequence[str],
    said: Sequence[str],
    notes: Sequence[str],
) -> Chart:
    """Draw a dot with its interval per row for a rate, whose bounds end in _low and _high.

    Parameters
    ----------
    rows
        What the rows are, as the name of their column.
    names, said, notes
        For each row its name, what is said of its dot, and what is written beside it.
    """
    named = frame.assign(**{rows: names, "said": said, "note": notes})
    return dots(named, rows, (rate, f"{rate}_low", f"{rate}_high"), "said", notes="note")


def _steps(most: float) -> list[float]:
    """Give round percentages up to the largest."""
    step = next((size for size in (0.5, 1, 2, 5, 10, 20, 25) if most / size <= 5), 25)
    return [step * place for place in range(int(100 / step) + 1)]


def columns_with_intervals(
    frame: pd.DataFrame,
    places: str,
    columns: tuple[str, str, str],
    words: str,
    title: str | None,
    color: str = palette.ACCENT,
    most: float | None = None,
) -> Chart:
    """Draw a dot with its interval per place, from left to right."""
    value, low, high = columns
    top = most or min(1.0, float(frame[high].max()) * 1.08)
    base = alt.Chart(frame).encode(
        x=alt.X(f"{places}:O").sort(None).title(title).axis(labelAngle=0)
    )
    scale = alt.Scale(domain=[0, top], nice=False)
    return alt.layer(
        base.mark_rule(color=color, strokeWidth=2, aria=False).encode(
            y=alt.Y(f"{low}:Q").axis(**percent_axis()).scale(scale), y2=f"{high}:Q"
        ),
        base.mark_point(color=color, filled=True, size=60, opacity=1).encode(
            y=f"{value}:Q", description=f"{words}:N"
        ),
    )


def bars(
    frame: pd.DataFrame,
    rows: str,
    value: str,
    words: str,
    notes: str,
    color: str = palette.ACCENT,
) -> Chart:
    """Draw one bar per row with its number beside it, in the order of the frame.

    Names may take two lines; then a row is `TALL_ROW` high.
    """
    order = list(frame[rows])
    # A name of two lines begins half a line higher, and may be long: that is why it has two.
    has_two = any("\n" in str(name) for name in order)
    names = alt.Axis(labelOffset=-TEXT_SIZE / 2, labelLimit=240) if has_two else alt.Axis()
    top = max(float(frame[value].max()), 0.001) * 1.3
    base = alt.Chart(frame).encode(
        y=alt.Y(f"{rows}:N", axis=names).sort(order).title(None),
        x=alt.X(f"{value}:Q").axis(None).scale(domain=[0, top], nice=False),
    )
    return alt.layer(
        base.mark_bar(color=color, height={"band": 0.7}).encode(description=f"{words}:N"),
        base.mark_text(align="left", dx=5, aria=False).encode(text=f"{notes}:N"),
    )


def stacked(
    frame: pd.DataFrame,
    rows: str,
    parts: Mapping[str, tuple[str, str]],
    words: Mapping[str, str],
    is_share: bool = True,
    unit: str | None = None,
) -> Chart:
    """Draw one bar per row in parts, from columns named in ``parts`` (label, colour).

    Parameters
    ----------
    words
        Column of what is said of each part.
    unit
        What the axis measures, where it is no share.
    """
    order = list(frame[rows])
    pieces = [
        pd.DataFrame(
            {
                "row": frame[rows],
                "part": name,
                "place": place,
                "size": frame[column].astype(float),
                "said": frame[words[column]],
            }
        )
        for place, (column, (name, _)) in enumerate(parts.items())
    ]
    long = pd.concat(pieces)
    long = long[long["size"] > 0]
    names = [name for name, _ in parts.values()]
    colors = alt.Scale(domain=names, range=[color for _, color in parts.values()])
    axis = percent_axis() if is_share else amount_axis(unit, tickCount=5)
    scale = alt.Scale(domain=[0, 1]) if is_share else alt.Scale()
    return (
        alt.Chart(long)
        .mark_bar(stroke=palette.CARD, strokeWidth=1, height={"band": 0.75})
        .encode(
            y=alt.Y("row:N").sort(order).title(None),
            x=alt.X("size:Q").axis(**axis).scale(scale),
            color=alt.Color("part:N").scale(colors).sort(names),
            order="place:Q",
            description="said:N",
        )
    )


def lines(
    frame: pd.DataFrame,
    place: str,
    value: str,
    colors: Mapping[str, str],
    x: alt.X,
    y: alt.Y,
    ends: pd.DataFrame,
    step: bool = False,
) -> Chart:
    """Draw one line per series, named at its end rather than in a legend.

    Parameters
    ----------
    frame
        Has a column ``series``.
    ends
        One row per series: where its name stands (``series``, place, value).
    place
        Column of the place with its type, such as ``day:T``.
    """
    scale = alt.Scale(domain=list(colors), range=list(colors.values()))
    color = alt.Color("series:N").scale(scale).legend(None)
    line = alt.Chart(frame).mark_line(
        strokeWidth=2, aria=False, interpolate="step-after" if step else "linear"
    )
    names = alt.Chart(ends).encode(x=place, y=f"{value}:Q", text="series:N")
    text: dict[str, Any] = {"align": "left", "dx": 5, "aria": False, "fontWeight": "bold"}
    return alt.layer(
        line.encode(x=x, y=y, color=color),
        # Another line may run on where one ends: its name stands on a ground of its own.
        names.mark_text(**text, stroke=palette.CARD, strokeWidth=5),
        names.mark_text(**text),
    )


def spread(values: Sequence[float], least: float) -> list[float]:
    """Move labels apart that stand too close, keeping their order."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    moved = list(values)
    for before, after in zip(order, order[1:], strict=False):
        moved[after] = max(moved[after], moved[before] + least)
    return moved


def bars_with_interval(frame: pd.DataFrame, rows: str, value: str, words: str, notes: str) -> Chart:
    """Draw one bar per row, with an interval where ``low`` and ``high`` are known."""
    order = list(frame[rows])
    top = float(frame["end"].max()) * 1.32
    base = alt.Chart(frame).encode(y=alt.Y(f"{rows}:N").sort(order).title(None))
    scale = alt.Scale(domain=[0, top], nice=False)
    colors = alt.Scale(domain=order, range=[palette.WARNING, palette.ACCENT])
    return alt.layer(
        base.mark_bar(height={"band": 0.6}).encode(
            x=alt.X(f"{value}:Q").axis(None).scale(scale),
            color=alt.Color(f"{rows}:N").scale(colors).legend(None),
            description=f"{words}:N",
        ),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color=palette.INK, strokeWidth=2, aria=False)
        .encode(x="low:Q", x2="high:Q"),
        base.mark_text(align="left", dx=6, aria=False).encode(x="end:Q", text=f"{notes}:N"),
    )
