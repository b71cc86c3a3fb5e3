"""Pictures of what brings revenue: channels, campaigns, goals."""

import altair as alt
import pandas as pd

from lead_funnel.language import N_, _
from lead_funnel.report import marks, palette, wording
from lead_funnel.report.drawing import draw
from lead_funnel.report.figures import Figures
from lead_funnel.report.parts import Picture, Table, each
from lead_funnel.words import is_known, text

CHANNELS_SHOWN = 15
CAMPAIGNS_SHOWN = 12
MONTHS_SHOWN = 12
GOALS = {
    "leads": N_("Leads"),
    "mql": N_("MQLs"),
    "sal": N_("SALs"),
    "sql": N_("SQLs"),
    "won": N_("Deals won"),
    "cost_per_lead": N_("Cost per lead"),
    "cost_per_mql": N_("Cost per MQL"),
    "cost_per_sal": N_("Cost per SAL"),
    "cost_per_sql": N_("Cost per SQL"),
    "cost_per_won": N_("Cost per win"),
}
STATES = {
    "reached": (N_("Reached"), palette.ACCENT),
    "missed": (N_("Missed"), palette.WARNING),
    "running": (N_("Running"), palette.CONTEXT),
}


def channels_picture(figures: Figures) -> Picture | None:
    """Draw the close rate of each channel with its interval."""
    sources = figures.sources
    sources = sources[sources["close_rate"].notna()].head(CHANNELS_SHOWN)
    if sources.empty:
        return None
    names = wording.distinct(wording.label(channel) for channel in sources["channel"])
    said = [
        _("{name}: {share}, {part} of {all}").format(
            name=name,
            share=wording.share_with_range(row, "close_rate"),
            part=wording.count(row.mature_won_in_horizon),
            all=wording.count(row.mature_leads),
        )
        for name, row in zip(names, sources.pipe(each), strict=True)
    ]
    notes = [
        _("{share} of {all}").format(
            share=wording.share(row.close_rate), all=wording.count(row.mature_leads)
        )
        for row in sources.pipe(each)
    ]
    title = _("Which channels close?")
    svg = draw(
        marks.dots_of_rates(sources, "channel", "close_rate", names, said, notes),
        "channels",
        title,
        _("One dot with its interval per channel, the best first.") + " " + ". ".join(said) + ".",
        len(names) * marks.ROW,
    )
    table = [[_("Channel"), _("Old enough"), _("Won"), _("Close rate")]]
    for name, row in zip(names, sources.pipe(each), strict=True):
        cells = [wording.count(row.mature_leads), wording.count(row.mature_won_in_horizon)]
        table.append([name, *cells, wording.share_with_range(row, "close_rate")])
    note = _("Share of leads won {within}, of those old enough, with 95 % intervals.").format(
        within=figures.horizon_text
    )
    return Picture(title, note, svg, table)


def returns_picture(figures: Figures) -> Picture | None:
    """Draw revenue and cost of each channel on one axis, with the return as text."""
    sources = figures.sources
    sources = sources[sources["won_amount"].notna() | sources["cost"].notna()]
    sources = sources.sort_values(["won_amount", "channel"], ascending=[False, True])
    sources = sources.head(CHANNELS_SHOWN)
    codes = {*sources["won_currency_code"].dropna(), *sources["cost_currency_code"].dropna()}
    if sources.empty or len(codes) > 1:
        return None
    rows: list[dict[str, object]] = []
    names = wording.distinct(wording.label(channel) for channel in sources["channel"])
    said = []
    table = [[_("Channel"), _("Won revenue"), _("Cost"), _("Return")]]
    for name, row in zip(names, sources.pipe(each), strict=True):
        won = wording.money(row.won_amount, row.won_currency_code)
        cost = wording.money(row.cost, row.cost_currency_code)
        gain = f"{wording.number(row.return_on_cost)} ×" if is_known(row.return_on_cost) else ""
        words = (
            _("{name}: won {won}, cost {cost}, return {gain}")
            if gain
            else _("{name}: won {won}, cost {cost}")
        )
        said.append(words.format(name=name, won=won, cost=cost, gain=gain))
        table.append([name, won, cost, gain or _(wording.UNKNOWN)])
        for part, amount in ((_("Won revenue"), row.won_amount), (_("Cost"), row.cost)):
            if is_known(amount):
                rows.append({"channel": name, "part": part, "amount": amount, "said": said[-1]})
        ends = [amount for amount in (row.won_amount, row.cost) if is_known(amount)]
        rows[-1] |= {"end": max(ends), "note": gain or _("no cost")}
    frame = pd.DataFrame(rows)
    top = float(frame["amount"].max()) * 1.3
    colors = alt.Scale(
        domain=[_("Won revenue"), _("Cost")], range=[palette.ACCENT, palette.WARNING]
    )
    base = alt.Chart(frame).encode(y=alt.Y("channel:N").sort(names).title(None))
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(**marks.amount_axis(next(iter(codes), None), tickCount=4))
    chart = alt.layer(
        base.mark_bar().encode(
            x=alt.X("amount:Q").axis(axis).scale(scale),
            yOffset=alt.YOffset("part:N").sort([_("Won revenue"), _("Cost")]),
            color=alt.Color("part:N").scale(colors),
            description="said:N",
        ),
        base.transform_filter("isValid(datum.note)")
        .mark_text(align="left", dx=5, aria=False)
        .encode(x="end:Q", text="note:N"),
    )
    title = _("What each channel brings and costs")
    svg = draw(
        chart,
        "returns",
        title,
        _("Two bars per channel.") + " " + ". ".join(said) + ".",
        len(names) * 34,
    )
    note = _(
        "All won new business and all campaign costs so far; beside the bars, won for each 1 spent."
    )
    return Picture(title, note, svg, table)


def campaigns_picture(figures: Figures) -> Picture | None:
    """Draw the cost of the dearest campaigns, by whether their leads were followed up."""
    campaigns = figures.campaigns
    campaigns = campaigns[campaigns["cost"].notna() & (campaigns["cost"] > 0)]
    campaigns = campaigns.head(CAMPAIGNS_SHOWN)
    if campaigns.empty or campaigns["cost_currency_code"].nunique() > 1:
        return None
    lost = campaigns["cost_never_followed_up"].fillna(0)
    judged = campaigns["judged_handoffs"] > 0
    frame = pd.DataFrame(
        {
            "campaign": wording.distinct(_campaign(row) for row in campaigns.pipe(each)),
            "lost": lost,
            "worked": (campaigns["cost"] - lost).where(judged, 0),
            "unknown": campaigns["cost"].where(~judged, 0),
        }
    )
    frame["said"] = [
        _("{name}: {cost}, {lost} of it lost").format(
            name=name,
            cost=wording.money(row.cost, row.cost_currency_code),
            lost=wording.money(row.cost_never_followed_up, row.cost_currency_code),
        )
        for name, row in zip(frame["campaign"], campaigns.pipe(each), strict=True)
    ]
    parts = {
        "lost": (_("Never followed up"), palette.WARNING),
        "worked": (_("Worked"), palette.ACCENT),
        "unknown": (_("Too young"), palette.CONTEXT),
    }
    code = campaigns["cost_currency_code"].iloc[0]
    title = _("What the most expensive campaigns cost, and for whom")
    svg = draw(
        marks.stacked(frame, "campaign", parts, dict.fromkeys(parts, "said"), False, code),
        "campaigns",
        title,
        _("One bar per campaign, in parts.") + " " + ". ".join(frame["said"].head(6)) + ".",
        len(frame) * 25,
    )
    table = [[_("Campaign"), _("Cost"), _("Never followed up"), _("Their cost")]]
    for name, row in zip(frame["campaign"], campaigns.pipe(each), strict=True):
        code = row.cost_currency_code
        share = wording.share(row.black_hole_share)
        lost_cost = wording.money(row.cost_never_followed_up, code)
        table.append([name, wording.money(row.cost, code), share, lost_cost])
    note = _("Cost of the campaign, split by whether sales followed up the leads it handed over.")
    return Picture(title, note, svg, table)


def _campaign(row: object) -> str:
    name = getattr(row, "name", None)
    return text(name if is_known(name) else getattr(row, "campaign_id", None))


def goals_pictures(figures: Figures) -> list[Picture]:
    """Draw each month's actual against its goal, one picture per metric with a goal."""
    goals = figures.goals
    goals = goals[(goals["scope"] == "month") & goals["actual"].notna()]
    pictures: list[Picture] = []
    for metric in dict.fromkeys(goals["metric"]):
        rows = goals[goals["metric"] == metric].tail(MONTHS_SHOWN)
        name = _goal(metric)
        frame = pd.DataFrame(
            {
                "month": [wording.month(month) for month in rows["month_date"]],
                "actual": rows["actual"].to_numpy(),
                "goal": rows["goal"].to_numpy(),
                "state": [
                    _state(reached, over)
                    for reached, over in zip(rows["is_reached"], rows["is_over"], strict=True)
                ],
            }
        )
        frame["said"] = [
            _("{name}: {part} of {all}, {state}").format(
                name=row.month,
                part=wording.number(row.actual),
                all=wording.number(row.goal),
                state=wording.inside(str(row.state)),
            )
            for row in frame.pipe(each)
        ]
        colors = alt.Scale(
            domain=[_(state) for state, _color in STATES.values()],
            range=[color for _state, color in STATES.values()],
        )
        base = alt.Chart(frame).encode(x=alt.X("month:O").sort(None).title(None).axis(labelAngle=0))
        chart = alt.layer(
            base.mark_bar().encode(
                y=alt.Y("actual:Q").title(None).axis(tickCount=4, format=",~f"),
                color=alt.Color("state:N").scale(colors),
                description="said:N",
            ),
            base.mark_tick(color=palette.INK, thickness=3, width={"band": 1}, aria=False).encode(
                y="goal:Q"
            ),
        )
        title = _("{name} against the goal").format(name=name)
        key = f"goal-{len(pictures)}"
        svg = draw(
            chart,
            key,
            title,
            _("One bar per month, a line at its goal.")
            + " "
            + ". ".join(frame["said"].tail(6))
            + ".",
            150,
        )
        table = [[_("Month"), name, _("Goal"), _("State")]]
        for row in frame.pipe(each):
            cells = [wording.number(row.actual), wording.number(row.goal), str(row.state)]
            table.append([str(row.month), *cells])
        note = _("Entered in the month; the line is the goal.")
        pictures.append(Picture(title, note, svg, table))
    return pictures


def _state(is_reached: bool, is_over: bool) -> str:
    name, _color = STATES["reached" if is_reached else "missed" if is_over else "running"]
    return _(name)


def _goal(metric: object) -> str:
    return _(GOALS[str(metric)]) if str(metric) in GOALS else wording.label(metric)


def sources_table(figures: Figures) -> Table:
    """Lay out what each channel takes and brings."""
    table = [[_("Channel"), _("Leads"), _("Won"), _("Days to win"), _("Touches per win")]]
    table[0] += [_("Cost per lead"), _("per MQL"), _("per SAL"), _("per win")]
    for row in figures.sources.head(25).pipe(each):
        code = row.cost_currency_code
        costs = (row.cost_per_lead, row.cost_per_mql, row.cost_per_sal, row.cost_per_win)
        table.append(
            [
                wording.label(row.channel),
                wording.count(row.leads),
                wording.count(row.won),
                _or_dash(row.median_days_to_win, wording.days(row.median_days_to_win)),
                _or_dash(row.sales_touches_per_win, wording.number(row.sales_touches_per_win)),
                *(_or_dash(cost, wording.money(cost, code)) for cost in costs),
            ]
        )
    return table


def campaigns_table(figures: Figures) -> Table:
    """Lay out the dearest campaigns."""
    table = [
        [_("Campaign"), _("Cost"), _("Leads"), _("MQLs"), _("SALs"), _("Won"), _("Cost per MQL")]
    ]
    for row in figures.campaigns.head(CAMPAIGNS_SHOWN).pipe(each):
        code = row.cost_currency_code
        table.append(
            [
                _campaign(row),
                _or_dash(row.cost, wording.money(row.cost, code)),
                *(wording.count(value) for value in (row.leads, row.mqls, row.sals, row.won)),
                _or_dash(row.cost_per_mql, wording.money(row.cost_per_mql, code)),
            ]
        )
    return table


def goals_table(figures: Figures) -> Table:
    """Lay out the goals of campaigns, one row per campaign and metric."""
    goals = figures.goals
    goals = goals[goals["scope"] == "campaign"]
    table = [[_("Campaign"), _("Of"), _("Goal"), _("Came"), _("State")]]
    for row in goals.pipe(each):
        is_reached = is_known(row.is_reached) and bool(row.is_reached)
        state = _state(is_reached, bool(row.is_over))
        numbers = [wording.number(row.goal), wording.number(row.actual)]
        table.append([text(row.campaign_id), _goal(row.metric), *numbers, state])
    return table


def _or_dash(value: object, written: str) -> str:
    return written if is_known(value) else "–"
