{# Per month in which a cycle started and stage: all who entered advanced, were
   lost, handed back, disqualified or expired, or are still there; who advanced entered the
   next stage, and who left entered the end. What entered is counted from the
   cycles, what became of it from the transitions. #}
{% set stages = ['inquiry', 'mql', 'sal', 'sql', 'closed_won'] %}
{% set exits = ['closed_lost', 'recycled', 'disqualified', 'expired'] %}

with

cycles as (

    select
        *,
        cast(date_trunc('month', {{ reporting_time('started_at') }}) as date) as cohort

    from {{ ref('fct_lead_cycles') }}

),

entered as (

    {% for stage in stages + exits %}
    select
        cohort,
        '{{ stage }}' as stage,
        count({{ stage }}_at) as entered,
        sum(case when current_stage = '{{ stage }}' then 1 else 0 end) as staying

    from cycles

    group by cohort

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

moves as (

    select
        cycles.cohort,
        transitions.stage,
        transitions.next_stage,
        count(*) as moved

    from {{ ref('fct_stage_transitions') }} as transitions

    inner join cycles
        on
            transitions.lead_key = cycles.lead_key
            and transitions.cycle_number = cycles.cycle_number

    group by cycles.cohort, transitions.stage, transitions.next_stage

),

fates as (

    {% for stage in stages %}
    {% set following = stages[loop.index] if not loop.last else none %}
    select
        cohort,
        '{{ stage }}' as stage,
        sum(case when next_stage = '{{ following }}' then moved else 0 end) as advanced,
        {% for exit in exits %}
        sum(case when next_stage = '{{ exit }}' then moved else 0 end) as {{ exit }},
        {% endfor %}
        sum(case when next_stage is null then moved else 0 end) as open

    from moves

    where stage = '{{ stage }}'

    group by cohort

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# What is left of the stages does not go anywhere but to the next or out. #}
final as (

    select
        entered.cohort,
        entered.stage,
        'entered != advanced + lost + recycled + disqualified + expired + open' as broken

    from entered

    left join fates
        on
            entered.cohort = fates.cohort
            and entered.stage = fates.stage

    where
        entered.stage in ('{{ stages | join("', '") }}')
        and (
            entered.entered != coalesce(
                fates.advanced + fates.closed_lost + fates.recycled
                + fates.disqualified + fates.expired + fates.open,
                0
            )
            or entered.staying != coalesce(fates.open, 0)
        )

    {% for stage in stages[:-1] %}
    union all

    select
        entered.cohort,
        entered.stage,
        'entered != advanced from {{ stage }}' as broken

    from entered

    left join fates
        on
            entered.cohort = fates.cohort
            and fates.stage = '{{ stage }}'

    where
        entered.stage = '{{ stages[loop.index] }}'
        and entered.entered != coalesce(fates.advanced, 0)

    {% endfor %}

    {% for exit in exits %}
    union all

    select
        entered.cohort,
        entered.stage,
        'entered != left for {{ exit }}' as broken

    from entered

    left join (
        select
            cohort,
            sum({{ exit }}) as left_for

        from fates

        group by cohort
    ) as leavers
        on entered.cohort = leavers.cohort

    where
        entered.stage = '{{ exit }}'
        and entered.entered != coalesce(leavers.left_for, 0)

    {% endfor %}

)

select * from final
