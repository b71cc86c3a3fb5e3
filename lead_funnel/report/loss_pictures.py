"""Pictures of where leads get lost: who is never followed up, why, and what it costs."""

import pandas as pd

from lead_funnel.language import N_, _
from lead_funnel.report import marks, palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import Picture, Table, each

SHARE = ("black_hole_share", "black_hole_share_low", "black_hole_share_high")
FACTORS = {
    "after_hours": N_("Came after hours"),
    "no_owner": N_("Had no owner"),
    "owner_unknown": N_("Owner is not a known rep"),
    "over_capacity": N_("Owner had no capacity"),
    "low_quality": N_("Weak rating"),
}
MONTHS_SHOWN = 18


def _shares(figures: Figures, dimension: str) -> pd.DataFrame:
    rows = figures.black_hole
    return rows[(rows["dimension"] == dimension) & rows["black_hole_share"].notna()]


def _table(first: str, rows: pd.DataFrame, names: list[str]) -> Table:
    table = [[first, _("Judged handoffs"), _("Never followed up"), _("Share")]]
    for name, row in zip(names, rows.pipe(each), strict=True):
        cells = [wording.count(row.handoffs), wording.count(row.never_followed_up)]
        table.append([name, *cells, wording.share_with_range(row, SHARE[0])])
    return table


def _said(names: list[str], rows: pd.DataFrame) -> list[str]:
    return [
        _("{name}: {share}, {part} of {all}").format(
            name=name,
            share=wording.share_with_range(row, SHARE[0]),
            part=wording.count(row.never_followed_up),
            all=wording.count(row.handoffs),
        )
        for name, row in zip(names, rows.pipe(each), strict=True)
    ]


def months_picture(figures: Figures) -> Picture | None:
    """Draw the share by month of the handoff."""
    rows = _shares(figures, "month").sort_values("dimension_value").tail(MONTHS_SHOWN)
    if rows.empty:
        return None
    names = [wording.month(value) for value in rows["dimension_value"]]
    said = _said(names, rows)
    title = _("Is it getting better?")
    svg = draw(
        marks.columns_with_intervals(
            rows.assign(place=names, said=said), "place", SHARE, "said", None, palette.WARNING, 1.0
        ),
        "hole-months",
        title,
        _("One dot with its interval per month.") + " " + ". ".join(said[-6:]) + ".",
        190,
    )
    note = _("Share never followed up, by month of the handoff, with 95 % intervals.")
    return Picture(title, note, svg, _table(_("Month"), rows, names))


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
    title = _("At which hour do they arrive?")
    svg = draw(
        marks.columns_with_intervals(
            rows.assign(place=[name[:-3] for name in names], said=said),
            "place",
            SHARE,
            "said",
            _("hour of the team"),
            palette.WARNING,
            1.0,
        ),
        "hole-hours",
        title,
        _("One dot with its interval per hour. The highest: {said}.").format(said=said[worst]),
        190,
    )
    note = _(
        "Share never followed up, by hour of arrival on the team's clock, with 95 % intervals."
    )
    return Picture(title, note, svg, _table(_("Hour"), rows, names))


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
    title = _("In which team?")
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
        _("One dot with its interval per team.") + " " + ". ".join(said) + ".",
        len(rows) * marks.ROW,
    )
    note = _("Share never followed up, with 95 % intervals. Single reps are not shown.")
    return Picture(title, note, svg, _table(_("Team"), rows, names))


def factors_picture(figures: Figures) -> Picture | None:
    """Draw how many more are never followed up with each factor than without it."""
    rows = figures.black_hole_factors
    rows = rows[rows["excess_handoffs"].notna()]
    if rows.empty:
        return None
    names = [
        _(FACTORS[str(value)]) if str(value) in FACTORS else wording.label(value)
        for value in rows["factor"]
    ]
    table = [
        [_("Factor"), _("Never followed up with it"), _("Without it"), _("More than without it")]
    ]
    said, notes = [], []
    for name, row in zip(names, rows.pipe(each), strict=True):
        bounds = wording.count_range(row.excess_handoffs_low, row.excess_handoffs_high)
        excess = f"{wording.count(row.excess_handoffs)} {bounds}"
        shares = [wording.share(row.share_with), wording.share(row.share_without)]
        table.append([name, *shares, excess])
        notes.append(wording.count(row.excess_handoffs))
        said.append(
            _("{name}: {excess} more, {share} against {other}").format(
                name=name, excess=excess, share=shares[0], other=shares[1]
            )
        )
    columns = ("excess_handoffs", "excess_handoffs_low", "excess_handoffs_high")
    title = _("What makes it more likely?")
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
        _("One dot with its interval per factor, and a line at zero.")
        + " "
        + ". ".join(said)
        + ".",
        len(rows) * marks.ROW,
    )
    note = _(
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
    bounds = _("({low} to {high})").format(
        low=wording.money(row.missed_amount_low, code),
        high=wording.money(row.missed_amount_high, code),
    )
    won = wording.money(row.won_amount, code)
    frame = pd.DataFrame(
        {
            "what": [_("At stake"), _("Really won")],
            "amount": [row.missed_amount, row.won_amount if pd.notna(row.won_amount) else 0.0],
            "low": [row.missed_amount_low, None],
            "high": [row.missed_amount_high, None],
            "note": [missed, won],
        }
    )
    frame["said"] = [
        f"{name}: {amount}"
        for name, amount in zip(frame["what"], (f"{missed} {bounds}", won), strict=True)
    ]
    frame["end"] = frame["high"].fillna(frame["amount"])
    title = _("What is at stake, beside what was won")
    svg = draw(
        marks.bars_with_interval(frame, "what", "amount", "said", "note"),
        "hole-stake",
        title,
        ". ".join(frame["said"]) + ".",
        2 * 44,
    )
    table = [
        ["", _("Deals"), _("Amount")],
        [
            _("At stake"),
            f"{wording.number(row.missed_deals)} "
            f"{wording.number_range(row.missed_deals_low, row.missed_deals_high)}",
            f"{missed} {bounds}",
        ],
        [_("Really won"), wording.count(row.won_deals), won],
    ]
    rated = _("the model") if row.rated_by == "model" else _("the rates of others like them")
    note = _(
        "What the leads nobody followed up would have brought had sales worked them, by {rated}, "
        "with its interval; and what all handoffs together brought."
    ).format(rated=rated)
    return Picture(title, note, svg, table)
