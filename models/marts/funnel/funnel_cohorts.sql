{# Counts only, which add up: any combination of the dimensions is a group by
   over these few rows, and a rate is a quotient of two sums. Only cycles whose win could be seen
   count in a rate of wins. #}
{% set later = ['mql', 'sal', 'sql', 'closed_won'] %}

with

clock as (

    select * from {{ ref('clock') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

stages as (

    select * from {{ ref('stages') }}

),

entries as (

    select
        entries.*,
        {{ is_mature('entries.entered_at', 'clock.as_of') }}
        and (
            entries.stage != 'sql'
            or {{ is_win_seen('entries.entered_at', 'observability') }}
        ) as is_mature,
        {{ is_mature('entries.entered_at', 'clock.as_of') }}
        and {{ is_win_seen('entries.entered_at', 'observability') }} as is_mature_for_wins,
        {{ fate_of_entry('entries', 'outcomes') }} as fate

    from {{ ref('stage_entries') }} as entries

    inner join stages
        on entries.stage = stages.stage

    inner join {{ ref('fct_lead_cycles') }} as outcomes
        on
            entries.lead_key = outcomes.lead_key
            and entries.cycle_number = outcomes.cycle_number

    inner join {{ ref('lead_observability') }} as observability
        on entries.lead_key = observability.lead_key

    cross join clock

    where not stages.is_terminal or entries.stage = 'closed_won'

),

final as (

    select
        dimensions.cohort_month,
        dimensions.origin,
        dimensions.channel,
        dimensions.lead_source,
        dimensions.campaign_id,
        dimensions.persona,
        dimensions.segment,
        dimensions.country_code,
        dimensions.team_id,
        {{ stage_owner('entries.stage', 'dimensions') }} as stage_owner,
        entries.stage,
        entries.stage_order,
        cast(count(*) as bigint) as entered,
        cast(sum(case when entries.is_implied then 1 else 0 end) as bigint) as implied,
        {% for fate in [
            'advanced', 'lost', 'recycled', 'disqualified', 'expired', 'won_by_colleague',
            'open',
        ] %}
        cast(sum(case when entries.fate = '{{ fate }}' then 1 else 0 end) as bigint)
            as {{ fate }},
        {% endfor %}
        cast(sum(case when entries.is_mature then 1 else 0 end) as bigint) as mature,
        cast(
            sum(
                case
                    when entries.is_mature and entries.fate = 'advanced' then 1
                    else 0
                end
            ) as bigint
        ) as mature_advanced,
        cast(sum(case when entries.is_mature_for_wins then 1 else 0 end) as bigint)
            as mature_for_wins,
        {# Null for the stage itself and what comes before it. #}
        {% for prefix in ['', 'mature_'] %}
        {% set is_last = loop.last %}
        {% for stage in later %}
        {% set condition = {
            '': 'true',
            'mature_': 'entries.is_mature_for_wins' if stage == 'closed_won' else 'entries.is_mature',
        }[prefix] %}
        cast(sum(
            case
                when entries.stage in ({{ literals((['inquiry'] + later)[:loop.index]) }})
                    then case when {{ condition }} and cycles.{{ stage }}_at is not null then 1 else 0 end
            end
        ) as bigint) as {{ prefix }}reached_{{ stage }}{{ ',' if not (is_last and loop.last) }}
        {% endfor %}
        {% endfor %}

    from entries

    inner join cycles
        on
            entries.lead_key = cycles.lead_key
            and entries.cycle_number = cycles.cycle_number

    inner join dimensions
        on
            entries.lead_key = dimensions.lead_key
            and entries.cycle_number = dimensions.cycle_number

    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12

)

select * from final
order by
    cohort_month, origin, channel, lead_source, campaign_id, persona, segment,
    country_code, team_id, stage_owner, stage_order
