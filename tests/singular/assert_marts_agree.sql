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
        cast(({{ sides[1] }}) as double) as other

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from pairs
where coalesce(one, 0) != coalesce(other, 0)
