"""Each metric of the semantic layer is the number of the marts and of the summary."""

from __future__ import annotations

import pytest

from lead_funnel.report.figures import open_figures
from tests.dbt_runs import Parsed
from tests.pipeline.demo_company import Company
from tests.pipeline.metric_queries import Metrics

CYCLES = "marts.fct_lead_cycles"
CHANNELS = "marts.source_performance where dimension = 'channel'"
HOLE = "marts.black_hole where dimension = 'all'"
SAID = "marts.fct_handoffs where verdict in ('accepted', 'rejected')"


def of_stage(column: str, stage: str) -> str:
    return f"{column} from marts.funnel_conversion where dimension = 'all' and stage = '{stage}'"


def of_pair(first: str, second: str) -> str:
    return (
        "sum(mature_reached) / sum(mature) from marts.stage_conversion "
        f"where dimension = 'channel' and from_stage = '{first}' and to_stage = '{second}'"
    )


# What each metric is of everything there is, from another mart than the one it reads wherever
# there is one.
EXPECTED = {
    "leads": f"sum(leads) from {CHANNELS}",
    "cycles": of_stage("entered", "inquiry"),
    "mqls": f"sum(mqls) from {CHANNELS}",
    "sals": f"sum(sals) from {CHANNELS}",
    "sqls": f"sum(sqls) from {CHANNELS}",
    "won": f"count(closed_won_at) from {CYCLES} where origin != 'expansion'",
    "won_to_date": f"count(closed_won_at) from {CYCLES} where origin != 'expansion'",
    "mqls_by_cohort": f"sum(mqls) from {CHANNELS}",
    "mql_entries_by_cohort": of_stage("entered", "mql"),
    "wins_by_cohort": of_stage("entered", "closed_won"),
    "mature_cycles": "sum(mature) from marts.funnel_conversion where dimension = 'all'",
    "mature_cycles_for_wins": "sum(mature_for_wins) from marts.funnel_cohorts",
    **{
        f"mature_reached_{stage}": "sum(mature_reached) from marts.stage_conversion "
        f"where dimension = 'segment' and to_stage = '{stage}'"
        for stage in ("mql", "sal", "sql", "closed_won")
    },
    "inquiry_to_mql_rate": of_stage("conversion_rate", "inquiry"),
    "mql_to_sal_rate": of_stage("conversion_rate", "mql"),
    "sal_to_sql_rate": of_stage("conversion_rate", "sal"),
    "sql_to_won_rate": of_stage("conversion_rate", "sql"),
    "mql_to_sql_rate": of_pair("mql", "sql"),
    "mql_to_won_rate": of_pair("mql", "closed_won"),
    "inquiry_to_won_rate": of_pair("inquiry", "closed_won"),
    "median_days_mql_to_sql": "median(extract(epoch from (sql_at - mql_at)) / 86400) "
    f"from {CYCLES} where mql_at < sql_at",
    "leads_in_stage": "count(*) from marts.dim_leads where inquiry_at is not null",
    "campaign_cost": f"sum(cost) from {CHANNELS}",
    **{
        f"campaign_{column}": f"sum({column}) from marts.campaign_performance"
        for column in ("leads", "mqls", "sals", "sqls", "won_amount")
    },
    "campaign_wins": "sum(won) from marts.campaign_performance",
    **{
        f"cost_per_{stage}": f"sum(cost) / sum({count}) from marts.campaign_performance"
        for stage, count in (
            ("lead", "leads"),
            ("mql", "mqls"),
            ("sal", "sals"),
            ("sql", "sqls"),
            ("win", "won"),
        )
    },
    "return_on_cost": "sum(won_amount) / sum(cost) from marts.campaign_performance",
    "cost_never_followed_up": "sum(cost_never_followed_up) from marts.campaign_performance",
    "delivered": "sum(delivered) from marts.response_rates",
    "clicked": "sum(clicked) from marts.response_rates",
    "click_rate": "sum(clicked) / sum(delivered) from marts.response_rates",
    "answered_of_delivered": "sum(answer_rate * delivered) from marts.response_rates",
    "answer_rate": "sum(answer_rate * delivered) / sum(delivered) from marts.response_rates",
    "mature_leads": f"sum(mature_leads) from {CHANNELS}",
    "mature_leads_won": f"sum(mature_won_in_horizon) from {CHANNELS}",
    "close_rate": f"sum(mature_won_in_horizon) / sum(mature_leads) from {CHANNELS}",
    "won_revenue": f"sum(won_amount) from {CHANNELS}",
    "leads_won": f"sum(won) from {CHANNELS}",
    "touches_of_leads": f"sum(sales_touches) from {CHANNELS}",
    "touches_per_win": f"sum(sales_touches) / sum(won) from {CHANNELS}",
    "handoffs": "count(*) from marts.fct_handoffs where was_told",
    "mqls_never_told": f"never_told from {HOLE}",
    "judged_handoffs": f"handoffs from {HOLE}",
    "handoffs_in_black_hole": f"never_followed_up from {HOLE}",
    "black_hole_share": f"black_hole_share from {HOLE}",
    "handoffs_with_verdict": "sum(verdicts) from (select distinct month_date, verdicts "
    "from marts.handoff_feedback where dimension = 'all')",
    **{
        f"handoffs_{verdict}": "sum(handoffs) from marts.handoff_feedback "
        f"where dimension = 'team' and verdict = '{verdict}'"
        for verdict in ("accepted", "rejected")
    },
    "acceptance_share": f"avg(case when verdict = 'accepted' then 1.0 else 0.0 end) from {SAID}",
    "rejection_share": f"avg(case when verdict = 'rejected' then 1.0 else 0.0 end) from {SAID}",
    "handoffs_due": "count(is_service_level_kept) from marts.fct_handoffs",
    "handoffs_in_time": "count(*) from marts.fct_handoffs where is_service_level_kept",
    "service_level_kept_share": "avg(cast(is_service_level_kept as int)) from marts.fct_handoffs",
    "median_speed_to_lead_hours": "median(speed_to_lead_seconds) / 3600 from marts.fct_handoffs",
    "median_speed_to_lead_business_hours": "median(speed_to_lead_business_seconds) / 3600 "
    "from marts.fct_handoffs",
    "deals": "count(*) from marts.fct_opportunities",
    "deals_decided": "count(*) from marts.fct_opportunities where outcome in ('won', 'lost')",
    "deals_won": "count(*) from marts.fct_opportunities where outcome = 'won'",
    "deal_win_rate": "avg(case when outcome = 'won' then 1.0 else 0.0 end) "
    "from marts.fct_opportunities where outcome != 'open'",
    "pipeline_made": "sum(amount) from marts.fct_opportunities",
    "revenue_of_deals": "sum(won_amount) from marts.fct_opportunities",
    "open_deals": "count(*) from marts.fct_opportunities where outcome = 'open'",
    "open_pipeline": "sum(amount) from marts.fct_opportunities where outcome = 'open'",
    **{
        f"revenue_by_{model}": "sum(won_amount) from marts.fct_opportunities"
        for model in ("first_touch", "last_touch", "linear", "removal_effect")
    },
    "pipeline_by_first_touch": "sum(amount) from marts.fct_opportunities",
    "cycles_of_age": "sum(cycles) from marts.funnel_cohort_curves "
    "where dimension = 'all' and reached is not null",
    "reached_by_age": "sum(reached) from marts.funnel_cohort_curves where dimension = 'all'",
    "reached_by_age_share": "sum(reached) / sum(cycles) from marts.funnel_cohort_curves "
    "where dimension = 'all' and reached is not null",
    "leads_still_there": "sum(open) from marts.stage_velocity where dimension = 'all'",
    "stalled_leads": "sum(stalled) from marts.stage_velocity where dimension = 'channel'",
    "stalled_share": "sum(stalled) / sum(open) from marts.stage_velocity where dimension = 'all'",
    "pipeline_told_of": "sum(amount) from marts.fct_opportunities where outcome = 'open'",
    "pipeline_expected_wins": "sum(expected_wins) from marts.pipeline_forecast "
    "where basis = 'forecast'",
    "pipeline_expected_revenue": "sum(expected_amount) from marts.pipeline_forecast "
    "where basis = 'forecast'",
    "pipeline_coverage": "max(open_amount) / sum(expected_amount) from marts.pipeline_forecast "
    "where basis = 'forecast'",
    **{
        f"engage{name}": f"sum({column}) from marts.account_engagement"
        for name, column in (
            ("d_lead_weeks", "engaged_leads"),
            ("ment_events", "events"),
            ("ment_requests", "requests"),
        )
    },
}


@pytest.fixture(scope="module")
def metrics(company: Company, parsed: Parsed) -> Metrics:
    return Metrics(parsed({}).with_name("semantic_manifest.json"), company.db)


def test_each_metric_is_the_number_of_the_marts(metrics: Metrics, company: Company) -> None:
    assert metrics.names == sorted(EXPECTED)
    found = {name: metrics.value(name) for name in EXPECTED}
    expected = {name: company.ask(f"select {sql}")[0][0] for name, sql in EXPECTED.items()}
    # Simulated people answer no message that reached them.
    assert {name for name, value in expected.items() if not value} <= {
        "answered_of_delivered",
        "answer_rate",
    }
    wrong = {
        name: (found[name], value)
        for name, value in expected.items()
        if float(found[name]) != pytest.approx(float(value), rel=1e-9)
    }
    assert wrong == {}


def test_metrics_are_the_numbers_of_the_summary(metrics: Metrics, company: Company) -> None:
    figures = open_figures(company.db)
    try:
        funnel = figures.funnel.set_index("stage")
        holes = figures.black_hole
        sources = figures.sources
    finally:
        figures.con.close()
    assert metrics.value("cycles") == funnel.loc["inquiry", "entered"]
    assert metrics.value("mql_entries_by_cohort") == funnel.loc["mql", "entered"]
    assert metrics.value("mql_to_sal_rate") == pytest.approx(funnel.loc["mql", "conversion_rate"])
    [share] = holes[holes["dimension"] == "all"]["black_hole_share"]
    assert metrics.value("black_hole_share") == pytest.approx(share)
    rates = {
        row["lead__channel"]: row["close_rate"]
        for row in metrics.ask(["close_rate"], ["lead__channel"])
    }
    shown = dict(zip(sources["channel"], sources["close_rate"], strict=True))
    assert rates == pytest.approx(shown)


def test_metrics_by_cut_are_the_rows_of_the_marts(metrics: Metrics, company: Company) -> None:
    rates = {
        (row["cohort__cohort_month__month"].date(), row["cohort__channel"]): row["mql_to_sql_rate"]
        for row in metrics.ask(
            ["mql_to_sql_rate"], ["cohort__cohort_month__month", "cohort__channel"]
        )
    }
    in_mart = company.ask(
        "select cohort_month, dimension_value, conversion_rate from marts.stage_conversion "
        "where dimension = 'channel' and from_stage = 'mql' and to_stage = 'sql'"
    )
    assert len(in_mart) > 50
    assert rates == pytest.approx({(month, channel): rate for month, channel, rate in in_mart})
    accepted = {
        row["cycle__channel"]: row["acceptance_share"]
        for row in metrics.ask(["acceptance_share"], ["cycle__channel"])
        if row["acceptance_share"] is not None
    }
    assert accepted == pytest.approx(
        dict(
            company.ask(
                "select dimension_value, sum(handoffs) filter (where verdict = 'accepted') "
                "/ sum(handoffs) from marts.handoff_feedback where dimension = 'channel' "
                "group by 1"
            )
        )
    )


def test_periods_end_with_their_last_day_and_fiscal_ones_are_there(
    metrics: Metrics, company: Company
) -> None:
    stock = metrics.ask(["leads_in_stage"], ["metric_time__month", "stock_day__stage"])
    [last] = company.ask("select max(date_day) from marts.funnel_daily")
    month = last[0].replace(day=1)
    assert {
        row["stock_day__stage"]: row["leads_in_stage"]
        for row in stock
        if row["metric_time__month"].date() == month
    } == dict(
        company.ask(
            "select stage, stock from marts.funnel_daily "
            "where date_day = (select max(date_day) from marts.funnel_daily)"
        )
    )
    years = metrics.ask(["won", "won_to_date"], ["metric_time__fiscal_year"])
    total = 0
    for row in sorted(years, key=lambda row: str(row["metric_time__fiscal_year"])):
        total += row["won"] or 0
        if row["won"]:
            assert row["won_to_date"] == total
    assert total == metrics.value("won") > 100


def test_saved_queries_answer(metrics: Metrics) -> None:
    names = [query.name for query in metrics.manifest.saved_queries]
    assert len(names) >= 16
    for name in names:
        assert metrics.ask_saved(name), name
