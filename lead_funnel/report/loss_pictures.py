"""Pictures of where leads get lost: who is never followed up, why, and what it costs."""

import pandas as pd

from lead_funnel.report import marks, palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import Picture, Table, each

SHARE = ("black_hole_share", "black_hole_share_low", "black_hole_share_high")
FACTORS = {
    "after_hours": "Came after hours",
    "no_owner": "Had no owner",
    "owner_unknown": "Owner is not a known rep",
    "over_capacity": "Owner had no capacity",
    "low_quality": "Weak rating",
}
MONTHS_SHOWN = 18


def _shares(figures: Figures, dimension: str) -> pd.DataFrame:
    rows = figures.black_hole
    return rows[(rows["dimension"] == dimension) & rows["black_hole_share"].notna()]


def _table(first: str, rows: pd.DataFrame, names: list[str]) -> Table:
    table = [[first, "Judged handoffs", "Never followed up", "Share"]]
    for name, row in zip(names, rows.pipe(each), strict=True):
        cells = [wording.count(row.handoffs), wording.count(row.never_followed_up)]
        table.append([name, *cells, wording.share_with_range(row, SHARE[0])])
    return table


def _said(names: list[str], rows: pd.DataFrame) -> list[str]:
    return [
        f"{name}: {wording.share_with_range(row, SHARE[0])}, "
        f"{wording.count(row.never_followed_up)} of {wording.count(row.handoffs)}"
        for name, row in zip(names, rows.pipe(each), strict=True)
    ]


def months_picture(figures: Figures) -> Picture | None:
    """Draw the share by month of the handoff."""
    rows = _shares(figures, "month").sort_values("dimension_value").tail(MONTHS_SHOWN)
    if rows.empty:
        return None
    names = [wording.month(value) for value in rows["dimension_value"]]
    said = _said(names, rows)
    title = "Is it getting better?"
    svg = draw(
        marks.columns_with_intervals(
            rows.assign(place=names, said=said), "place", SHARE, "said", None, palette.WARNING, 1.0
        ),
        "hole-months",
        title,
        "One dot with its interval per month. " + ". ".join(said[-6:]) + ".",
        190,
    )
    note = "Share never followed up, by month of the handoff, with 95 % intervals."
    return Picture(title, note, svg, _table("Month", rows, names))


def hours_picture(figures: Figures) -> Picture | None:
    """Draw the share by the hour in which the handoff came, on the team's clock."""
    rows = _shares(figures, "team_arrival_hour")
    rows = rows[rows["dimension_value"].str.isdigit()]
    if rows.empty:
        return None
    rows = rows.sort_values("dimension_value", key=lambda values: values.astype(int))
    names = [f"{int(value)}:00" for value in rows["dimension_value"]]
    said = _said(names, rows)
    worst = rows["black_hole_share"].to_numpy().argmax()
    title = "At which hour do they arrive?"
    svg = draw(
        marks.columns_with_intervals(
            rows.assign(place=[name[:-3] for name in names], said=said),
            "place",
            SHARE,
            "said",
            "hour of the team",
            palette.WARNING,
            1.0,
        ),
        "hole-hours",
        title,
        f"One dot with its interval per hour. The highest: {said[worst]}.",
        190,
    )
    note = "Share never followed up, by hour of arrival on the team's clock, with 95 % intervals."
    return Picture(title, note, svg, _table("Hour", rows, names))


def teams_picture(figures: Figures) -> Picture | None:
    """Draw the share by team."""
    rows = _shares(figures, "team").sort_values(SHARE[0], ascending=False)
    if rows.empty:
        return None
    teams = figures.capacity.set_index("team_id")["team_name"].to_dict()
    names = wording.distinct(
        wording.label(teams.get(value, value)) for value in rows["dimension_value"]
    )
    said = _said(names, rows)
    notes = [wording.share(value) for value in rows[SHARE[0]]]
    title = "In which team?"
    svg = draw(
        marks.dots(
            rows.assign(name=names, said=said, note=notes),
            "name",
            SHARE,
            "said",
            palette.WARNING,
            "note",
        ),
        "hole-teams",
        title,
        "One dot with its interval per team. " + ". ".join(said) + ".",
        len(rows) * marks.ROW,
    )
    note = "Share never followed up, with 95 % intervals. Single reps are not shown."
    return Picture(title, note, svg, _table("Team", rows, names))


def factors_picture(figures: Figures) -> Picture | None:
    """Draw how many more are never followed up with each factor than without it."""
    rows = figures.black_hole_factors
    rows = rows[rows["excess_handoffs"].notna()]
    if rows.empty:
        return None
    names = [FACTORS.get(str(value), wording.label(value)) for value in rows["factor"]]
    table = [["Factor", "Never followed up with it", "Without it", "More than without it"]]
    said, notes = [], []
    for name, row in zip(names, rows.pipe(each), strict=True):
        bounds = wording.count_range(row.excess_handoffs_low, row.excess_handoffs_high)
        excess = f"{wording.count(row.excess_handoffs)} {bounds}"
        shares = [wording.share(row.share_with), wording.share(row.share_without)]
        table.append([name, *shares, excess])
        notes.append(wording.count(row.excess_handoffs))
        said.append(f"{name}: {excess} more, {shares[0]} against {shares[1]}")
    columns = ("excess_handoffs", "excess_handoffs_low", "excess_handoffs_high")
    title = "What makes it more likely?"
    svg = draw(
        marks.dots(
            rows.assign(name=names, said=said, note=notes),
            "name",
            columns,
            "said",
            palette.WARNING,
            "note",
            is_share=False,
            zero_line=True,
        ),
        "hole-factors",
        title,
        "One dot with its interval per factor, and a line at zero. " + ". ".join(said) + ".",
        len(rows) * marks.ROW,
    )
    note = (
        "Handoffs lost beyond what the rate without the factor gives, with 95 % intervals; below "
        "zero, fewer. Factors overlap and do not add up."
    )
    return Picture(title, note, svg, table)


def stake_picture(figures: Figures) -> Picture | None:
    """Draw what the leads that nobody followed up would have brought, beside what was won."""
    rows = figures.black_hole_cost
    rows = rows[(rows["dimension"] == "all") & rows["missed_amount"].notna()]
    if rows.empty:
        return None
    row = next(rows.pipe(each))
    code = row.currency_code
    missed = f"{wording.money(row.missed_amount, code)}"
    bounds = (
        f"({wording.money(row.missed_amount_low, code)} to "
        f"{wording.money(row.missed_amount_high, code)})"
    )
    won = wording.money(row.won_amount, code)
    frame = pd.DataFrame(
        {
            "what": ["At stake", "Really won"],
            "amount": [row.missed_amount, row.won_amount if pd.notna(row.won_amount) else 0.0],
            "low": [row.missed_amount_low, None],
            "high": [row.missed_amount_high, None],
            "note": [missed, won],
        }
    )
    frame["said"] = [f"At stake: {missed} {bounds}", f"Really won: {won}"]
    frame["end"] = frame["high"].fillna(frame["amount"])
    title = "What is at stake, beside what was won"
    svg = draw(
        marks.bars_with_interval(frame, "what", "amount", "said", "note"),
        "hole-stake",
        title,
        ". ".join(frame["said"]) + ".",
        2 * 44,
    )
    table = [
        ["", "Deals", "Amount"],
        [
            "At stake",
            f"{wording.number(row.missed_deals)} "
            f"{wording.number_range(row.missed_deals_low, row.missed_deals_high)}",
            f"{missed} {bounds}",
        ],
        ["Really won", wording.count(row.won_deals), won],
    ]
    rated = "the model" if row.rated_by == "model" else "the rates of others like them"
    note = (
        f"What the leads nobody followed up would have brought had sales worked them, by {rated}, "
        "with its interval; and what all handoffs together brought."
    )
    return Picture(title, note, svg, table)
