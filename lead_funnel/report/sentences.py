"""What matters now, in a few sentences: a comparison is made only where it is beyond chance."""

from dataclasses import dataclass

from lead_funnel.report import wording
from lead_funnel.report.figures import Figures
from lead_funnel.report.headlines import NAMES, change_text, value_text
from lead_funnel.report.parts import each
from lead_funnel.words import is_known

MOST = 5
CAUSES = {
    "after_hours": "Arriving after hours",
    "no_owner": "Having no owner",
    "owner_unknown": "An owner who is not a known rep",
    "over_capacity": "An owner without capacity",
    "low_quality": "A weak rating",
}


@dataclass(frozen=True)
class Sentence:
    """Something that matters now, and the section that says more."""

    words: str
    section: str


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
    row = next(hole.pipe(each))
    words = (
        f"{wording.share_with_range(row, 'black_hole_share')} of the leads handed to sales were "
        f"never followed up: {wording.count(row.never_followed_up)} of "
        f"{wording.count(row.handoffs)}."
    )
    factors = figures.black_hole_factors
    for factor in factors[factors["excess_handoffs_low"] > 0].head(1).pipe(each):
        cause = CAUSES.get(str(factor.factor), wording.label(factor.factor))
        bounds = wording.count_range(factor.excess_handoffs_low, factor.excess_handoffs_high)
        words += f" {cause} adds about {wording.count(factor.excess_handoffs)} {bounds} of them."
    cost = figures.black_hole_cost
    for stake in cost[cost["dimension"] == "all"].pipe(each):
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
        return [Sentence("No lead is old enough to show which channel closes.", "revenue")]
    best = next(known.pipe(each))
    worse = known[known["close_rate_high"] < best.close_rate_low]
    if worse.empty:
        return [
            Sentence("No channel closes leads better than the others beyond chance.", "revenue")
        ]
    worst = next(worse.sort_values(["close_rate", "channel"]).pipe(each))
    words = (
        f"{wording.label(best.channel)} closes best: "
        f"{wording.share_with_range(best, 'close_rate')} of its leads are won "
        f"{figures.horizon_text}; of {wording.label(worst.channel)}, "
        f"{wording.share_with_range(worst, 'close_rate')}."
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
        for row in compared[compared["metric"] == metric].pipe(each):
            if is_known(row.is_beyond_chance) and row.is_beyond_chance:
                way = "up" if row.change > 0 else "down"
                value = value_text(metric, row.value, row.currency_code)
                size = change_text(metric, row).split(" ", 1)[1]
                moved.append(f"{name} {way} {size} to {value}")
    if not moved:
        words = "Leads, MQLs, what sales accepts and follow-up: no change beyond chance"
        return [Sentence(f"{words} against the 90 days before.", "funnel")]
    return [Sentence(f"Against the 90 days before: {', '.join(moved)}.", "funnel")]


def _score(figures: Figures) -> list[Sentence]:
    if figures.models.empty:
        if "marts.model_registry" in figures.missing:
            return []
        return [Sentence("Leads are ranked by points: no model was trained yet.", "score")]
    model = next(figures.models.pipe(each))
    words = _comparison(figures)
    if not model.is_scoring:
        words += " Leads are ranked by points: no model is in charge."
    weeks = figures.forecasts
    if model.is_scoring and len(weeks):
        words += (
            f" Over {len(weeks)} settled weeks it promised "
            f"{wording.count(weeks['expected_wins'].sum())} wins and "
            f"{wording.count(weeks['wins'].sum())} came."
        )
    return [Sentence(words.strip(), "score")] if words else []


def _comparison(figures: Figures) -> str:
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == "roc_auc")]
    measured = {row.scorer: row for row in bench.pipe(each)}
    model, points = measured.get("model"), measured.get("points")
    if model is None or not is_known(model.difference_low):
        return ""
    shown = f"{model.value:.2f}"
    if points is not None:
        shown += f" against {points.value:.2f}"
    if model.difference_low > 0:
        return f"The score ranks leads better than the points ({shown})."
    if model.difference_high < 0:
        return f"The score ranks leads worse than the points ({shown})."
    return f"It is not shown that the score ranks leads better than the points ({shown})."


def _week(figures: Figures) -> list[Sentence]:
    plan = figures.capacity[figures.capacity["team_id"] == "all"]
    for row in plan.pipe(each):
        slots = wording.count(row.free_slots)
        words = (
            f"This week sales has {wording.count(row.assigned_leads)} leads to call; "
            f"{wording.count(row.new_handoffs)} of them are new, for {slots} free slots."
        )
        if is_known(row.expected_wins):
            words += f" Worked in full, they bring about {wording.count(row.expected_wins)} wins."
        return [Sentence(words, "week")]
    if figures.routable == 0:
        return [Sentence("No lead can be handed over to sales now.", "week")]
    return []
