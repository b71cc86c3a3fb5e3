"""Counts under filters, from facts and from the counts that add up; rates are their quotients.

Without filters each of them is the number of the mart that is named beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lead_funnel.dashboard.filters import UNKNOWN, Filters
from lead_funnel.report.figures import Figures
from ml.judge.policy import wilson

COHORT_COLUMNS = {
    "month": "cohort_month",
    "team": "team_id",
    "channel": "channel",
    "segment": "segment",
    "country": "country_code",
}
PASS_COLUMNS = {name: f"dimensions.{column}" for name, column in COHORT_COLUMNS.items()}
FATES = ("advanced", "lost", "recycled", "disqualified", "expired", "won_by_colleague", "open")
CUTS = {
    "month": "cohort_month",
    "channel": "channel",
    "lead_source": "lead_source",
    "campaign": "campaign_id",
    "persona": "persona",
    "segment": "segment",
    "country": "country_code",
    "team": "team_id",
    "origin": "origin",
    "stage_owner": "stage_owner",
}
"""What the funnel can be cut by, and the column of `funnel_cohorts`."""

# A handoff is one of a cycle: what both are cut by is said once.
HANDOFFS = """
    from marts.fct_handoffs as handoffs
    inner join marts.cycle_dimensions as dimensions
        on
            handoffs.lead_key = dimensions.lead_key
            and handoffs.cycle_number = dimensions.cycle_number
"""
HANDOFF_COLUMNS = {
    **PASS_COLUMNS,
    "month": "handoffs.handoff_at",
    "team": "handoffs.team_id",
}
HANDOFF_CUTS = {
    "team": "handoffs.team_id",
    "month": "cast(date_trunc('month', handoffs.handoff_at) as date)",
    "channel": "dimensions.channel",
    "segment": "dimensions.segment",
    "country": "dimensions.country_code",
    "campaign": "dimensions.campaign_id",
    "score_band": "handoffs.score_band",
    "cause": "handoffs.black_hole_cause",
}
HANDOFF_NEEDS = {
    "marts.fct_handoffs": ["lead_key", "cycle_number", "handoff_at", "team_id", "score_band"]
    + ["is_judged", "is_in_black_hole", "black_hole_cause", "was_told", "verdict"]
    + ["speed_to_lead_business_seconds", "is_service_level_kept"],
    "marts.cycle_dimensions": ["lead_key", "cycle_number", "channel", "segment", "country_code"]
    + ["campaign_id"],
}
DEAL_COLUMNS = {
    "channel": "deals.first_touch_channel",
    "segment": "accounts.segment",
    "country": "accounts.country_code",
}


def with_rate(rows: pd.DataFrame, hits: str, trials: str, name: str) -> pd.DataFrame:
    """Add a rate and its interval (Wilson, 95 %): ``name``, ``name_low``, ``name_high``."""
    rates: list[tuple[float | None, float | None, float | None]] = []
    for hit, trial in zip(rows[hits], rows[trials], strict=True):
        rate = hit / trial if trial else None
        rates.append((None, None, None) if rate is None else (rate, *wilson(rate, trial)))
    result = rows.copy()
    result[[name, f"{name}_low", f"{name}_high"]] = np.array(rates, dtype=float).reshape(-1, 3)
    return result


def query(
    figures: Figures, needs: Mapping[str, Sequence[str]], sql: str, given: Sequence[object]
) -> pd.DataFrame | None:
    """Ask the copy, or give None where it lacks a table or a column."""
    # All are asked, so that all that is missing is named.
    if not all([figures.has(table, columns) for table, columns in needs.items()]):
        return None
    return figures.con.execute(sql, list(given)).df()


def funnel(figures: Figures, filters: Filters, cuts: Sequence[str] = ()) -> pd.DataFrame:
    """Count who entered each stage and what became of them (`funnel_conversion`).

    Returns
    -------
    pandas.DataFrame
        The columns that it is cut by, stage, counts and `conversion_rate` with its interval.
    """
    columns = [CUTS[cut] for cut in cuts]
    counts = ["entered", *FATES, "mature", "mature_advanced"]
    condition, given = filters.condition(COHORT_COLUMNS)
    grouped = ", ".join([*columns, "stage", "stage_order"])
    sums = ", ".join(f"cast(sum({name}) as bigint) as {name}" for name in counts)
    rows = query(
        figures,
        {"marts.funnel_cohorts": [*COHORT_COLUMNS.values(), *columns, "stage", *counts]},
        f"select {grouped}, {sums} from marts.funnel_cohorts where {condition} "  # noqa: S608
        f"group by {grouped} order by {', '.join([*columns, 'stage_order'])}",
        given,
    )
    if rows is None:
        return pd.DataFrame(columns=[*columns, "stage", *counts])
    rows = with_rate(rows, "mature_advanced", "mature", "conversion_rate")
    # Nothing comes after closed won.
    rates = [name for name in rows if str(name).startswith("conversion_rate")]
    rows.loc[rows["stage"] == "closed_won", rates] = float("nan")
    order = ["entered", "advanced", *rates, "open", *FATES[1:-1], "mature", "mature_advanced"]
    return rows[[*columns, "stage", *order]]


def black_hole(figures: Figures, filters: Filters, cut: str | None = None) -> pd.DataFrame:
    """Count handoffs old enough to judge and those nobody followed up (`black_hole`).

    Returns
    -------
    pandas.DataFrame
        ``value`` of the cut if there is one, handoffs, never_followed_up, `black_hole_share` with
        its interval, mean hours of business to the first touch, share of service levels kept.
    """
    value = f"coalesce(cast({HANDOFF_CUTS[cut]} as varchar), '{UNKNOWN}')" if cut else "'all'"
    condition, given = filters.condition(HANDOFF_COLUMNS)
    rows = query(
        figures,
        HANDOFF_NEEDS,
        f"""
        select
            {value} as value,
            count(*) as handoffs,
            count(*) filter (where handoffs.is_in_black_hole) as never_followed_up,
            avg(handoffs.speed_to_lead_business_seconds) / 3600 as hours_to_touch,
            count(*) filter (where handoffs.is_service_level_kept) as kept,
            count(handoffs.is_service_level_kept) as service_levels
        {HANDOFFS}
        where handoffs.is_judged and {condition}
        group by 1
        order by 1
        """,  # noqa: S608
        given,
    )
    if rows is None:
        return pd.DataFrame(columns=["value", "handoffs", "never_followed_up"])
    rows = with_rate(rows, "never_followed_up", "handoffs", "black_hole_share")
    rows["service_level_kept"] = rows["kept"] / rows["service_levels"].replace(0, float("nan"))
    return rows.drop(columns=["kept", "service_levels"])


def never_told(figures: Figures, filters: Filters) -> int:
    """Count MQLs that sales was never told about."""
    condition, given = filters.condition(HANDOFF_COLUMNS)
    rows = query(
        figures,
        HANDOFF_NEEDS,
        f"select count(*) as leads {HANDOFFS} where not handoffs.was_told and {condition}",  # noqa: S608
        given,
    )
    return 0 if rows is None else int(rows["leads"].item())


def deals(figures: Figures, filters: Filters) -> pd.DataFrame:
    """Sum deals by the channel of the first touch (`fct_opportunities`).

    The period is the month in which a deal ended, or was made if it is open. Amounts are in
    the reporting currency.
    """
    columns = {**DEAL_COLUMNS, "month": "coalesce(deals.ended_at, deals.created_at)"}
    condition, given = filters.condition(columns)
    rows = query(
        figures,
        {
            "marts.fct_opportunities": ["account_key", "first_touch_channel", "outcome"]
            + ["created_at", "ended_at", "amount", "won_amount", "currency_code"],
            "marts.dim_accounts": ["account_key", "segment", "country_code"],
        },
        f"""
        select
            coalesce(deals.first_touch_channel, '{UNKNOWN}') as channel,
            count(*) as deals,
            count(*) filter (where deals.outcome = 'open') as open_deals,
            sum(deals.amount) filter (where deals.outcome = 'open') as open_amount,
            count(*) filter (where deals.outcome = 'won') as won_deals,
            sum(deals.won_amount) as won_amount,
            max(deals.currency_code) as currency_code
        from marts.fct_opportunities as deals
        left join marts.dim_accounts as accounts on deals.account_key = accounts.account_key
        where {condition}
        group by 1
        order by won_amount desc nulls last, channel
        """,  # noqa: S608
        given,
    )
    columns_of_none = ["channel", "deals", "open_deals", "open_amount", "won_deals", "won_amount"]
    return pd.DataFrame(columns=columns_of_none) if rows is None else rows


def of_leads(figures: Figures, filters: Filters, table: str, *columns: str) -> pd.DataFrame:
    """Count the rows of a table of leads, by columns, the commonest first.

    Filters narrow by the present cycle of each lead.
    """
    named = ", ".join(f"rows_of.{name}" for name in columns)
    condition, given = filters.condition(PASS_COLUMNS)
    rows = query(
        figures,
        {
            table: ["lead_key", *columns],
            "marts.fct_lead_cycles": ["lead_key", "cycle_number", "is_current"],
            "marts.cycle_dimensions": ["lead_key", "cycle_number", *COHORT_COLUMNS.values()],
        },
        f"""
        select {named}, count(*) as rows
        from {table} as rows_of
        left join marts.fct_lead_cycles as cycles
            on rows_of.lead_key = cycles.lead_key and cycles.is_current
        left join marts.cycle_dimensions as dimensions
            on
                cycles.lead_key = dimensions.lead_key
                and cycles.cycle_number = dimensions.cycle_number
        where {condition}
        group by {named}
        order by rows desc, {named}
        """,  # noqa: S608
        given,
    )
    return pd.DataFrame(columns=[*columns, "rows"]) if rows is None else rows


ATTRIBUTION_COLUMNS = {"month": "month_date", "channel": "channel"}


def attribution(
    figures: Figures, filters: Filters, model: str, level: str, by: str
) -> pd.DataFrame:
    """Sum what an attribution model gives each channel, campaign or piece (`attribution`)."""
    condition, given = filters.condition(ATTRIBUTION_COLUMNS)
    column = {"channel": "channel", "campaign": "campaign_id", "content": "content_id"}[by]
    measures = ["mqls", "deals", "pipeline_amount", "won_deals", "won_amount", "cost"]
    sums = ", ".join(f"sum({name}) as {name}" for name in measures)
    sums += ", max(currency_code) as currency_code"
    read = [column, "model", "level", "month_date", "channel", "currency_code", *measures]
    rows = query(
        figures,
        {"marts.attribution": read},
        f"select coalesce({column}, '{UNKNOWN}') as {by}, {sums} from marts.attribution "  # noqa: S608
        f"where model = ? and level = ? and {condition} "
        "group by 1 order by won_amount desc nulls last, 1",
        [model, level, *given],
    )
    return pd.DataFrame(columns=[by, *measures]) if rows is None else rows


ACCOUNT_COLUMNS = {
    "channel": "first_touch_channel",
    "segment": "segment",
    "country": "country_code",
}


def accounts(figures: Figures, filters: Filters, without_deal: bool) -> pd.DataFrame:
    """List accounts (`dim_accounts`), the most engaged first.

    Parameters
    ----------
    without_deal : bool
        Only those with engaged leads, no open deal and no purchase: nobody sells to them yet.
    """
    shown = ["account_key", "domain", "industry", "segment", "country_code", "leads"]
    shown += ["engaged_leads_90d", "open_leads", "open_deals", "open_pipeline_amount"]
    shown += ["won_deals", "won_amount", "currency_code", "first_touch_channel"]
    condition, given = filters.condition(ACCOUNT_COLUMNS)
    if without_deal:
        condition += " and engaged_leads_90d > 0 and open_deals = 0 and not is_customer"
    rows = query(
        figures,
        {"marts.dim_accounts": [*shown, "is_customer"]},
        f"select {', '.join(shown)} from marts.dim_accounts where {condition} "  # noqa: S608
        "order by engaged_leads_90d desc, open_leads desc, account_key limit 500",
        given,
    )
    return pd.DataFrame(columns=shown) if rows is None else rows
