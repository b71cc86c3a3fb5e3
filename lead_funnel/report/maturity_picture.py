"""The maturity of the relationship of marketing and sales against that of lead management."""

import altair as alt
import pandas as pd

from lead_funnel.report import palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import Picture, Section, Table, TitledTable, each, filled
from lead_funnel.words import is_known, text

RELATIONSHIP = ("Undefined", "Defined", "Aligned", "Integrated")
LEAD_MANAGEMENT = ("None", "Terms", "Process", "Department")
POSITIONS = {
    "on_the_line": "Both are equally advanced.",
    "defined_but_not_lived": "More is defined than lived: the relationship lags behind.",
    "effort_without_definitions": "More is done than defined: definitions lag behind.",
}


def section(figures: Figures) -> Section | None:
    """Answer how mature the company is, and what comes next; None without the mart."""
    rows = figures.maturity
    if rows.empty:
        return None
    first = next(rows.pipe(each))
    return Section(
        "maturity",
        "How mature are we?",
        "How mature are we?",
        [
            f"Marketing and sales have reached “{_level(first.relationship_reached)}”, lead "
            f"management “{_level(first.lead_management_reached)}”. "
            + POSITIONS.get(str(first.position), "")
        ],
        "",
        [_picture(rows)],
        filled(
            TitledTable("What comes next", "What the next level of each side asks.", _next(rows))
        ),
    )


def _level(name: object) -> str:
    return text(name).replace("_", " ")


def _picture(rows: pd.DataFrame) -> Picture:
    first = next(rows.pipe(each))
    place = (int(first.lead_management_level), int(first.relationship_level))
    cells = pd.DataFrame(
        [{"x": x, "y": y} for x in range(1, 5) for y in range(1, 5)],
    ).assign(left=lambda cell: cell["x"] - 0.46, right=lambda cell: cell["x"] + 0.46)
    cells = cells.assign(low=cells["y"] - 0.44, high=cells["y"] + 0.44)
    scale = alt.Scale(domain=[0.5, 4.5], nice=False)

    def axis(names: tuple[str, ...], title: str) -> alt.Axis:
        named = ", ".join(f"'{name}'" for name in ("", *names))
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
            x=alt.X("left:Q").axis(axis(LEAD_MANAGEMENT, "lead management")).scale(scale),
            x2="right:Q",
            y=alt.Y("low:Q").axis(axis(RELATIONSHIP, "relationship")).scale(scale),
            y2="high:Q",
        )
    )
    line = (
        alt.Chart(pd.DataFrame({"x": [0.55, 4.45], "y": [0.55, 4.45]}))
        .mark_line(color=palette.LINE, strokeDash=[5, 4], aria=False)
        .encode(x="x:Q", y="y:Q")
    )
    said = (
        f"Relationship: {RELATIONSHIP[place[1] - 1].lower()}, level {place[1]} of 4; lead "
        f"management: {_level(first.lead_management_reached)}, level {place[0]} of 4"
    )
    point = alt.Chart(pd.DataFrame([{"x": place[0], "y": place[1], "said": said}])).mark_point(
        color=palette.WARNING, filled=True, size=240, opacity=1
    )
    title = "Where we stand"
    svg = draw(
        alt.layer(grid, line, point.encode(x="x:Q", y="y:Q", description="said:N")),
        "maturity-grid",
        title,
        f"A grid of four by four levels with the line on which both are equal. {said}.",
        230,
    )
    note = "On the line both sides are equally advanced; above or below it, one lags behind."
    return Picture(title, note, svg, _criteria(rows))


def _criteria(rows: pd.DataFrame) -> Table:
    table = [["What holds", "Side", "Level", "Met"]]
    for row in rows.pipe(each):
        met = wording.UNKNOWN if not is_known(row.is_met) else "yes" if row.is_met else "no"
        share = f", {wording.share(row.share)}" if is_known(row.share) else ""
        side = wording.label(row.axis)
        table.append([text(row.statement), side, wording.label(row.level), met + share])
    return table


def _next(rows: pd.DataFrame) -> Table:
    table = [["What should hold", "Now", "What to do"]]
    for row in rows[rows["is_next"].astype(bool)].pipe(each):
        now = "not answered"
        if is_known(row.share) or is_known(row.answer):
            now = wording.share(row.share) if is_known(row.share) else text(row.answer)
        table.append([text(row.statement), now, text(row.next_step)])
    return table
