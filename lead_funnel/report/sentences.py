"""What matters now, in a few sentences: a comparison is made only where it is beyond chance."""

from dataclasses import dataclass

from lead_funnel.language import N_, _, ngettext
from lead_funnel.report import wording
from lead_funnel.report.figures import Figures
from lead_funnel.report.headlines import NAMES, change_text, value_text
from lead_funnel.report.parts import each
from lead_funnel.words import is_known

MOST = 5
CAUSES = {
    "after_hours": N_("Arriving after hours"),
    "no_owner": N_("Having no owner"),
    "owner_unknown": N_("An owner who is not a known rep"),
    "over_capacity": N_("An owner without capacity"),
    "low_quality": N_("A weak rating"),
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
        things = len(figures.warnings)
        words = ngettext(
            "{count} thing needs a look in the data.",
            "{count} things need a look in the data.",
            things,
        )
        said.append(Sentence(words.format(count=wording.count(things)), "data"))
    return said[:MOST]


def _losses(figures: Figures) -> list[Sentence]:
    hole = figures.black_hole
    hole = hole[(hole["dimension"] == "all") & hole["black_hole_share"].notna()]
    if hole.empty:
        if "marts.black_hole" in figures.missing:
            return []
        return [
            Sentence(
                _(
                    "Whether leads are followed up is unknown: sales logs no touches, or no "
                    "handoff is old enough."
                ),
                "losses",
            )
        ]
    row = next(hole.pipe(each))
    words = [
        _("{share} of the leads handed to sales were never followed up: {part} of {all}.").format(
            share=wording.share_with_range(row, "black_hole_share"),
            part=wording.count(row.never_followed_up),
            all=wording.count(row.handoffs),
        )
    ]
    factors = figures.black_hole_factors
    for factor in factors[factors["excess_handoffs_low"] > 0].head(1).pipe(each):
        known = CAUSES.get(str(factor.factor))
        cause = _(known) if known else wording.label(factor.factor)
        bounds = wording.count_range(factor.excess_handoffs_low, factor.excess_handoffs_high)
        words.append(
            _("{cause} adds about {count} {bounds} of them.").format(
                cause=cause, count=wording.count(factor.excess_handoffs), bounds=bounds
            )
        )
    cost = figures.black_hole_cost
    for stake in cost[cost["dimension"] == "all"].pipe(each):
        if is_known(stake.missed_deals_low) and stake.missed_deals_low > 0:
            bounds = wording.count_range(stake.missed_deals_low, stake.missed_deals_high)
            at_stake = (
                _("About {count} deals {bounds} are at stake, worth {amount}.")
                if is_known(stake.missed_amount)
                else _("About {count} deals {bounds} are at stake.")
            )
            words.append(
                at_stake.format(
                    count=wording.count(stake.missed_deals),
                    bounds=bounds,
                    amount=wording.money(stake.missed_amount, stake.currency_code),
                )
            )
    return [Sentence(" ".join(words), "losses")]


def _channels(figures: Figures) -> list[Sentence]:
    known = figures.sources[
        figures.sources["close_rate"].notna() & (figures.sources["channel"] != "(null)")
    ]
    if known.empty:
        if figures.sources.empty:
            return []
        return [Sentence(_("No lead is old enough to show which channel closes."), "revenue")]
    best = next(known.pipe(each))
    worse = known[known["close_rate_high"] < best.close_rate_low]
    if worse.empty:
        return [
            Sentence(_("No channel closes leads better than the others beyond chance."), "revenue")
        ]
    worst = next(worse.sort_values(["close_rate", "channel"]).pipe(each))
    words = _(
        "{best} closes best: {share} of its leads are won {within}; of {worst}, {worst_share}."
    ).format(
        best=wording.label(best.channel),
        share=wording.share_with_range(best, "close_rate"),
        within=figures.horizon_text,
        worst=wording.label(worst.channel),
        worst_share=wording.share_with_range(worst, "close_rate"),
    )
    priced = known[known["cost_per_win"].notna()].sort_values(["cost_per_win", "channel"])
    if len(priced) > 1:
        cheap, dear = priced.iloc[0], priced.iloc[-1]
        words += " " + _(
            "A win costs {least} through {cheapest} and {most} through {dearest}."
        ).format(
            least=wording.money(cheap["cost_per_win"], cheap["cost_currency_code"]),
            cheapest=wording.label(cheap["channel"]),
            most=wording.money(dear["cost_per_win"], dear["cost_currency_code"]),
            dearest=wording.label(dear["channel"]),
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
                way = _("{name} up {size} to {value}")
                if row.change <= 0:
                    way = _("{name} down {size} to {value}")
                value = value_text(metric, row.value, row.currency_code)
                size = change_text(metric, row).split(" ", 1)[1]
                moved.append(way.format(name=_(name), size=size, value=value))
    if not moved:
        words = _(
            "Leads, MQLs, what sales accepts and follow-up: no change beyond chance against the "
            "90 days before."
        )
        return [Sentence(words, "funnel")]
    words = _("Against the 90 days before: {changes}.").format(changes=", ".join(moved))
    return [Sentence(words, "funnel")]


def _score(figures: Figures) -> list[Sentence]:
    if figures.models.empty:
        if "marts.model_registry" in figures.missing:
            return []
        return [Sentence(_("Leads are ranked by points: no model was trained yet."), "score")]
    model = next(figures.models.pipe(each))
    words = _comparison(figures)
    if not model.is_scoring:
        words += " " + _("Leads are ranked by points: no model is in charge.")
    weeks = figures.forecasts
    if model.is_scoring and len(weeks):
        words += " " + _(
            "Over {weeks} settled weeks it promised {promised} wins and {came} came."
        ).format(
            weeks=len(weeks),
            promised=wording.count(weeks["expected_wins"].sum()),
            came=wording.count(weeks["wins"].sum()),
        )
    return [Sentence(words.strip(), "score")] if words else []


def _comparison(figures: Figures) -> str:
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == "roc_auc")]
    measured = {row.scorer: row for row in bench.pipe(each)}
    model, points = measured.get("model"), measured.get("points")
    if model is None or not is_known(model.difference_low):
        return ""
    shown = wording.decimal(model.value, 2)
    if points is not None:
        shown = _("{value} against {other}").format(
            value=shown, other=wording.decimal(points.value, 2)
        )
    words = _("It is not shown that the score ranks leads better than the points ({shown}).")
    if model.difference_low > 0:
        words = _("The score ranks leads better than the points ({shown}).")
    elif model.difference_high < 0:
        words = _("The score ranks leads worse than the points ({shown}).")
    return words.format(shown=shown)


def _week(figures: Figures) -> list[Sentence]:
    plan = figures.capacity[figures.capacity["team_id"] == "all"]
    for row in plan.pipe(each):
        slots = wording.count(row.free_slots)
        words = _(
            "This week sales has {leads} leads to call; {new} of them are new, for {slots} free "
            "slots."
        ).format(
            leads=wording.count(row.assigned_leads),
            new=wording.count(row.new_handoffs),
            slots=slots,
        )
        if is_known(row.expected_wins):
            words += " " + _("Worked in full, they bring about {wins} wins {bounds}.").format(
                wins=wording.count(row.expected_wins),
                bounds=wording.count_range(row.expected_wins_low, row.expected_wins_high),
            )
        return [Sentence(words, "week")]
    if figures.routable == 0:
        return [Sentence(_("No lead can be handed over to sales now."), "week")]
    return []
