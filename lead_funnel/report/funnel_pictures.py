"""Pictures of the funnel: how many go on, how sure, how fast."""

import altair as alt
import pandas as pd

from lead_funnel.language import _
from lead_funnel.report import marks, palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.fates import FATES
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.report.parts import Picture, each

MONTHS_SHOWN = 18


def reach_picture(figures: Figures) -> Picture | None:
    """Draw the funnel: of the same cycles, what share reached each stage."""
    reach = figures.reach
    reach = reach[(reach["dimension"] == "all") & reach["reach_rate"].notna()]
    if len(reach) < 2:
        return None
    rates = figures.funnel.set_index("stage")
    rows, table = [], [[_("Stage"), _("Reached"), _("Of all"), _("Interval"), _("Go on from here")]]
    for place, row in enumerate(reach.pipe(each)):
        onward = ""
        if row.stage in rates.index and pd.notna(rates.loc[row.stage, "conversion_rate"]):
            onward = wording.share_with_range(rates.loc[row.stage], "conversion_rate")
        name = wording.label(row.stage)
        bounds = wording.share_range(row.reach_rate_low, row.reach_rate_high)
        rows.append(
            {
                "place": float(place),
                "stage": name,
                "rate": row.reach_rate,
                "note": f"{wording.share(row.reach_rate)}  ·  {wording.count(row.reached)}",
                "onward": _("↓ {share} go on").format(share=onward) if onward else "",
                "said": _("{name}: {part} of {all}, {share} {bounds}").format(
                    name=name,
                    part=wording.count(row.reached),
                    all=wording.count(row.mature),
                    share=wording.share(row.reach_rate),
                    bounds=bounds,
                ),
            }
        )
        table.append(
            [name, wording.count(row.reached), wording.share(row.reach_rate), bounds, onward]
        )
    frame = pd.DataFrame(rows)
    scale = alt.Scale(domain=[-0.45, len(frame) - 0.3], reverse=True, nice=False)
    x = alt.X("rate:Q").axis(None).scale(domain=[0, 1.32], nice=False)
    base = alt.Chart(frame).transform_calculate(
        top="datum.place - 0.28", bottom="datum.place + 0.28", between="datum.place + 0.5", zero="0"
    )
    bars = base.mark_bar(color=palette.ACCENT).encode(
        x=x,
        x2="zero:Q",
        y=alt.Y("top:Q").axis(None).scale(scale),
        y2="bottom:Q",
        description="said:N",
    )
    y = alt.Y("place:Q").axis(None).scale(scale)
    notes = base.mark_text(align="left", dx=6, aria=False).encode(x="rate:Q", y=y, text="note:N")
    names = base.mark_text(align="right", dx=-8, aria=False).encode(x="zero:Q", y=y, text="stage:N")
    onward_y = alt.Y("between:Q").scale(scale).axis(None)
    onward_text = base.mark_text(align="left", dx=2, aria=False, color=palette.SOFT).encode(
        x="zero:Q", y=onward_y, text="onward:N"
    )
    last = rows[-1]
    title = _("{share} of those who ask are won").format(share=wording.share(last["rate"]))
    svg = draw(
        alt.layer(bars, notes, names, onward_text),
        "reach",
        title,
        _("Bars from the first stage down.")
        + " "
        + ". ".join(str(row["said"]) for row in rows)
        + ".",
        len(frame) * 46,
    )
    note = _(
        "Share of all inquiries that reached each stage {within}, of the {count} old enough; "
        "between the bars, the share that goes on to the next sooner or later, with its 95 % "
        "interval."
    ).format(within=figures.horizon_text, count=wording.count(reach["mature"].iloc[0]))
    return Picture(title, note, svg, table)


def fates_picture(figures: Figures) -> Picture | None:
    """Draw what became of those who entered each stage, as shares."""
    funnel = figures.funnel
    funnel = funnel[(funnel["stage"] != STAGES[-1]) & (funnel["entered"] > 0)]
    if funnel.empty:
        return None
    frame = pd.DataFrame({"stage": [wording.label(stage) for stage in funnel["stage"]]})
    table = [[_("Stage"), _("Entered"), *(_(name) for name, _color in FATES.values())]]
    for column, (name, _color) in FATES.items():
        shares = funnel[column] / funnel["entered"]
        frame[column] = shares.to_numpy()
        frame[f"{column}_said"] = [
            f"{stage}: {wording.share(part)} {wording.inside(_(name))}"
            for stage, part in zip(frame["stage"], shares, strict=True)
        ]
    for row in funnel.pipe(each):
        cells = [wording.count(getattr(row, column)) for column in FATES]
        table.append([wording.label(row.stage), wording.count(row.entered), *cells])
    title = _("What became of those who entered each stage")
    svg = draw(
        marks.stacked(
            frame,
            "stage",
            {column: (_(name), color) for column, (name, color) in FATES.items()},
            {column: f"{column}_said" for column in FATES},
        ),
        "fates",
        title,
        _("One bar per stage, in parts.")
        + " "
        + " ".join(f"{said}." for said in frame["advanced_said"])
        + " "
        + _("The table has all parts."),
        len(frame) * 32,
    )
    return Picture(
        title, _("All entries into the stage, young ones included, as shares."), svg, table
    )


def cohorts_picture(figures: Figures) -> Picture | None:
    """Draw by month of the inquiry what share reached each stage."""
    reach = figures.reach
    reach = reach[(reach["dimension"] == "month") & (reach["stage"] != STAGES[0])]
    months = sorted(reach["cohort_month"].dropna().unique())[-MONTHS_SHOWN:]
    reach = reach[reach["cohort_month"].isin(months)]
    if reach["reach_rate"].notna().sum() == 0:
        return None
    names = [wording.month(month) for month in months]
    rows, table = [], [[_("Month"), _("Cycles"), *(wording.label(stage) for stage in STAGES[1:])]]
    for month, name in zip(months, names, strict=True):
        of_month = reach[reach["cohort_month"] == month]
        cells = []
        for row in of_month.pipe(each):
            # Cells are compared within their stage.
            shares = reach.loc[reach["stage"] == row.stage, "reach_rate"]
            is_told = pd.notna(row.reach_rate)
            step = min(int(row.reach_rate / max(shares.max(), 1e-9) * 5), 4) if is_told else 0
            rows.append(
                {
                    "month": name,
                    "stage": wording.label(row.stage),
                    "fill": palette.HEAT[step] if is_told else "none",
                    "ink": palette.HEAT_TEXT[step] if is_told else palette.SOFT,
                    "shown": wording.share(row.reach_rate) if is_told else _("too young"),
                    "said": f"{name}, {wording.label(row.stage)}: "
                    + (
                        wording.share_with_range(row, "reach_rate")
                        if is_told
                        else _("too young to tell")
                    ),
                }
            )
            cells.append(
                wording.share_with_range(row, "reach_rate") if is_told else _("too young to tell")
            )
        table.append([name, wording.count(of_month["cycles"].max()), *cells])
    frame = pd.DataFrame(rows)
    base = alt.Chart(frame).encode(
        x=alt.X("stage:N")
        .sort([wording.label(stage) for stage in STAGES])
        .title(None)
        .axis(orient="top", labelAngle=0, domain=False, ticks=False),
        y=alt.Y("month:N").sort(names).title(None),
    )
    chart = alt.layer(
        base.mark_rect(stroke=palette.CARD, strokeWidth=2).encode(
            color=alt.Color("fill:N").scale(None), description="said:N"
        ),
        base.mark_text(aria=False).encode(
            text="shown:N", color=alt.Color("ink:N").scale(None).legend(None)
        ),
    )
    title = _("How far the inquiries of each month came")
    known = [row for row in rows if row["stage"] == wording.label(STAGES[-1])]
    svg = draw(
        chart,
        "cohorts",
        title,
        _("A grid of months by stages; darker cells are higher shares of their column.")
        + " "
        + ". ".join(str(row["said"]) for row in known[-6:])
        + ".",
        len(names) * 24,
    )
    note = _("Share of the month's inquiries that reached the stage {within}.").format(
        within=figures.horizon_text
    )
    return Picture(title, note, svg, table, is_tall=len(names) > 8)


def cohort_wins_picture(figures: Figures) -> Picture | None:
    """Draw the share won of each month's inquiries."""
    reach = figures.reach
    wins = reach[(reach["dimension"] == "month") & (reach["stage"] == STAGES[-1])]
    wins = wins[wins["reach_rate"].notna()].tail(MONTHS_SHOWN)
    if wins.empty:
        return None
    wins = wins.assign(
        month=[wording.month(month) for month in wins["cohort_month"]],
        said=[
            _("{name}: {share}, {part} of {all}").format(
                name=wording.month(row.cohort_month),
                share=wording.share_with_range(row, "reach_rate"),
                part=row.reached,
                all=row.mature,
            )
            for row in wins.pipe(each)
        ],
    )
    title = _("Which months' inquiries are won")
    columns = ("reach_rate", "reach_rate_low", "reach_rate_high")
    svg = draw(
        marks.columns_with_intervals(wins, "month", columns, "said", None),
        "cohort-wins",
        title,
        _("One dot with its interval per month.") + " " + ". ".join(wins["said"].tail(6)) + ".",
        190,
    )
    table = [[_("Month"), _("Old enough"), _("Won"), _("Share")]]
    for row in wins.pipe(each):
        cells = [wording.count(row.mature), wording.count(row.reached)]
        table.append([row.month, *cells, wording.share_with_range(row, "reach_rate")])
    note = _("Share won {within}, by month of the inquiry, with 95 % intervals.").format(
        within=figures.horizon_text
    )
    return Picture(title, note, svg, table)
