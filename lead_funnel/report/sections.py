"""The summary's sections about the funnel."""

import textwrap
from typing import Any

import pandas as pd

from lead_funnel.language import N_, _
from lead_funnel.report import wording
from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.report.truth import Truth, same_handoffs
from lead_funnel.words import (
    align,
    count_text,
    days_text,
    headed,
    is_known,
    money_text,
    percent_range,
    percent_text,
    text,
)

# Long sentences are broken at this width; the tables of stages and channels are wider.
WIDTH = 100
BUILD = N_("run `dbt build`")
OUTCOMES = {
    "closed_won": N_("won"),
    "closed_lost": N_("lost"),
    "recycled": N_("handed back"),
    "disqualified": N_("disqualified"),
    "won_by_colleague": N_("ended with a colleague's win"),
    "expired": N_("expired"),
    "open": N_("open"),
}
# Handoffs by the status of the CRM, of which the simulation knows the probabilities.
CRM = "lead_status"


def wrapped(line: str) -> list[str]:
    """Break a line at the width; behind a head what follows stands below what it says."""
    indent = headed("", "") if line.startswith(" ") or "  " in line[:14] else ""
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent)


def nothing(figures: Figures, head: str, table: str) -> str:
    """Say that a section has nothing to show: there is none of it, or no table of it yet."""
    if table not in figures.missing:
        return headed(head, _("none ({table} has no rows).").format(table=table))
    words = _("nothing to show ({table}): {build}.").format(table=table, build=_(BUILD))
    return headed(head, words)


def leads_section(figures: Figures, truth: Truth | None) -> list[str]:
    """Count leads, wins and cycles."""
    if figures.persons is None or figures.sources.empty:
        return [
            headed(
                _("Leads"),
                _("none: run `dbt build`, on raw tables that hold at least leads or forms."),
            )
        ]
    lines = [
        headed(
            _("Leads"),
            _("{leads} among {persons} persons; {won} closed won").format(
                leads=count_text(figures.sources["leads"].sum()),
                persons=count_text(figures.persons),
                won=count_text(figures.sources["won"].sum()),
            ),
        )
    ]
    if figures.not_glued:
        lines.append(
            headed(
                "",
                _(
                    "{count} not merged into one person, because too much is linked: "
                    "marts.oversize_identities"
                ).format(count=count_text(figures.not_glued)),
            )
        )
    if truth is not None:
        known = truth.numbers
        lines.append(
            headed(
                "",
                _(
                    "truth: {leads} among {persons} that the data can tell apart; {won} closed won"
                ).format(
                    leads=count_text(known.get("leads_in_data")),
                    persons=count_text(known.get("persons_in_data")),
                    won=count_text(known.get("won_in_data", known.get("won"))),
                ),
            )
        )
        lines.append(
            headed(
                "",
                _(
                    "({people} people: {unseen} only under shared addresses, {apart} under two "
                    "that nothing links)"
                ).format(
                    people=count_text(known.get("persons")),
                    unseen=count_text(known.get("persons_never_seen")),
                    apart=count_text(known.get("persons_seen_apart")),
                ),
            )
        )
    if not figures.cycles.empty:
        cycles = figures.cycles
        again = cycles[cycles["cycle_number"] > 1]["rows"].sum()
        by_outcome = cycles.groupby("outcome")["rows"].sum()
        ends = [
            f"{count_text(by_outcome[outcome])} {_(name)}"
            for outcome, name in OUTCOMES.items()
            if outcome in by_outcome
        ]
        lines.append(
            headed(
                _("Cycles"),
                _("{cycles} cycles, {again} of them by leads that came back:").format(
                    cycles=count_text(cycles["rows"].sum()), again=count_text(again)
                ),
            )
        )
        lines += wrapped(headed("", ", ".join(ends)))
    return lines


def funnel_section(figures: Figures) -> list[str]:
    """Show entries, rates, fates and time by stage."""
    if figures.funnel.empty:
        return [nothing(figures, _("Funnel"), "marts.funnel_conversion")]
    stays = {row.stage: row for row in figures.velocity.itertuples()}
    head = [_("Funnel"), _("entered"), _("advanced"), _("rate*"), _("95 % interval"), _("lost")]
    head += [_("back"), _("disqual."), _("expired"), _("colleague"), _("open"), _("half gone**")]
    rows = [head]
    for row in figures.funnel.itertuples():
        cells = [str(row.stage), count_text(row.entered)]
        if row.stage != STAGES[-1]:
            stay = stays.get(row.stage)
            cells += [
                count_text(row.advanced),
                percent_text(row.conversion_rate),
                percent_range(row.conversion_rate_low, row.conversion_rate_high),
                *(
                    count_text(value)
                    for value in (
                        *(row.lost, row.recycled, row.disqualified, row.expired),
                        *(row.won_by_colleague, row.open),
                    )
                ),
                days_text(stay.median_days if stay else None),
            ]
        rows.append(cells + [""] * (len(rows[0]) - len(cells)))
    return [
        *align(rows),
        _("* of those that entered at least a label horizon ago"),
        _("** in days, leads still there included; -: half have not left yet"),
    ]


def black_hole_section(figures: Figures, truth: Truth | None) -> list[str]:
    """Say which share of handoffs nobody followed up, why, and what it costs."""
    rows = figures.black_hole
    total = rows[rows["dimension"] == "all"]
    untold = []
    if figures.never_told:
        untold = [
            headed(
                _("Never told"),
                _(
                    "{count} MQLs that sales was not told about: not handoffs, and in no share "
                    "of them."
                ).format(count=count_text(figures.never_told)),
            )
        ]
    if total.empty:
        return [
            headed(
                _("Black hole"),
                _("not observable: sales logs no touches, or no handoff is old enough."),
            ),
            *untold,
        ]
    teams = rows[rows["dimension"] == "team"].sort_values("dimension_value")
    table = [
        [_("Black hole"), _("never followed up"), _("share"), _("95 % interval"), _("handoffs")]
    ]
    for row in pd.concat([total, teams]).itertuples():
        table.append(
            [
                _("all teams") if row.dimension == "all" else text(row.dimension_value),
                count_text(row.never_followed_up),
                percent_text(row.black_hole_share),
                percent_range(row.black_hole_share_low, row.black_hole_share_high),
                count_text(row.handoffs),
            ]
        )
    if truth is not None:
        handoffs, found, true, missed = same_handoffs(figures, truth)
        for name, hole in ((_("made by the CRM"), found), (_("truth of these"), true)):
            if handoffs:
                share = percent_text(hole / handoffs)
                table.append([name, count_text(hole), share, "", count_text(handoffs)])
    lines = align(table)
    factors = figures.black_hole_factors
    factors = factors[factors["excess_handoffs_low"] > 0]
    lines += [_factor_line(row) for row in factors.itertuples()]
    costs = figures.black_hole_cost
    for row in costs[costs["dimension"] == "all"].itertuples():
        lines += _cost_lines(row)
    made_by_crm = costs[
        (costs["dimension"] == "handed_over_by") & (costs["dimension_value"] == CRM)
    ]
    for row in made_by_crm.itertuples() if truth is not None and missed else ():
        low, high = days_text(row.missed_deals_low), days_text(row.missed_deals_high)
        lines.append(
            headed(
                _("of the CRM's"),
                _("{count} of these deals ({low} to {high}), in truth {truth}").format(
                    count=days_text(row.missed_deals),
                    low=low,
                    high=high,
                    truth=days_text(missed),
                ),
            )
        )
    return lines + untold


def _factor_line(row: Any) -> str:
    """Say what goes with the black hole, by contrast."""
    bounds = (row.excess_handoffs_low, row.excess_handoffs_high)
    low, high = (count_text(round(bound)) for bound in bounds)
    words = _("{factor}: {share} against {other}, {more} more than without ({low} to {high})")
    return headed(
        _("more often"),
        words.format(
            factor=wording.phrase(row.factor),
            share=percent_text(row.share_with),
            other=percent_text(row.share_without),
            more=count_text(round(row.excess_handoffs)),
            low=low,
            high=high,
        ),
    )


def _cost_lines(row: Any) -> list[str]:
    """Say what the leads of the black hole would have brought, and what handoffs really brought."""
    low, high = days_text(row.missed_deals_low), days_text(row.missed_deals_high)
    cost = _("{count} won deals ({low} to {high})").format(
        count=days_text(row.missed_deals), low=low, high=high
    )
    won = _("{count} deals of all these handoffs").format(count=count_text(row.won_deals))
    return [
        headed(_("at a cost of"), _worth(cost, row.missed_amount, row.currency_code)),
        headed(_("actually won"), "  " + _worth(won, row.won_amount, row.currency_code)),
    ]


def _worth(said: str, amount: Any, code: Any) -> str:
    if not is_known(amount):
        return said
    return _("{said}, worth {amount}").format(said=said, amount=money_text(amount, code))
