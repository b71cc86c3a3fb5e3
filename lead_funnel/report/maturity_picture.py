"""The maturity of the relationship of marketing and sales against that of lead management."""

import altair as alt
import pandas as pd

from lead_funnel.language import N_, _
from lead_funnel.report import palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import Picture, Section, Table, TitledTable, each, filled
from lead_funnel.words import is_known, text

RELATIONSHIP = (N_("Undefined"), N_("Defined"), N_("Aligned"), N_("Integrated"))
LEAD_MANAGEMENT = (N_("None"), N_("Terms"), N_("Process"), N_("Department"))
POSITIONS = {
    "on_the_line": N_("Both are equally advanced."),
    "defined_but_not_lived": N_("More is defined than lived: the relationship lags behind."),
    "effort_without_definitions": N_("More is done than defined: definitions lag behind."),
}


def section(figures: Figures) -> Section | None:
    """Answer how mature the company is, and what comes next; None without the mart."""
    rows = figures.maturity
    if rows.empty:
        return None
    first = next(rows.pipe(each))
    position = str(first.position)
    return Section(
        "maturity",
        _("How mature are we?"),
        _("How mature are we?"),
        [
            _(
                "Marketing and sales have reached “{relationship}”, lead management "
                "“{lead_management}”."
            ).format(
                relationship=wording.phrase(first.relationship_reached),
                lead_management=wording.phrase(first.lead_management_reached),
            )
            + " "
            + (_(POSITIONS[position]) if position in POSITIONS else "")
        ],
        "",
        [_picture(rows)],
        filled(
            TitledTable(
                _("What comes next"), _("What the next level of each side asks."), _next(rows)
            )
        ),
    )


def _picture(rows: pd.DataFrame) -> Picture:
    first = next(rows.pipe(each))
    place = (int(first.lead_management_level), int(first.relationship_level))
    cells = pd.DataFrame(
        [{"x": x, "y": y} for x in range(1, 5) for y in range(1, 5)],
    ).assign(left=lambda cell: cell["x"] - 0.46, right=lambda cell: cell["x"] + 0.46)
    cells = cells.assign(low=cells["y"] - 0.44, high=cells["y"] + 0.44)
    scale = alt.Scale(domain=[0.5, 4.5], nice=False)

    def axis(names: tuple[str, ...], title: str) -> alt.Axis:
        named = ", ".join(f"'{_(name) if name else name}'" for name in ("", *names))
        return alt.Axis(
            values=[1, 2, 3, 4],
            labelExpr=f"[{named}][datum.value]",
            title=title,
            grid=False,
            domain=False,
            ticks=False,
        )

    grid = (
        alt.Chart(cells)
        .mark_rect(color=palette.GRID, aria=False)
        .encode(
            x=alt.X("left:Q").axis(axis(LEAD_MANAGEMENT, _("lead management"))).scale(scale),
            x2="right:Q",
            y=alt.Y("low:Q").axis(axis(RELATIONSHIP, _("relationship"))).scale(scale),
            y2="high:Q",
        )
    )
    line = (
        alt.Chart(pd.DataFrame({"x": [0.55, 4.45], "y": [0.55, 4.45]}))
        .mark_line(color=palette.LINE, strokeDash=[5, 4], aria=False)
        .encode(x="x:Q", y="y:Q")
    )
    said = _(
        "Relationship: {relationship}, level {y} of 4; lead management: {lead_management}, "
        "level {x} of 4"
    ).format(
        relationship=wording.inside(_(RELATIONSHIP[place[1] - 1])),
        y=place[1],
        lead_management=wording.phrase(first.lead_management_reached),
        x=place[0],
    )
    point = alt.Chart(pd.DataFrame([{"x": place[0], "y": place[1], "said": said}])).mark_point(
        color=palette.WARNING, filled=True, size=240, opacity=1
    )
    title = _("Where we stand")
    svg = draw(
        alt.layer(grid, line, point.encode(x="x:Q", y="y:Q", description="said:N")),
        "maturity-grid",
        title,
        _("A grid of four by four levels with the line on which both are equal.") + f" {said}.",
        230,
    )
    note = _("On the line both sides are equally advanced; above or below it, one lags behind.")
    return Picture(title, note, svg, _criteria(rows))


def _criteria(rows: pd.DataFrame) -> Table:
    table = [[_("What holds"), _("Side"), _("Level"), _("Met")]]
    for row in rows.pipe(each):
        met = _(wording.UNKNOWN)
        if is_known(row.is_met):
            met = _("yes") if row.is_met else _("no")
        share = f", {wording.share(row.share)}" if is_known(row.share) else ""
        side = wording.label(row.axis)
        table.append([text(row.statement), side, wording.label(row.level), met + share])
    return table


def _next(rows: pd.DataFrame) -> Table:
    table = [[_("What should hold"), _("Now"), _("What to do")]]
    for row in rows[rows["is_next"].astype(bool)].pipe(each):
        now = _("not answered")
        if is_known(row.share) or is_known(row.answer):
            now = wording.share(row.share) if is_known(row.share) else wording.phrase(row.answer)
        table.append([text(row.statement), now, text(row.next_step)])
    return table
