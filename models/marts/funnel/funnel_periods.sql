{# By period: what was entered on a day, of whichever cohort. Counts only, which add up; by
   cohort they are in funnel_cohorts. Each count is of one stage, and in the row of who owns that. #}
{% set moments = {
    'leads': 'case when cycles.cycle_number = 1 then cycles.inquiry_at end',
    'cycles': 'cycles.started_at',
    'mqls': 'cycles.marketing_mql_at',
    'sals': 'cycles.marketing_sal_at',
    'sqls': 'cycles.marketing_sql_at',
    'won': 'cycles.new_business_won_at',
} %}
{% set columns = [
    'origin', 'channel', 'lead_source', 'campaign_id', 'persona', 'segment', 'team_id',
] %}
{% set stages = {
    'leads': 'inquiry', 'cycles': 'inquiry', 'mqls': 'mql', 'sals': 'sal', 'sqls': 'sql',
    'won': 'closed_won',
} %}

with

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

moments as (

    {% for count, moment in moments.items() %}
    select
        cycles.lead_key,
        cycles.cycle_number,
        '{{ count }}' as counted_as,
        '{{ stages[count] }}' as stage,
        cast({{ reporting_time(moment) }} as date) as date_day

    from cycles

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        moments.date_day,
        {% for column in columns %}
        dimensions.{{ column }},
        {% endfor %}
        {{ stage_owner('moments.stage', 'dimensions') }} as stage_owner,
        {% for count in moments %}
        cast(sum(case when moments.counted_as = '{{ count }}' then 1 else 0 end) as bigint)
            as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}

    from moments

    inner join dimensions
        on
            moments.lead_key = dimensions.lead_key
            and moments.cycle_number = dimensions.cycle_number

    where moments.date_day is not null

    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

)

select * from final
order by date_day, {{ columns | join(', ') }}, stage_owner
