"""The figures of the first screen, each beside the period before and its past."""

from dataclasses import dataclass

import pandas as pd

from lead_funnel.language import N_, _, ngettext
from lead_funnel.report import palette, wording
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import each
from lead_funnel.words import is_known

NAMES = {
    "won_revenue": N_("Won revenue"),
    "open_pipeline": N_("Open pipeline"),
    "leads": N_("Leads"),
    "mqls": N_("MQLs handed over"),
    "accepted_in_time": N_("Accepted by sales"),
    "black_hole": N_("Never followed up"),
}
SHARES = ("accepted_in_time", "black_hole")
AMOUNTS = ("won_revenue", "open_pipeline")
SPANS = (90, 30)
"""Periods in days that the tiles can show, the one that is shown at first before the others."""
SPARK_WIDTH, SPARK_HEIGHT = 96, 24


@dataclass(frozen=True)
class Tile:
    """A figure with its change and its past.

    Attributes
    ----------
    name, value, note
        What it is; how much; of what.
    change
        Against the period before, an arrow first; empty without one.
    trend
        A drawing of the last twelve periods; empty without two of them.
    section
        Where there is more.
    """

    name: str
    value: str
    note: str
    change: str
    trend: str
    section: str


def tiles(figures: Figures, span_days: int = SPANS[0]) -> list[Tile]:
    """Give the figures of the first screen, of the last period of so many days (`SPANS`)."""
    shown = []
    heads = figures.headlines
    for metric, name in NAMES.items():
        rows = heads[heads["metric"] == metric]
        latest = rows[(rows["span_days"] == span_days) & (rows["period_number"] == 1)]
        for row in latest.pipe(each):
            shown.append(
                Tile(
                    _(name),
                    value_text(metric, row.value, row.currency_code),
                    _note(metric, row, span_days),
                    change_text(metric, row),
                    _trend(metric, rows, span_days),
                    {"accepted_in_time": "funnel", "black_hole": "losses", "mqls": "funnel"}.get(
                        metric, "revenue" if metric != "leads" else "funnel"
                    ),
                )
            )
    return [*shown, *_promise_tile(figures, span_days), *_call_tile(figures)]


def value_text(metric: str, value: object, currency: object) -> str:
    """Write a headline figure by its kind: an amount, a share or a count."""
    if metric in AMOUNTS:
        return wording.money(value, currency)
    return wording.share(value) if metric in SHARES else wording.count(value)


def _note(metric: str, row: object, span_days: int) -> str:
    if metric in SHARES:
        bounds = wording.share_range(
            getattr(row, "value_low", None), getattr(row, "value_high", None)
        )
        days = wording.count(getattr(row, "judged_after_days", None))
        words = _("{bounds} after {days} days") if bounds else _("no handoff is {days} days old")
        return words.format(bounds=bounds, days=days)
    if not is_known(getattr(row, "value", None)):
        return _("not in the data")
    if metric == "open_pipeline":
        return _("now")
    if not bool(getattr(row, "is_whole", False)):
        return _("in {days} days; data begin within them").format(days=span_days)
    return _("in {days} days").format(days=span_days)


def change_text(metric: str, row: object) -> str:
    """Write a change with its arrow, in points for shares; empty where there is none."""
    change = getattr(row, "change", None)
    if change is None or pd.isna(change):
        return ""
    points = abs(change) * 100
    rounded = f"{points:.0f}"
    arrow = "▬" if rounded == "0" else "▲" if change > 0 else "▼"
    unit = ngettext("pt", "pts", int(rounded)) if metric in SHARES else "%"
    certain = getattr(row, "is_beyond_chance", None)
    size = f"{arrow} {rounded} {unit}"
    if is_known(certain) and not certain:
        return _("{change}, within chance").format(change=size)
    return size


def _trend(metric: str, rows: pd.DataFrame, span_days: int) -> str:
    past = rows[(rows["span_days"] == 30) & rows["is_whole"].astype(bool) & rows["value"].notna()]
    past = past.sort_values("period_number", ascending=False)
    if len(past) < 2:
        return ""
    values = [float(value) for value in past["value"]]
    code = past["currency_code"].iloc[-1]
    first, last = (value_text(metric, value, code) for value in (values[0], values[-1]))
    said = _("{count} periods of 30 days, from {first} to {last}").format(
        count=len(values), first=first, last=last
    )
    title = _("Trend: {name}").format(name=_(NAMES[metric]))
    return spark(values, f"tile-{span_days}-{metric}", title, said)


def spark(values: list[float], key: str, title: str, description: str) -> str:
    """Draw a line of some values with a dot at the last."""
    most, least = max(values), min(0.0, min(values))
    reach = (most - least) or 1.0
    wide, high = SPARK_WIDTH - 6, SPARK_HEIGHT - 6
    points = [
        (3 + wide * place / (len(values) - 1), 3 + high * (1 - (value - least) / reach))
        for place, value in enumerate(values)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc"><title id="{key}-title">{title}</title>'
        f'<desc id="{key}-desc">{description}</desc><polyline fill="none" '
        f'stroke="{palette.ACCENT}" stroke-width="2" points="{path}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{palette.ACCENT}"/></svg>'
    )


def _promise_tile(figures: Figures, span_days: int) -> list[Tile]:
    weeks = figures.forecasts
    if weeks.empty:
        return []
    promised, came = weeks["expected_wins"].sum(), weeks["wins"].sum()
    values = [float(wins) for wins in weeks["wins"].tail(12)]
    said = _("Wins of the last {count} settled weeks, the last {wins}").format(
        count=len(values), wins=f"{values[-1]:.0f}"
    )
    key = f"tile-{span_days}-promise"
    drawn = spark(values, key, _("Trend: wins"), said) if len(values) > 1 else ""
    note = _("wins; the range held in {held} of {all} weeks").format(
        held=int(weeks["is_within"].sum()), all=len(weeks)
    )
    value = f"{wording.count(promised)} → {wording.count(came)}"
    return [Tile(_("Promised → happened"), value, note, "", drawn, "score")]


def _call_tile(figures: Figures) -> list[Tile]:
    if figures.routable is None:
        return []
    plan = figures.capacity[figures.capacity["team_id"] == "all"]
    note = "".join(
        _("{count} of them new").format(count=wording.count(new))
        for new in plan["new_handoffs"].head(1)
    )
    return [Tile(_("To call this week"), wording.count(figures.routable), note, "", "", "week")]
