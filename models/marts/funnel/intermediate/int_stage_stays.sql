{{ config(materialized='view') }}

{# How long each entry into an open stage lasted, once per dimension. Who is
   still there has stayed at least until now, and whom a colleague's win ended until then; a
   skipped stage was not stayed in. A view: as a table each entry is there six times, and that
   takes longer to write than its two readers take to make it. #}
{% set dimensions = {
    'all': "'all'",
    'channel': 'dimensions.channel',
    'lead_source': 'dimensions.lead_source',
    'segment': 'dimensions.segment',
    'team': 'dimensions.team_id',
    'stage_owner': stage_owner('entries.stage', 'dimensions'),
} %}

with

clock as (

    select * from {{ ref('clock') }}

),

stages as (

    select * from {{ ref('stages') }}

),

entries as (

    select * from {{ ref('stage_entries') }}
    where not is_implied

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

stays as (

    select
        entries.stage,
        entries.stage_order,
        entries.entered_at,
        {{ fate_of_entry('entries', 'cycles') }} as fate,
        greatest(
            {{ epoch_micros(
                'coalesce(case when ' ~ ended_by_colleague('entries', 'cycles')
                ~ ' then cycles.ended_at else entries.exited_at end, clock.as_of)'
            ) }}
            - {{ epoch_micros('entries.entered_at') }},
            0
        ) as stay_micros,
        entries.next_stage is null
        and leads.is_stalled
        and leads.cycle_number = entries.cycle_number as is_stalled,
        {% for dimension, value in dimensions.items() %}
        {{ value }} as value_of_{{ dimension }}{{ ',' if not loop.last }}
        {% endfor %}

    from entries

    inner join stages
        on entries.stage = stages.stage

    inner join cycles
        on
            entries.lead_key = cycles.lead_key
            and entries.cycle_number = cycles.cycle_number

    inner join leads
        on entries.lead_key = leads.lead_key

    inner join dimensions
        on
            entries.lead_key = dimensions.lead_key
            and entries.cycle_number = dimensions.cycle_number

    cross join clock

    where not stages.is_terminal

),

final as (

    {% for dimension in dimensions %}
    select
        '{{ dimension }}' as dimension,
        value_of_{{ dimension }} as dimension_value,
        stage,
        stage_order,
        entered_at,
        stay_micros,
        fate not in ('open', 'won_by_colleague') as is_over,
        fate = 'open' as is_open,
        is_stalled

    from stays

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
