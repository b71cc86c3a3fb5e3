"""The summary's sections about sources, campaigns and goals."""

from lead_funnel.language import _, local_date
from lead_funnel.report.figures import Figures
from lead_funnel.report.sections import nothing, wrapped
from lead_funnel.words import (
    align,
    count_text,
    days_text,
    headed,
    is_known,
    money_text,
    number_text,
    percent_range,
    percent_text,
    text,
)

SOURCES_SHOWN = 9
CAMPAIGNS_SHOWN = 5


def sources_section(figures: Figures) -> list[str]:
    """Show which channel really closes, and at what effort."""
    if figures.sources.empty:
        return [nothing(figures, _("Sources"), "marts.source_performance")]
    head = [_("Channel"), _("leads"), _("won"), _("close rate*"), _("95 % interval")]
    head += [_("of mature"), _("days**"), _("touches**"), _("cost**"), _("won amount")]
    head.append(_("return"))
    table = [head]
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
        _("* won within the label horizon, of leads whose horizon is over;"),
        _("  (null): {share} of the leads, of which nothing tells the channel").format(
            share=_unnamed_share(figures)
        ),
        _(
            "** median to a win; touches by sales, and cost of the channel's campaigns, for each "
            "win;"
        ),
        _("   return: won amount per unit of cost"),
    ]
    if more > 0:
        lines.append(_("  and {count} more channels").format(count=more))
    return lines


def _unnamed_share(figures: Figures) -> str:
    """Give the share of leads in the channel (null)."""
    sources = figures.sources
    unnamed = sources[sources["channel"] == "(null)"]["leads"].sum()
    return percent_text(unnamed / sources["leads"].sum()) if sources["leads"].sum() else _("none")


def campaigns_section(figures: Figures) -> list[str]:
    """Show the campaigns that lost most money to the black hole."""
    campaigns = figures.campaigns
    if campaigns.empty:
        return [nothing(figures, _("Campaigns"), "marts.campaign_performance")]
    shown = campaigns.sort_values(
        ["cost_never_followed_up", "campaign_id"], ascending=[False, True]
    ).head(CAMPAIGNS_SHOWN)
    head = [_("Campaigns"), _("cost"), _("leads"), _("MQLs"), _("SALs"), _("won")]
    table = [[*head, _("cost per MQL"), _("in the black hole"), _("money")]]
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
            _(
                "with {count} more: {cost} spent, {lost} of it on leads that nobody followed up"
            ).format(
                count=more,
                cost=money_text(campaigns["cost"].sum(), codes[0]),
                lost=money_text(lost, codes[0]),
            )
        )
    aimed = campaigns[campaigns["acquisition_cost"].notna()]
    if aimed["cost"].sum() > 0:
        share = aimed["acquisition_cost"].sum() / aimed["cost"].sum()
        lines += wrapped(
            _(
                "{share} spent on acquisition: on people who had asked for nothing before, of "
                "campaigns that somebody answered"
            ).format(share=percent_text(share))
        )
    return lines


def _target(figures: Figures) -> list[str]:
    """Say how many MQLs sales can take a week, and how many arrive."""
    teams = figures.capacity[figures.capacity["target_mqls"].notna()]
    lines = []
    for row in teams[teams["team_id"] == "all"].itertuples():
        words = _("sales can take {target} MQLs a week; {expected} arrive ({low} to {high})")
        lines.append(
            words.format(
                target=count_text(row.target_mqls),
                expected=days_text(row.expected_mqls),
                low=days_text(row.expected_mqls_low),
                high=days_text(row.expected_mqls_high),
            )
        )
    return lines


def goals_section(figures: Figures) -> list[str]:
    """Say how many goals are reached, and how the running month stands."""
    goals = figures.goals
    target = _target(figures)
    if goals.empty:
        lines = [_("none is set for what there is (seeds/campaign_goals.csv)."), *target]
        return [headed("" if number else _("Goals"), line) for number, line in enumerate(lines)]
    lines = []
    ended = goals[goals["is_over"].astype(bool)]
    for scope, words in (
        ("campaign", _("{reached} of {all} goals of campaigns that are over were reached")),
        ("month", _("{reached} of {all} goals of months that are over were reached")),
    ):
        rows = ended[ended["scope"] == scope]
        if not rows.empty:
            reached = int(rows["is_reached"].fillna(value=False).astype(bool).sum())
            lines.append(words.format(reached=reached, all=len(rows)))
    months = goals[goals["scope"] == "month"]
    if not months.empty:
        last = months["month_date"].max()
        standing = [
            _("{metric} {actual} of {goal}").format(
                metric=text(row.metric), actual=count_text(row.actual), goal=count_text(row.goal)
            )
            for row in months[months["month_date"] == last].itertuples()
        ]
        standing_words = _("{month} so far: {standing}")
        lines.append(
            standing_words.format(month=local_date(str(last)[:7]), standing=", ".join(standing))
        )
    lines += target
    return [headed("" if number else _("Goals"), line) for number, line in enumerate(lines)]
