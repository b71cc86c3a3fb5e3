"""Pictures of the week, of content and of the score."""

import altair as alt
import pandas as pd

from lead_funnel.language import N_, _
from lead_funnel.report import marks, palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import Picture, Table, each
from lead_funnel.words import text

SCORERS = {
    "points": N_("Points"),
    "model": N_("Model"),
    "boosting": N_("Boosting"),
    "reps_rating": N_("Reps' rating"),
}
METRICS = {
    "roc_auc": (N_("Does it rank leads better?"), N_("ROC AUC: 0.5 is chance, 1 is perfect")),
    "pr_auc": (N_("Does it find the winners?"), N_("PR AUC: higher is better")),
    "wins_captured_at_20pct": (
        N_("How many wins are in the best fifth?"),
        N_("Share of all wins among the 20 % with the highest score"),
    ),
}
ALL_METRICS = {
    "roc_auc": N_("ROC AUC"),
    "pr_auc": N_("PR AUC"),
    "wins_captured_at_20pct": N_("Wins in the best 20 %"),
    "lift_at_10pct": N_("Lift in the best 10 %"),
    "log_loss": N_("Log loss (lower is better)"),
    "brier": N_("Brier score (lower is better)"),
    "ece": N_("Calibration error (lower is better)"),
}
SLOTS = {
    "slots_taken": (N_("Taken"), palette.CONTEXT),
    "new_handoffs": (N_("Handed over now"), palette.ACCENT),
    "unused": (N_("Free"), palette.GREEN),
}
WEEKS_SHOWN = 16
PIECES_SHOWN = 12


def slots_picture(figures: Figures) -> Picture | None:
    """Draw what fills each team's week."""
    teams = figures.capacity
    teams = teams[(teams["team_id"] != "all") & (teams["weekly_capacity"] > 0)]
    if teams.empty:
        return None
    unused = (teams["free_slots"] - teams["new_handoffs"]).clip(lower=0)
    teams = teams.assign(
        unused=unused, team_name=wording.distinct(text(name) for name in teams["team_name"])
    )
    table = [[_("Team"), *(_(name) for name, _color in SLOTS.values())]]
    for column, (name, _color) in SLOTS.items():
        teams[f"{column}_said"] = [
            f"{team}: {wording.count(slots)} {wording.inside(_(name))}"
            for team, slots in zip(teams["team_name"], teams[column], strict=True)
        ]
    for row in teams.pipe(each):
        table.append([row.team_name, *(wording.count(getattr(row, name)) for name in SLOTS)])
    title = _("How each team's week is filled")
    said = teams[[f"{column}_said" for column in SLOTS]].to_numpy().ravel()
    svg = draw(
        marks.stacked(
            teams,
            "team_name",
            {column: (_(name), color) for column, (name, color) in SLOTS.items()},
            {name: f"{name}_said" for name in SLOTS},
            is_share=False,
        ),
        "slots",
        title,
        _("One bar per team, in parts.") + " " + ". ".join(said) + ".",
        len(teams) * 34,
    )
    return Picture(title, _("Slots of the coming week: leads that sales can take."), svg, table)


def curve_picture(figures: Figures) -> Picture | None:
    """Draw expected wins by the slots of the week, with today's capacity marked."""
    curve = figures.capacity_curve
    curve = curve[curve["expected_wins"].notna()]
    if curve.empty:
        return None
    whole = "all" if "all" in set(curve["team_id"]) else curve["team_id"].iloc[0]
    curve = curve[curve["team_id"] == whole]
    curve = curve.assign(
        said=[
            _("{slots} slots: {wins} wins expected").format(
                slots=wording.count(row.slots), wins=wording.number(row.expected_wins)
            )
            for row in curve.pipe(each)
        ]
    )
    now = curve[curve["is_present_capacity"].astype(bool)].assign(note=_("today"))
    base = alt.Chart(curve).encode(
        x=alt.X("slots:Q").title(_("free slots of the week")).axis(grid=False),
        y=alt.Y("expected_wins:Q").title(None).axis(tickCount=5),
    )
    mark = alt.Chart(now).encode(x="slots:Q", y="expected_wins:Q")
    chart = alt.layer(
        base.mark_line(color=palette.ACCENT, strokeWidth=2, aria=False),
        base.mark_point(color=palette.ACCENT, filled=True, size=22, opacity=1).encode(
            description="said:N"
        ),
        mark.mark_point(color=palette.WARNING, filled=True, size=110, opacity=1, aria=False),
        mark.mark_text(align="left", dx=9, dy=12, aria=False).encode(text="note:N"),
    )
    title = _("What more or fewer slots would bring")
    today = "".join(" " + _("Today: {said}.").format(said=said) for said in now["said"])
    svg = draw(chart, "curve", title, _("A rising line of expected wins by slots.") + today, 190)
    table = [[_("Capacity"), _("Slots"), _("Expected wins"), _("One more slot")]]
    for row in curve.iloc[:: max(1, len(curve) // 15)].pipe(each):
        table.append(
            [
                f"{row.capacity_percent} %",
                wording.count(row.slots),
                wording.number(row.expected_wins),
                _("{wins} wins").format(wins=wording.number(row.wins_of_one_more_slot)),
            ]
        )
    note = _(
        "Wins to be expected of the leads that compete for slots now, if sales works each; all "
        "teams."
    )
    return Picture(title, note, svg, table)


def bench_pictures(figures: Figures) -> list[Picture]:
    """Draw the measurements of all scorers on the same leads."""
    pictures = []
    for metric, (title, note) in METRICS.items():
        bench = figures.comparison
        bench = bench[(bench["subset"] == "all") & (bench["metric"] == metric)]
        bench = bench[bench["scorer"].isin(list(SCORERS)) & bench["value"].notna()]
        if bench.empty:
            continue
        places = {name: place for place, name in enumerate(SCORERS)}
        bench = bench.assign(place=bench["scorer"].map(places)).sort_values("place")
        names = [_(SCORERS[scorer]) for scorer in bench["scorer"]]
        bench = bench.assign(
            low=bench["interval_low"].fillna(bench["value"]),
            high=bench["interval_high"].fillna(bench["value"]),
        )
        said, table = [], [[_("Scorer"), _("Value"), _("95 % interval")]]
        for name, row in zip(names, bench.pipe(each), strict=True):
            bounds = _("{low} to {high}").format(
                low=wording.measure(row.low), high=wording.measure(row.high)
            )
            said.append(f"{name}: {wording.measure(row.value)}, {bounds}")
            table.append([name, wording.measure(row.value), bounds])
        is_share = metric.startswith("wins_captured")
        notes = [
            wording.share(value) if is_share else wording.decimal(value, 2)
            for value in bench["value"]
        ]
        svg = draw(
            marks.dots(
                bench.assign(scorer=names, said=said, note=notes),
                "scorer",
                ("value", "low", "high"),
                "said",
                notes="note",
                is_share=is_share,
            ),
            f"bench-{metric.replace('_', '-')}",
            _(title),
            _("One dot with its interval per scorer.") + " " + ". ".join(said) + ".",
            len(names) * marks.ROW,
        )
        pictures.append(
            Picture(
                _(title), f"{_(note)}. " + _("The same leads of the latest period."), svg, table
            )
        )
    return pictures


def bench_table(figures: Figures) -> Table:
    """Lay out every measurement by scorer."""
    bench = figures.comparison
    bench = bench[bench["subset"] == "all"]
    names = [name for name in SCORERS if name in set(bench["scorer"])]
    table = [[_("Measure"), *(_(SCORERS[name]) for name in names), _("Model minus points")]]
    for metric, title in ALL_METRICS.items():
        cells = {row.scorer: row for row in bench[bench["metric"] == metric].pipe(each)}
        if cells:
            values = [wording.measure(getattr(cells.get(name), "value", None)) for name in names]
            table.append([_(title), *values, _difference(cells.get("model"))])
    return table


def _difference(row: object) -> str:
    value = getattr(row, "difference", None)
    if value is None or pd.isna(value):
        return "–"
    low, high = getattr(row, "difference_low", None), getattr(row, "difference_high", None)
    difference = wording.decimal(value, 3, signed=True)
    if pd.isna(low) or pd.isna(high):
        return difference
    low, high = (wording.decimal(bound, 3, signed=True) for bound in (low, high))
    return f"{difference} " + _("({low} to {high})").format(low=low, high=high)


def forecast_picture(figures: Figures) -> Picture | None:
    """Draw promised and happened wins of each settled week."""
    weeks = figures.forecasts.tail(WEEKS_SHOWN)
    if weeks.empty:
        return None
    names = [wording.day_of_year(week) for week in weeks["week_date"]]
    said = [
        _("Week of {name}: promised {promised} {bounds}, came {came}").format(
            name=name,
            promised=wording.number(row.expected_wins),
            bounds=wording.number_range(row.expected_wins_low, row.expected_wins_high),
            came=wording.count(row.wins),
        )
        for name, row in zip(names, weeks.pipe(each), strict=True)
    ]
    frame = pd.DataFrame(
        {
            "week": names,
            "low": weeks["expected_wins_low"].to_numpy(),
            "high": weeks["expected_wins_high"].to_numpy(),
            "promised": weeks["expected_wins"].to_numpy(),
            "wins": weeks["wins"].to_numpy(),
            "said": said,
            "kind": _("Promised, with interval"),
            "came": _("Came"),
        }
    )
    base = alt.Chart(frame).encode(x=alt.X("week:O").sort(None).title(None).axis(labelAngle=0))
    colors = alt.Scale(
        domain=[_("Promised, with interval"), _("Came")], range=[palette.ACCENT, palette.WARNING]
    )
    chart = alt.layer(
        base.mark_rule(strokeWidth=9, aria=False, color=palette.GRID).encode(
            y=alt.Y("low:Q").title(None).axis(tickCount=5), y2="high:Q"
        ),
        base.mark_tick(thickness=3, width=13, aria=False).encode(
            y="promised:Q", color=alt.Color("kind:N").scale(colors)
        ),
        base.mark_point(filled=True, size=55, opacity=1).encode(
            y="wins:Q", color=alt.Color("came:N").scale(colors), description="said:N"
        ),
    )
    held = int(weeks["is_within"].sum())
    title = _("The promise held in {held} of {all} weeks").format(held=held, all=len(weeks))
    svg = draw(
        chart,
        "forecast",
        title,
        _(
            "One bar per week from the lower to the upper bound of the promise, a line at it, a "
            "dot at what came."
        )
        + " "
        + ". ".join(said[-6:])
        + ".",
        180,
    )
    table = [[_("Week of"), _("Worked"), _("Promised"), _("Interval"), _("Came")]]
    for name, row in zip(names, weeks.pipe(each), strict=True):
        bounds = wording.number_range(row.expected_wins_low, row.expected_wins_high)
        promised = wording.number(row.expected_wins)
        table.append(
            [name, wording.count(row.worked_handoffs), promised, bounds, wording.count(row.wins)]
        )
    note = _(
        "Wins of the worked handoffs of each week whose time is over. The interval allows for "
        "chance, and for what earlier weeks missed."
    )
    return Picture(title, note, svg, table)


def content_picture(figures: Figures) -> Picture | None:
    """Draw how often leads moved on after each piece."""
    pieces = figures.content.head(PIECES_SHOWN)
    pieces = pieces[pieces["advance_rate"].notna()]
    if pieces.empty:
        return None
    names = wording.distinct(
        text(row.title if pd.notna(row.title) else row.content_id) for row in pieces.pipe(each)
    )
    said = [
        _("{name}: {share} of {all}").format(
            name=name,
            share=wording.share_with_range(row, "advance_rate"),
            all=wording.count(row.mature_consumers),
        )
        for name, row in zip(names, pieces.pipe(each), strict=True)
    ]
    notes = [wording.share(rate) for rate in pieces["advance_rate"]]
    title = _("After which piece do leads move on?")
    svg = draw(
        marks.dots_of_rates(pieces, "piece", "advance_rate", names, said, notes),
        "content",
        title,
        _("One dot with its interval per piece, the best first.") + " " + ". ".join(said[:6]) + ".",
        len(names) * 26,
    )
    table = [[_("Piece"), _("Used by"), _("Old enough"), _("Moved on"), _("Rate")]]
    for name, row in zip(names, pieces.pipe(each), strict=True):
        counts = (row.consumers, row.mature_consumers, row.advanced)
        table.append(
            [
                name,
                *(wording.count(number) for number in counts),
                wording.share_with_range(row, "advance_rate"),
            ]
        )
    note = _(
        "Share of first uses after which the lead reached the next stage in time, drawn to the "
        "mean of its kind where uses are few, with 95 % intervals."
    )
    return Picture(title, note, svg, table)
