{# One word, one number: what two marts count under one name is equal. Leads, cycles,
   handoffs and MQLs are four words; docs/glossary.md says what each is. #}
{% set inquiries = "(select * from " ~ ref('funnel_conversion') ~ " where dimension = 'all')" %}
{% set sources = "(select * from " ~ ref('source_performance') ~ " where dimension = 'channel') as cut" %}
{% set pairs = {
    'leads by source': [
        "select sum(leads) from " ~ sources,
        "select count(*) from " ~ ref('dim_leads') ~ " where inquiry_at is not null",
    ],
    'leads by cycle': [
        "select count(distinct lead_key) from " ~ ref('fct_lead_cycles'),
        "select count(*) from " ~ ref('dim_leads') ~ " where inquiry_at is not null",
    ],
    'leads of companies': [
        "select sum(leads) from " ~ ref('dim_accounts'),
        "select count(*) from " ~ ref('dim_leads')
        ~ " where inquiry_at is not null and account_key is not null",
    ],
    'leads of campaigns': [
        "select sum(leads) from " ~ ref('campaign_performance'),
        "select count(*) from " ~ ref('dim_leads')
        ~ " where inquiry_at is not null and first_campaign_id is not null",
    ],
    'cycles': [
        "select entered from " ~ inquiries ~ " as cut where stage = 'inquiry'",
        "select count(*) from " ~ ref('fct_lead_cycles'),
    ],
    'entries to mql': [
        "select entered from " ~ inquiries ~ " as cut where stage = 'mql'",
        "select count(*) from " ~ ref('fct_handoffs'),
    ],
    'mqls by source': [
        "select sum(mqls) from " ~ sources,
        "select count(marketing_mql_at) from " ~ ref('fct_lead_cycles'),
    ],
    'mqls by week': [
        "select sum(mqls) from " ~ ref('mql_targets') ~ " where team_id = 'all'",
        "select count(marketing_mql_at) from " ~ ref('fct_lead_cycles'),
    ],
    'mqls by team': [
        "select sum(mqls) from " ~ ref('mql_targets') ~ " where team_id != 'all'",
        "select count(marketing_mql_at) from " ~ ref('fct_lead_cycles'),
    ],
    'mqls by cohort': [
        "select sum(entered - implied) from " ~ ref('funnel_cohorts')
        ~ " where stage = 'mql' and origin = 'marketing'",
        "select count(marketing_mql_at) from " ~ ref('fct_lead_cycles'),
    ],
    'mqls of handoffs': [
        "select count(*) from " ~ ref('fct_handoffs')
        ~ " where origin = 'marketing' and not is_implied",
        "select count(marketing_mql_at) from " ~ ref('fct_lead_cycles'),
    ],
    'mqls of campaigns': [
        "select sum(mqls) from " ~ ref('campaign_performance'),
        "select sum(entered - implied) from " ~ ref('funnel_cohorts')
        ~ " where stage = 'mql' and origin = 'marketing' and campaign_id != '(null)'",
    ],
    'leads won': [
        "select sum(won) from " ~ sources,
        "select count(distinct lead_key) from " ~ ref('fct_lead_cycles')
        ~ " where closed_won_at is not null and origin != 'expansion'",
    ],
    'cycles that stand in an open stage': [
        "select sum(open) from " ~ inquiries ~ " as cut where stage != 'closed_won'",
        "select count(*) from " ~ ref('fct_lead_cycles') ~ " where outcome = 'open'",
    ],
    'entries that are open or that a colleague closed': [
        "select sum(1000 * open + won_by_colleague) from " ~ ref('stage_velocity')
        ~ " where dimension = 'team'",
        "select sum(1000 * open + won_by_colleague) from " ~ inquiries
        ~ " as cut where stage != 'closed_won'",
    ],
    'cycles that a colleague closed': [
        "select sum(won_by_colleague) from " ~ inquiries ~ " as cut",
        "select count(*) from " ~ ref('fct_lead_cycles') ~ " where outcome = 'won_by_colleague'",
    ],
    'expired cycles': [
        "select sum(expired) from " ~ inquiries ~ " as cut",
        "select count(*) from " ~ ref('fct_lead_cycles') ~ " where outcome = 'expired'",
    ],
    'cost': [
        "select round(sum(cost), 2) from " ~ sources,
        "select round(sum(cost), 2) from " ~ ref('campaign_performance'),
    ],
    'cost by currency': [
        "select round(sum(converted_amount), 2) from " ~ ref('amounts_by_currency')
        ~ " where kind = 'cost'",
        "select round(sum(cost), 2) from " ~ ref('campaign_performance'),
    ],
    'open pipeline': [
        "select sum(entries) from " ~ ref('amounts_by_currency') ~ " where kind = 'open_pipeline'",
        "select count(*) from " ~ ref('opportunities') ~ " where closed_as is null",
    ],
    'won amount of new business': [
        "select round(sum(won_amount), 2) from " ~ sources,
        "select round(sum(won_amount), 2) from " ~ ref('source_performance')
        ~ " where dimension = 'lead_source'",
    ],
    'judged handoffs': [
        "select handoffs from " ~ ref('black_hole') ~ " where dimension = 'all'",
        "select count(*) from " ~ ref('fct_handoffs') ~ " where is_judged",
    ],
    'mqls that nobody was told of': [
        "select never_told from " ~ ref('black_hole') ~ " where dimension = 'all'",
        "select count(*) from " ~ ref('fct_handoffs')
        ~ " where not was_told and exists (select 1 from " ~ ref('black_hole') ~ ")",
    ],
    'handoffs in the black hole': [
        "select never_followed_up from " ~ ref('black_hole') ~ " where dimension = 'all'",
        "select count(*) from " ~ ref('fct_handoffs') ~ " where is_judged and is_in_black_hole",
    ],
    'cycles that passed from one stage to the next': [
        "select sum(100 * mature_advanced + advanced) from " ~ inquiries ~ " as cut where stage != 'closed_won'",
        "select sum(100 * mature_reached + reached) from " ~ ref('stage_conversion')
        ~ " where dimension = 'all' and pair_order in (11, 22, 33, 44)",
    ],
    'cycles won by now': [
        "select sum(reached) from " ~ ref('stage_conversion')
        ~ " where dimension = 'team' and from_stage = 'inquiry' and to_stage = 'closed_won'",
        "select count(closed_won_at) from " ~ ref('fct_lead_cycles'),
    ],
} %}
{# Marts that were made of others, against what they were made of. #}
{% set week = "(select max(week_date) as first_day from " ~ ref('what_changed') ~ ") as week" %}
{% set last_year = "cross join " ~ ref('clock') ~ " as clock where moment <= clock.as_of and "
    ~ days_between('moment', 'clock.as_of') ~ " < 360" %}
{# Each deal is rounded to cents in fct_opportunities. #}
{% set deal_cents = "(select 0.005 * count(*) + 0.001 from " ~ ref('fct_opportunities')
    ~ " where outcome = 'open')" %}
{% do pairs.update({
    'cycles of each cut of stage_conversion': [
        "select min(cycles) from (select sum(entered + mature) as cycles from "
        ~ ref('stage_conversion') ~ " group by dimension) as cuts",
        "select max(cycles) from (select sum(entered + mature) as cycles from "
        ~ ref('stage_conversion') ~ " group by dimension) as cuts",
    ],
    'cycles of funnel_reach': [
        "select sum(cycles) from " ~ ref('funnel_reach')
        ~ " where dimension = 'month' and stage = 'inquiry'",
        "select count(*) from " ~ ref('fct_lead_cycles'),
    ],
    'cycles of the cohort curves': [
        "select sum(cycles) from " ~ ref('funnel_cohort_curves')
        ~ " where dimension = 'channel' and stage = 'mql' and age_weeks = 0",
        "select count(*) from " ~ ref('fct_lead_cycles'),
    ],
    'stalled leads': [
        "select sum(stalled) from " ~ ref('stage_velocity') ~ " where dimension = 'team'",
        "select sum(stalled) from " ~ ref('stage_velocity') ~ " where dimension = 'all'",
    ],
    'judged handoffs by month': [
        "select sum(handoffs) from " ~ ref('black_hole')
        ~ " where dimension = 'month' and month_date is not null",
        "select count(*) from " ~ ref('fct_handoffs') ~ " where is_judged",
    ],
    'verdicts of sales': [
        "select sum(handoffs) from " ~ ref('handoff_feedback') ~ " where dimension = 'team'",
        "select count(*) from " ~ ref('fct_handoffs')
        ~ " where verdict in ('accepted', 'rejected')",
    ],
    'service level of the maturity': [
        "select share from " ~ ref('lead_management_maturity')
        ~ " where criterion = 'service_level_is_kept'",
        "select avg(cast(cast(is_service_level_kept as int) as double)) from "
        ~ ref('fct_handoffs'),
    ],
    'counts of the week by channel': [
        "select sum(this_week) from " ~ ref('what_changed')
        ~ " where kind = 'count' and dimension = 'channel'",
        "select sum(cycles + mqls + sals + sqls + won) from " ~ ref('funnel_periods')
        ~ " as periods inner join " ~ ref('calendar_days')
        ~ " as days on periods.date_day = days.date_day inner join " ~ week
        ~ " on days.week_date = week.first_day",
    ],
    'verdicts of the week': [
        "select week_cases from " ~ ref('what_changed')
        ~ " where metric = 'acceptance_share' and dimension = 'all'",
        "select count(*) from " ~ ref('fct_handoffs') ~ " as handoffs inner join "
        ~ ref('calendar_days') ~ " as days on days.date_day = cast("
        ~ reporting_time('handoffs.verdict_at') ~ " as date) inner join " ~ week
        ~ " on days.week_date = week.first_day"
        ~ " where handoffs.verdict in ('accepted', 'rejected')",
    ],
    'leads of the headlines': [
        "select sum(counted) from " ~ ref('headline_figures')
        ~ " where metric = 'leads' and span_days = 30",
        "select count(*) from (select inquiry_at as moment from " ~ ref('fct_lead_cycles')
        ~ " where cycle_number = 1) as leads " ~ last_year,
    ],
    'mqls of the headlines': [
        "select sum(counted) from " ~ ref('headline_figures')
        ~ " where metric = 'mqls' and span_days = 30",
        "select count(*) from (select marketing_mql_at as moment from " ~ ref('fct_lead_cycles')
        ~ ") as mqls " ~ last_year,
    ],
    'handoffs of the headlines in the black hole': [
        "select sum(counted) from " ~ ref('headline_figures')
        ~ " where metric = 'black_hole' and span_days = 30",
        "select count(*) from (select handoff_at as moment from " ~ ref('fct_handoffs')
        ~ " where is_judged and is_in_black_hole) as handoffs " ~ last_year,
    ],
    'deals of companies': [
        "select sum(1000 * open_deals + won_deals) from " ~ ref('dim_accounts'),
        "select sum(case outcome when 'open' then 1000 when 'won' then 1 else 0 end) from "
        ~ ref('fct_opportunities') ~ " where account_key in (select account_key from "
        ~ ref('dim_accounts') ~ ")",
    ],
    'open pipeline in money': [
        "select sum(converted_amount) from " ~ ref('amounts_by_currency')
        ~ " where kind = 'open_pipeline'",
        "select sum(amount) from " ~ ref('fct_opportunities') ~ " where outcome = 'open'",
        deal_cents,
    ],
    'open pipeline of the last day': [
        "select sum(open_amount) from " ~ ref('pipeline_daily')
        ~ " where date_day = (select max(date_day) from " ~ ref('pipeline_daily') ~ ")",
        "select sum(amount) from " ~ ref('fct_opportunities') ~ " where outcome = 'open'",
        deal_cents,
    ],
    'open pipeline of the forecast': [
        "select max(open_amount) from " ~ ref('pipeline_forecast')
        ~ " where basis = 'forecast'",
        "select sum(amount) from " ~ ref('fct_opportunities') ~ " where outcome = 'open'",
        deal_cents,
    ],
}) %}
{% do pairs.update({
    'cost of acquisition': [
        "select sum(acquisition_cost) from " ~ sources,
        "select sum(acquisition_cost) from " ~ ref('campaign_performance'),
        "0.005 * (select count(*) + 1 from " ~ ref('campaign_performance') ~ ")",
    ],
    'costs without a rate': [
        "select sum(costs_left_out) from " ~ sources,
        "select sum(costs_left_out) from " ~ ref('campaign_performance'),
    ],
    'cost in attribution': [
        "select sum(cost) from " ~ ref('attribution') ~ " where model = 'linear' and level = 'account'",
        "select sum(cost) from " ~ ref('campaign_performance'),
        "0.005 * (select count(*) + 1 from " ~ ref('stg_raw__campaign_costs') ~ ")",
    ],
    'mqls in attribution': [
        "select sum(mqls) from " ~ ref('attribution') ~ " where model = 'linear' and level = 'account'",
        "select count(marketing_mql_at) from " ~ ref('fct_lead_cycles'),
        "0.001",
    ],
    'won revenue in attribution': [
        "select sum(won_amount) from " ~ ref('attribution')
        ~ " where model = 'linear' and level = 'account'",
        "select sum(won_amount) from " ~ ref('fct_opportunities'),
        "0.001",
    ],
    'won revenue of companies': [
        "select sum(won_amount) from " ~ ref('dim_accounts'),
        "select sum(won_amount) from " ~ ref('fct_opportunities') ~ " where account_key is not null",
        "(select 0.01 * count(*) + 0.001 from " ~ ref('fct_opportunities')
        ~ " where outcome = 'won')",
    ],
    'open deals of the last day': [
        "select sum(open_deals) from " ~ ref('pipeline_daily')
        ~ " where date_day = (select max(date_day) from " ~ ref('pipeline_daily') ~ ")",
        "select count(*) from " ~ ref('fct_opportunities') ~ " where outcome = 'open'",
    ],
    'open deals of the forecast': [
        "select max(open_deals) from " ~ ref('pipeline_forecast') ~ " where basis = 'forecast'",
        "select count(*) from " ~ ref('fct_opportunities') ~ " where outcome = 'open'",
    ],
    'open deals of companies': [
        "select sum(open_deals) from " ~ ref('dim_accounts'),
        "select count(*) from " ~ ref('fct_opportunities')
        ~ " where outcome = 'open' and account_key is not null",
    ],
    'handoffs that cost': [
        "select max(never_followed_up) from " ~ ref('black_hole_cost') ~ " where dimension = 'all'",
        "select case when count(costs.dimension) > 0 then max(holes.never_followed_up) end from "
        ~ ref('black_hole') ~ " as holes left join " ~ ref('black_hole_cost')
        ~ " as costs on holes.dimension = costs.dimension where holes.dimension = 'all'",
    ],
    'departures of the curves': [
        "select sum(departed) from " ~ ref('stage_velocity_curves'),
        "select sum(departed) from " ~ ref('stage_velocity'),
    ],
    'entries of the days': [
        "select sum(entered) from " ~ ref('funnel_daily')
        ~ " where stage in ('inquiry', 'mql', 'sal', 'sql', 'closed_won')",
        "select sum(entered) from " ~ inquiries ~ " as cut",
    ],
    'entries by pair of stages': [
        "select sum(1000 * entered + mature) from " ~ ref('stage_conversion')
        ~ " where dimension = 'channel' and pair_order in (11, 22, 33, 44)",
        "select sum(1000 * entered + mature) from " ~ inquiries
        ~ " as cut where stage != 'closed_won'",
    ],
    'scores of routable leads': [
        "select sum(100 * coalesce(probability, 0) + score + points_total + coalesce(expected_value, 0)) from "
        ~ ref('routable_leads'),
        "select sum(100 * coalesce(scores.probability, 0) + scores.score + scores.points_total + coalesce(scores.expected_value, 0)) from "
        ~ ref('lead_scores') ~ " as scores inner join " ~ ref('routable_leads')
        ~ " as routable on scores.lead_key = routable.lead_key",
        "0.001",
    ],
    'scores of assigned leads': [
        "select sum(score + priority_rank) from " ~ ref('lead_assignments'),
        "select sum(scores.score + scores.priority_rank) from " ~ ref('lead_scores')
        ~ " as scores inner join " ~ ref('lead_assignments')
        ~ " as assigned on scores.lead_key = assigned.lead_key",
    ],
    'order of routable leads': [
        "select sum(assigned_rank) from " ~ ref('routable_leads'),
        "select sum(assigned.assigned_rank) from " ~ ref('lead_assignments')
        ~ " as assigned inner join " ~ ref('routable_leads')
        ~ " as routable on assigned.lead_key = routable.lead_key",
    ],
    'leads won of campaigns': [
        "select sum(won) from " ~ ref('campaign_performance'),
        "select count(distinct cycles.lead_key) from " ~ ref('fct_lead_cycles')
        ~ " as cycles inner join " ~ ref('dim_leads')
        ~ " as leads on cycles.lead_key = leads.lead_key"
        ~ " where cycles.new_business_won_at is not null and leads.first_campaign_id is not null",
    ],
}) %}
{% for count in [
    'entered', 'implied', 'advanced', 'lost', 'recycled', 'disqualified', 'expired',
    'won_by_colleague', 'open', 'mature', 'mature_advanced',
] %}
    {% do pairs.update({
        count ~ ' of the cohorts': [
            "select sum(" ~ count ~ ") from " ~ ref('funnel_cohorts'),
            "select sum(" ~ count ~ ") from " ~ ref('funnel_conversion')
            ~ " where dimension = 'channel, segment'",
        ],
    }) %}
{% endfor %}
{% for count, column in {
    'leads': 'case when cycle_number = 1 then 1 end',
    'cycles': 'cycle_number',
    'mqls': 'marketing_mql_at',
    'sals': "case when origin = 'marketing' then sal_at end",
    'sqls': "case when origin = 'marketing' then sql_at end",
    'won': "case when origin != 'expansion' then closed_won_at end",
}.items() %}
    {% do pairs.update({
        count ~ ' by period': [
            "select sum(" ~ count ~ ") from " ~ ref('funnel_periods'),
            "select count(" ~ column ~ ") from " ~ ref('fct_lead_cycles'),
        ],
    }) %}
{% endfor %}
{% for stage, count in {
    'inquiry': 'leads', 'mql': 'mqls', 'sal': 'sals', 'sql': 'sqls', 'closed_won': 'won',
}.items() %}
    {% for dimension, whole in {
        'campaign': ref('campaign_performance'),
        'channel': sources,
        'month': ref('funnel_periods'),
    }.items() %}
        {% do pairs.update({
            'owners of ' ~ stage ~ ' by ' ~ dimension: [
                "select coalesce(sum(counted), 0) from " ~ ref('stage_owner_results')
                ~ " where dimension = '" ~ dimension ~ "' and stage = '" ~ stage ~ "'",
                "select coalesce(sum(" ~ count ~ "), 0) from " ~ whole,
            ],
        }) %}
    {% endfor %}
{% endfor %}
{% for metric, count in {
    'leads': 'case when cycle_number = 1 then 1 end',
    'mql': 'marketing_mql_at',
    'sal': "case when origin = 'marketing' then sal_at end",
    'sql': "case when origin = 'marketing' then sql_at end",
    'won': "case when origin != 'expansion' then closed_won_at end",
}.items() %}
    {% do pairs.update({
        'goals of every month: ' ~ metric: [
            "select sum(actual) from " ~ ref('goal_progress')
            ~ " where scope = 'month' and metric = '" ~ metric ~ "'",
            "select case when max(goals.set_goals) > 0 then count(" ~ count ~ ") end from "
            ~ ref('fct_lead_cycles') ~ " cross join (select count(*) as set_goals from "
            ~ ref('goal_progress') ~ " where scope = 'month' and metric = '" ~ metric
            ~ "') as goals",
        ],
    }) %}
{% endfor %}

with

pairs as (

    {% for name, sides in pairs.items() %}
    select
        '{{ name }}' as figure,
        cast(({{ sides[0] }}) as double) as one,
        cast(({{ sides[1] }}) as double) as other,
        cast({{ sides[2] | default('0.000001') }} as double) as tolerance

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from pairs
where abs(coalesce(one, 0) - coalesce(other, 0)) > tolerance
