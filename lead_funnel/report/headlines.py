"""The first screen: what matters now in a few sentences, and the figures beside their past."""

from dataclasses import dataclass

import pandas as pd

from lead_funnel.report import palette, wording
from lead_funnel.report.figures import Figures
from lead_funnel.report.loss_pictures import FACTORS
from lead_funnel.words import is_known

MOST = 5
NAMES = {
    "won_revenue": "Won revenue",
    "open_pipeline": "Open pipeline",
    "leads": "Leads",
    "mqls": "MQLs handed over",
    "acceptance": "Accepted by sales",
    "black_hole": "Never followed up",
}
SHARES = ("acceptance", "black_hole")
AMOUNTS = ("won_revenue", "open_pipeline")
SPARK_WIDTH, SPARK_HEIGHT = 96, 24


@dataclass(frozen=True)
class Sentence:
    """Something that matters now, and the section that says more."""

    words: str
    section: str


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


def tiles(figures: Figures) -> list[Tile]:
    """Give the figures of the first screen."""
    shown = []
    heads = figures.headlines
    for metric, name in NAMES.items():
        rows = heads[heads["metric"] == metric]
        latest = rows[(rows["span_days"] == 90) & (rows["period_number"] == 1)]
        for row in latest.itertuples():
            shown.append(
                Tile(
                    name,
                    _value(metric, row.value, row.currency_code),
                    _note(metric, row),
                    _change(metric, row),
                    _trend(metric, rows),
                    {"acceptance": "funnel", "black_hole": "losses", "mqls": "funnel"}.get(
                        metric, "revenue" if metric != "leads" else "funnel"
                    ),
                )
            )
    return [*shown, *_promise_tile(figures), *_call_tile(figures)]


def _value(metric: str, value: object, currency: object) -> str:
    if metric in AMOUNTS:
        return wording.money(value, currency)
    return wording.share(value) if metric in SHARES else wording.count(value)


def _note(metric: str, row: object) -> str:
    if metric in SHARES:
        bounds = wording.share_range(getattr(row, "value_low", None), getattr(row, "value_high", None))
        days = wording.count(getattr(row, "judged_after_days", None))
        return f"{bounds} after {days} days" if bounds else f"no handoff is {days} days old"
    if not is_known(getattr(row, "value", None)):
        return "not in the data"
    if metric == "open_pipeline":
        return "now"
    if not bool(getattr(row, "is_whole", False)):
        return "in 90 days; data begin within them"
    return "in 90 days"


def _change(metric: str, row: object) -> str:
    change = getattr(row, "change", None)
    if change is None or pd.isna(change):
        return ""
    points = abs(change) * 100
    rounded = f"{points:.0f}"
    arrow = "▬" if rounded == "0" else "▲" if change > 0 else "▼"
    unit = ("pt" if rounded == "1" else "pts") if metric in SHARES else "%"
    certain = getattr(row, "is_beyond_chance", None)
    doubt = " (may be chance)" if is_known(certain) and not certain else ""
    return f"{arrow} {rounded} {unit}{doubt}"


def _trend(metric: str, rows: pd.DataFrame) -> str:
    past = rows[(rows["span_days"] == 30) & rows["is_whole"].astype(bool) & rows["value"].notna()]
    past = past.sort_values("period_number", ascending=False)
    if len(past) < 2:
        return ""
    values = [float(value) for value in past["value"]]
    code = past["currency_code"].iloc[-1]
    first, last = (_value(metric, value, code) for value in (values[0], values[-1]))
    said = f"{len(values)} periods of 30 days, from {first} to {last}"
    return spark(values, f"tile-{metric}", f"Trend: {NAMES[metric]}", said)


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


def _promise_tile(figures: Figures) -> list[Tile]:
    weeks = figures.forecasts
    if weeks.empty:
        return []
    promised, came = weeks["expected_wins"].sum(), weeks["wins"].sum()
    values = [float(wins) for wins in weeks["wins"].tail(12)]
    said = f"Wins of the last {len(values)} settled weeks, the last {values[-1]:.0f}"
    drawn = spark(values, "tile-promise", "Trend: wins", said) if len(values) > 1 else ""
    note = f"the range held in {int(weeks['is_within'].sum())} of {len(weeks)} weeks"
    value = f"{wording.count(promised)} → {wording.count(came)}"
    return [Tile("Wins promised → happened", value, note, "", drawn, "score")]


def _call_tile(figures: Figures) -> list[Tile]:
    if figures.routable is None:
        return []
    slots = figures.capacity[figures.capacity["team_id"] == "all"]["free_slots"]
    note = "".join(f"room for {wording.count(free)} more" for free in slots.head(1))
    return [Tile("To call this week", wording.count(figures.routable), note, "", "", "week")]


def sentences(figures: Figures) -> list[Sentence]:
    """Say what matters now; a comparison is made only where it is beyond chance."""
    said = [
        *_losses(figures),
        *_channels(figures),
        *_movements(figures),
        *_score(figures),
        *_week(figures),
    ]
    if len(said) < MOST and len(figures.warnings):
        count = wording.count(len(figures.warnings))
        things = "thing needs" if count == "1" else "things need"
        said.append(Sentence(f"{count} {things} a look in the data.", "data"))
    return said[:MOST]


def _losses(figures: Figures) -> list[Sentence]:
    hole = figures.black_hole
    hole = hole[(hole["dimension"] == "all") & hole["black_hole_share"].notna()]
    if hole.empty:
        if "marts.black_hole" in figures.missing:
            return []
        return [
            Sentence(
                "Whether leads are followed up is unknown: sales logs no touches, or no handoff "
                "is old enough.",
                "losses",
            )
        ]
    row = next(hole.itertuples())
    words = (
        f"{wording.share_with_range(row, 'black_hole_share')} of the leads handed to sales were "
        f"never followed up: {wording.count(row.never_followed_up)} of "
        f"{wording.count(row.handoffs)}."
    )
    factors = figures.black_hole_factors
    for factor in factors[factors["excess_handoffs_low"] > 0].head(1).itertuples():
        name = FACTORS.get(str(factor.factor), wording.label(factor.factor))
        bounds = wording.count_range(factor.excess_handoffs_low, factor.excess_handoffs_high)
        words += (
            f" “{name}” stands for an excess of {wording.count(factor.excess_handoffs)} {bounds}."
        )
    cost = figures.black_hole_cost
    for stake in cost[cost["dimension"] == "all"].itertuples():
        if is_known(stake.missed_deals_low) and stake.missed_deals_low > 0:
            bounds = wording.count_range(stake.missed_deals_low, stake.missed_deals_high)
            worth = (
                f", worth {wording.money(stake.missed_amount, stake.currency_code)}"
                if is_known(stake.missed_amount)
                else ""
            )
            words += (
                f" About {wording.count(stake.missed_deals)} deals {bounds} are at stake{worth}."
            )
    return [Sentence(words, "losses")]


def _channels(figures: Figures) -> list[Sentence]:
    known = figures.sources[
        figures.sources["close_rate"].notna() & (figures.sources["channel"] != "(null)")
    ]
    if known.empty:
        if figures.sources.empty:
            return []
        return [Sentence("No lead is old enough to tell which channel closes.", "revenue")]
    best = next(known.itertuples())
    worse = known[known["close_rate_high"] < best.close_rate_low]
    if worse.empty:
        return [Sentence("No channel closes leads better than the others beyond chance.", "revenue")]
    worst = next(worse.sort_values(["close_rate", "channel"]).itertuples())
    words = (
        f"{wording.label(best.channel)} closes best: {wording.share_with_range(best, 'close_rate')} "
        f"of its leads are won {figures.horizon_text}; of "
        f"{wording.label(worst.channel)}, {wording.share_with_range(worst, 'close_rate')}."
    )
    priced = known[known["cost_per_win"].notna()].sort_values(["cost_per_win", "channel"])
    if len(priced) > 1:
        cheap, dear = priced.iloc[0], priced.iloc[-1]
        words += (
            f" A win costs {wording.money(cheap['cost_per_win'], cheap['cost_currency_code'])} "
            f"through {wording.label(cheap['channel'])} and "
            f"{wording.money(dear['cost_per_win'], dear['cost_currency_code'])} through "
            f"{wording.label(dear['channel'])}."
        )
    return [Sentence(words, "revenue")]


def _movements(figures: Figures) -> list[Sentence]:
    heads = figures.headlines
    latest = heads[(heads["span_days"] == 90) & (heads["period_number"] == 1)]
    compared = latest[latest["change"].notna()]
    if compared.empty:
        return []
    moved = []
    for metric, name in NAMES.items():
        for row in compared[compared["metric"] == metric].itertuples():
            if is_known(row.is_beyond_chance) and row.is_beyond_chance:
                way = "up" if row.change > 0 else "down"
                value = _value(metric, row.value, row.currency_code)
                size = _change(metric, row).split(" ", 1)[1]
                moved.append(f"{name} {way} {size} to {value}")
    if not moved:
        words = "Leads, MQLs, acceptance and follow-up: no change beyond chance"
        return [Sentence(f"{words} against the 90 days before.", "funnel")]
    return [Sentence(f"Against the 90 days before: {', '.join(moved)}.", "funnel")]


def _score(figures: Figures) -> list[Sentence]:
    if figures.models.empty:
        if "marts.model_registry" in figures.missing:
            return []
        return [Sentence("Leads are ordered by points: no model was trained yet.", "score")]
    model = next(figures.models.itertuples())
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == "roc_auc")]
    values = bench.set_index("scorer")
    words = ""
    if "model" in values.index and pd.notna(values.loc["model", "difference_low"]):
        shown = f"{values.loc['model', 'value']:.2f}"
        points = (
            f" against {values.loc['points', 'value']:.2f}" if "points" in values.index else ""
        )
        if values.loc["model", "difference_low"] > 0:
            words = f"The score orders leads better than the points ({shown}{points})."
        elif values.loc["model", "difference_high"] < 0:
            words = f"The score orders leads worse than the points ({shown}{points})."
        else:
            words = (
                f"That the score orders leads better than the points is not shown "
                f"({shown}{points})."
            )
    if not model.is_scoring:
        words += " Leads are ordered by points: no model is in charge."
    weeks = figures.forecasts
    if model.is_scoring and len(weeks):
        words += (
            f" Over {len(weeks)} settled weeks it promised "
            f"{wording.count(weeks['expected_wins'].sum())} wins and "
            f"{wording.count(weeks['wins'].sum())} came."
        )
    return [Sentence(words.strip(), "score")] if words else []


def _week(figures: Figures) -> list[Sentence]:
    plan = figures.capacity[figures.capacity["team_id"] == "all"]
    for row in plan.itertuples():
        slots = wording.count(row.free_slots)
        words = (
            f"This week sales has {wording.count(row.assigned_leads)} leads to call, "
            f"{wording.count(row.new_handoffs)} of them new, and {slots} free slots."
        )
        if is_known(row.expected_wins):
            words += f" Worked in full, they bring about {wording.count(row.expected_wins)} wins."
        return [Sentence(words, "week")]
    if figures.routable == 0:
        return [Sentence("Nobody can be handed over to sales now.", "week")]
    return []
