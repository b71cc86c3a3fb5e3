"""The summary's sections about the funnel."""

from typing import Any

import pandas as pd

from lead_funnel.report.figures import STAGES, Figures
from lead_funnel.report.truth import Truth, same_handoffs
from lead_funnel.words import (
    align,
    count_text,
    days_text,
    is_known,
    money_text,
    number_text,
    percent_range,
    percent_text,
    text,
)

WIDTH = 100
SOURCES_SHOWN = 9
CAMPAIGNS_SHOWN = 5
BUILD = "run `dbt build`"
OUTCOMES = {
    "closed_won": "won",
    "closed_lost": "lost",
    "recycled": "handed back",
    "disqualified": "disqualified",
    "won_by_colleague": "ended with a colleague's win",
    "expired": "expired",
    "open": "open",
}
# Handoffs by the status of the CRM, of which the simulation knows the chances.
CRM = "lead_status"


def leads_section(figures: Figures, truth: Truth | None) -> list[str]:
    """Count leads, wins and passes through the funnel."""
    if figures.persons is None or figures.sources.empty:
        return [f"Leads         none: {BUILD}, on raw tables that hold at least leads or forms."]
    lines = [
        f"Leads         {count_text(figures.sources['leads'].sum())} among "
        f"{count_text(figures.persons)} persons; "
        f"{count_text(figures.sources['won'].sum())} closed won"
    ]
    if figures.not_glued:
        lines.append(
            f"              {count_text(figures.not_glued)} not merged into one person, because "
            "too much is linked: marts.oversize_identities"
        )
    if truth is not None:
        known = truth.numbers
        lines.append(
            f"              truth: {count_text(known.get('leads_in_data'))} among "
            f"{count_text(known.get('persons_in_data'))} that the data can tell apart; "
            f"{count_text(known.get('won_in_data', known.get('won')))} closed won"
        )
        lines.append(
            f"              ({count_text(known.get('persons'))} people: "
            f"{count_text(known.get('persons_never_seen'))} only under shared addresses, "
            f"{count_text(known.get('persons_seen_apart'))} under two that nothing links)"
        )
    if not figures.cycles.empty:
        passes = figures.cycles
        again = passes[passes["cycle_number"] > 1]["rows"].sum()
        by_outcome = passes.groupby("outcome")["rows"].sum()
        ends = [
            f"{count_text(by_outcome[outcome])} {name}"
            for outcome, name in OUTCOMES.items()
            if outcome in by_outcome
        ]
        lines.append(
            f"Cycles        {count_text(passes['rows'].sum())} cycles, {count_text(again)} of them "
            "by leads that came back:"
        )
        lines.append(f"              {', '.join(ends)}")
    return lines


def funnel_section(figures: Figures) -> list[str]:
    """Show entries, rates, fates and time by stage."""
    if figures.funnel.empty:
        return [f"Funnel        nothing to show (marts.funnel_conversion): {BUILD}."]
    stays = {row.stage: row for row in figures.velocity.itertuples()}
    head = ["Funnel", "entered", "advanced", "rate*", "95 % interval", "lost", "back"]
    rows = [[*head, "disqual.", "expired", "colleague", "open", "half gone**"]]
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
        "* of those that entered at least a label horizon ago",
        "** in days, leads still there included; -: half have not left yet",
    ]


def black_hole_section(figures: Figures, truth: Truth | None) -> list[str]:
    """Say which share of handoffs nobody followed up, why, and what it costs."""
    rows = figures.black_hole
    total = rows[rows["dimension"] == "all"]
    untold = []
    if figures.never_told:
        untold = [
            f"Never told    {count_text(figures.never_told)} MQLs that sales was not told "
            "about: not handoffs, and in no share of them."
        ]
    if total.empty:
        return [
            "Black hole    not observable: sales logs no touches, or no handoff is old enough.",
            *untold,
        ]
    teams = rows[rows["dimension"] == "team"].sort_values("dimension_value")
    table = [["Black hole", "never followed up", "share", "95 % interval", "handoffs"]]
    for row in pd.concat([total, teams]).itertuples():
        table.append(
            [
                "all teams" if row.dimension == "all" else text(row.dimension_value),
                count_text(row.never_followed_up),
                percent_text(row.black_hole_share),
                percent_range(row.black_hole_share_low, row.black_hole_share_high),
                count_text(row.handoffs),
            ]
        )
    if truth is not None:
        handoffs, found, true, missed = same_handoffs(figures, truth)
        for name, hole in (("made by the CRM", found), ("truth of these", true)):
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
            f"of the CRM's  {days_text(row.missed_deals)} of these deals ({low} to {high}), "
            f"in truth {days_text(missed)}"
        )
    return lines + untold


def _factor_line(row: Any) -> str:
    """Say what goes with the black hole, by contrast."""
    bounds = (row.excess_handoffs_low, row.excess_handoffs_high)
    low, high = (count_text(round(bound)) for bound in bounds)
    shares = f"{percent_text(row.share_with)} against {percent_text(row.share_without)}"
    more = f"{count_text(round(row.excess_handoffs))} more than without ({low} to {high})"
    return f"more often    {text(row.factor).replace('_', ' ')}: {shares}, {more}"


def _cost_lines(row: Any) -> list[str]:
    """Say what the leads of the black hole would have brought, and what handoffs really brought."""
    low, high = days_text(row.missed_deals_low), days_text(row.missed_deals_high)
    return [
        f"at a cost of  {days_text(row.missed_deals)} won deals ({low} to {high})"
        + _worth(row.missed_amount, row.currency_code),
        f"actually won    {count_text(row.won_deals)} deals of all these handoffs"
        + _worth(row.won_amount, row.currency_code),
    ]


def _worth(amount: Any, code: Any) -> str:
    return f", worth {money_text(amount, code)}" if is_known(amount) else ""


def sources_section(figures: Figures) -> list[str]:
    """Show which channel really closes, and at what effort."""
    if figures.sources.empty:
        return [f"Sources       nothing to show (marts.source_performance): {BUILD}."]
    head = ["Channel", "leads", "won", "close rate*", "95 % interval", "of mature"]
    table = [[*head, "days**", "touches**", "cost**", "won amount", "return"]]
    for row in figures.sources.head(SOURCES_SHOWN).itertuples():
        table.append(
            [
                text(row.channel),
                count_text(row.leads),
                count_text(row.won),
                percent_text(row.close_rate),
                percent_range(row.close_rate_low, row.close_rate_high),
                count_text(row.mature_leads),
                days_text(row.median_days_to_win),
                days_text(row.sales_touches_per_win),
                money_text(row.cost_per_win, row.cost_currency_code),
                money_text(row.won_amount, row.won_currency_code),
                number_text(row.return_on_cost),
            ]
        )
    more = len(figures.sources) - SOURCES_SHOWN
    lines = align(table)
    lines += [
        "* won within the label horizon, of leads whose horizon is over;",
        f"  (null): {_unnamed_share(figures)} of the leads, of which nothing tells the channel",
        "** median to a win; touches by sales, and cost of the channel's campaigns, for each win;",
        "   return: won amount per unit of cost",
    ]
    if more > 0:
        lines.append(f"  and {more} more channels")
    return lines


def _unnamed_share(figures: Figures) -> str:
    """Give the share of leads in the channel (null)."""
    sources = figures.sources
    unnamed = sources[sources["channel"] == "(null)"]["leads"].sum()
    return percent_text(unnamed / sources["leads"].sum()) if sources["leads"].sum() else "none"


def campaigns_section(figures: Figures) -> list[str]:
    """Show the campaigns that lost most money to the black hole."""
    campaigns = figures.campaigns
    if campaigns.empty:
        return [f"Campaigns     nothing to show (marts.campaign_performance): {BUILD}."]
    shown = campaigns.sort_values(
        ["cost_never_followed_up", "campaign_id"], ascending=[False, True]
    ).head(CAMPAIGNS_SHOWN)
    head = ["Campaigns", "cost", "leads", "MQLs", "SALs", "won", "cost per MQL"]
    table = [[*head, "in the black hole", "money"]]
    for row in shown.itertuples():
        code = row.cost_currency_code
        table.append(
            [
                text(row.name if is_known(row.name) else row.campaign_id),
                money_text(row.cost, code),
                count_text(row.leads),
                count_text(row.mqls),
                count_text(row.sals),
                count_text(row.won),
                money_text(row.cost_per_mql, code),
                percent_text(row.black_hole_share),
                money_text(row.cost_never_followed_up, code),
            ]
        )
    lines = align(table)
    more = len(campaigns) - len(shown)
    codes = campaigns["cost_currency_code"].dropna().unique()
    if len(codes) == 1:
        lost = campaigns["cost_never_followed_up"].sum()
        lines.append(
            f"with {more} more: {money_text(campaigns['cost'].sum(), codes[0])} spent, "
            f"{money_text(lost, codes[0])} of it on leads that nobody followed up"
        )
    aimed = campaigns[campaigns["acquisition_cost"].notna()]
    if aimed["cost"].sum() > 0:
        share = aimed["acquisition_cost"].sum() / aimed["cost"].sum()
        lines.append(
            f"{percent_text(share)} spent on acquisition: on people who had asked for nothing "
            "before, of campaigns that somebody answered"
        )
    return lines


def _target(figures: Figures) -> list[str]:
    """Say how many MQLs sales can take a week, and how many arrive."""
    teams = figures.capacity[figures.capacity["target_mqls"].notna()]
    lines = []
    for row in teams[teams["team_id"] == "all"].itertuples():
        bounds = f"{days_text(row.expected_mqls_low)} to {days_text(row.expected_mqls_high)}"
        lines.append(
            f"sales can take {count_text(row.target_mqls)} MQLs a week; "
            f"{days_text(row.expected_mqls)} arrive ({bounds})"
        )
    return lines


def goals_section(figures: Figures) -> list[str]:
    """Say how many goals are reached, and how the running month stands."""
    goals = figures.goals
    target = _target(figures)
    if goals.empty:
        none = f"Goals         none is set for what there is (seeds/campaign_goals.csv): {BUILD}."
        return [none, *(f"{'':<14}{line}" for line in target)]
    lines = []
    ended = goals[goals["is_over"].astype(bool)]
    for scope, name in (("campaign", "campaigns"), ("month", "months")):
        rows = ended[ended["scope"] == scope]
        if not rows.empty:
            reached = int(rows["is_reached"].fillna(value=False).astype(bool).sum())
            lines.append(f"{reached} of {len(rows)} goals of {name} that are over were reached")
    months = goals[goals["scope"] == "month"]
    if not months.empty:
        last = months["month_date"].max()
        standing = [
            f"{text(row.metric)} {count_text(row.actual)} of {count_text(row.goal)}"
            for row in months[months["month_date"] == last].itertuples()
        ]
        lines.append(f"{str(last)[:7]} so far: {', '.join(standing)}")
    lines += target
    heads = ["Goals", *[""] * (len(lines) - 1)]
    return [f"{head:<14}{line}" for head, line in zip(heads, lines, strict=True)]
