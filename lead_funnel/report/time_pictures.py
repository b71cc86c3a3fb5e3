"""Pictures of time: how long leads stay, and where they stood and stand."""

import altair as alt
import pandas as pd

from lead_funnel.language import _
from lead_funnel.report import marks, palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.report.parts import Picture, each
from lead_funnel.words import is_known

STAGE_COLORS = {
    "inquiry": palette.CONTEXT,
    "mql": palette.ACCENT,
    "sal": palette.AMBER,
    "sql": palette.GREEN,
}
DAYS_SHOWN = 120
POINTS = 110
"""Points of a line; more cannot be told apart at this width."""


def stays_picture(figures: Figures) -> Picture | None:
    """Draw the share still in each stage by days since the entry."""
    stays = figures.stays
    stays = stays[stays["stage"].isin(STAGES[:4])]
    if stays.empty:
        return None
    pieces, ends = [], []
    for stage in STAGES[:4]:
        curve = stays[(stays["stage"] == stage) & (stays["days_in_stage"] <= DAYS_SHOWN)]
        if curve.empty:
            continue
        # Everybody is there when the first day begins.
        days = [0, *curve["days_in_stage"]]
        left = [1.0, *curve["still_in_share"]]
        thinned = list(range(0, len(days), -(-len(days) // 60)))
        name = wording.label(stage)
        pieces.append(
            pd.DataFrame(
                {
                    "series": name,
                    "days": [days[place] for place in thinned],
                    "share": [left[place] for place in thinned],
                }
            )
        )
        ends.append({"series": name, "days": days[thinned[-1]], "share": left[thinned[-1]]})
    places = pd.DataFrame(ends)
    places["share"] = marks.spread(list(places["share"]), 0.065)
    velocity = figures.velocity
    table = [
        [
            _("Stage"),
            _("A quarter left after"),
            _("Half"),
            _("Three quarters"),
            _("In it now"),
            _("Stalled"),
        ]
    ]
    said = []
    for row in velocity.pipe(each):
        bounds = (
            " "
            + _("({low} to {high})").format(
                low=wording.days(row.median_days_low), high=wording.days(row.median_days_high)
            )
            if pd.notna(row.median_days)
            else ""
        )
        half = _days(row.median_days) + bounds
        table.append(
            [
                wording.label(row.stage),
                _days(row.quarter_left_days),
                half,
                _days(row.three_quarters_left_days),
                wording.count(row.open),
                wording.share(row.stalled_share),
            ]
        )
        said.append(
            _("{stage}: half have left after {half}").format(
                stage=wording.label(row.stage), half=half
            )
        )
    chart = marks.lines(
        pd.concat(pieces),
        "days:Q",
        "share",
        _colors(),
        alt.X("days:Q")
        .title(_("days since the entry"))
        .axis(values=[0, 30, 60, 90, 120])
        .scale(domain=[0, DAYS_SHOWN * 1.16]),
        alt.Y("share:Q").axis(**marks.percent_axis()).scale(domain=[0, 1]),
        places,
        step=True,
    )
    title = _("How long leads stay in a stage")
    svg = draw(chart, "stays", title, _("One line per stage.") + " " + ". ".join(said) + ".", 210)
    note = _(
        "Share still in the stage by days since the entry; leads still there count for as long "
        "as observed."
    )
    return Picture(title, note, svg, table)


def _colors() -> dict[str, str]:
    return {wording.label(stage): color for stage, color in STAGE_COLORS.items()}


def _days(value: object) -> str:
    return _("{days} days").format(days=wording.days(value)) if is_known(value) else _("not yet")


def stock_picture(figures: Figures) -> Picture | None:
    """Draw how many leads stood in each stage, the last day among those shown."""
    daily = figures.daily
    daily = daily[daily["stage"].isin(STAGES[:4])]
    if daily.empty:
        return None
    days = sorted(daily["date_day"].unique(), reverse=True)
    kept = days[:: -(-len(days) // POINTS)]
    daily = daily[daily["date_day"].isin(kept)]
    frame = pd.DataFrame(
        {
            "series": [wording.label(stage) for stage in daily["stage"]],
            "day": pd.to_datetime(daily["date_day"]).to_numpy(),
            "stock": daily["stock"].to_numpy(),
        }
    )
    last = frame[frame["day"] == frame["day"].max()].copy()
    top = float(frame["stock"].max())
    last["stock"] = marks.spread(list(last["stock"]), top * 0.075)
    room = (frame["day"].max() - frame["day"].min()) * 0.16
    domain = [moment.isoformat() for moment in (frame["day"].min(), frame["day"].max() + room)]
    chart = marks.lines(
        frame.assign(day=frame["day"].dt.strftime("%Y-%m-%d")),
        "day:T",
        "stock",
        _colors(),
        alt.X("day:T")
        .title(None)
        .axis(format="%b %y", tickCount=5, grid=False)
        .scale(domain=domain),
        alt.Y("stock:Q").title(None).axis(tickCount=5, format=",d").scale(nice=True),
        last.assign(day=last["day"].dt.strftime("%Y-%m-%d")),
    )
    now = daily[daily["date_day"] == days[0]].sort_values("stage_order")
    said = [f"{wording.label(row.stage)} {wording.count(row.stock)}" for row in now.pipe(each)]
    title = _("How many leads are in each stage")
    svg = draw(
        chart,
        "stock",
        title,
        _("One line per stage. At the end: {counts}.").format(counts=", ".join(said)),
        210,
    )
    months = daily[daily["date_day"].isin(kept[:: max(1, len(kept) // 12)])]
    wide = months.pivot(index="date_day", columns="stage", values="stock").sort_index()
    stages = [stage for stage in STAGES[:4] if stage in wide.columns]
    table = [[_("Day"), *(wording.label(stage) for stage in stages)]]
    for moment, row in wide.iterrows():
        table.append([str(moment)[:10], *(wording.count(row[stage]) for stage in stages)])
    return Picture(title, _("Leads in the stage at the end of the day."), svg, table)
