{# Stages and amounts of deals, from the table of stages, else from the history of
   properties, else from the days on which a deal entered the stages that HubSpot ships. #}
{% set shipped_stages = [
    'appointmentscheduled', 'qualifiedtobuy', 'presentationscheduled', 'decisionmakerboughtin',
    'contractsent', 'closedwon', 'closedlost',
] %}
{% set entered_names = {'opportunity_id': ['deal_id', 'id', 'hs_object_id', 'Record ID', 'Record ID - Deal']} %}
{% for stage in shipped_stages %}
    {% do entered_names.update({stage: hubspot_names('hs_v2_date_entered_' ~ stage, [
        'hs_date_entered_' ~ stage, 'hs_date_entered_' ~ stage ~ '__value',
    ])}) %}
{% endfor %}
with

deal_stages as (

    {{ tool_rows('hubspot', ['deal_stage', 'deal_stages'], {
        'opportunity_id': ['deal_id'],
        'stage_id': ['value', 'stage_id'],
        'changed_at': ['date_entered', '_fivetran_start'],
    }, versions='all') }}

),

property_changes as (

    {{ tool_rows('hubspot', ['deal_property_history', 'deals_property_history'], {
        'opportunity_id': ['deal_id', 'object_id', 'id'],
        'property_name': ['name', 'property', 'property_name'],
        'value': ['value'],
        'changed_at': ['timestamp'],
    }, versions='all') }}

),

entered_stages as (

    {{ tool_rows('hubspot', ['deal', 'deals'], entered_names) }}

),

stages as (

    select * from {{ ref('hubspot__deal_stages') }}

),

told_deals as (

    select
        source,
        opportunity_id

    from deal_stages

    union distinct

    select
        source,
        opportunity_id

    from property_changes

    where property_name = 'dealstage'

),

changes as (

    select
        source,
        opportunity_id || '|' || changed_at as history_id,
        opportunity_id,
        stage_id,
        cast(null as string) as amount,
        changed_at,
        loaded_at

    from deal_stages

    union all

    select
        property_changes.source,
        property_changes.opportunity_id || '|' || property_changes.changed_at
        || '|' || property_changes.property_name as history_id,
        property_changes.opportunity_id,
        case property_changes.property_name when 'dealstage' then property_changes.value end as stage_id,
        case property_changes.property_name when 'amount' then property_changes.value end as amount,
        property_changes.changed_at,
        property_changes.loaded_at

    from property_changes

    left join (
        select distinct
            source,
            opportunity_id

        from deal_stages
    ) as with_stages
        on
            property_changes.source = with_stages.source
            and property_changes.opportunity_id = with_stages.opportunity_id

    where
        property_changes.property_name = 'amount'
        or (property_changes.property_name = 'dealstage' and with_stages.opportunity_id is null)

    {% for stage in shipped_stages %}
    union all

    select
        entered_stages.source,
        entered_stages.opportunity_id || '|{{ stage }}' as history_id,
        entered_stages.opportunity_id,
        '{{ stage }}' as stage_id,
        cast(null as string) as amount,
        entered_stages.{{ stage }} as changed_at,
        entered_stages.loaded_at

    from entered_stages

    left join told_deals
        on
            entered_stages.source = told_deals.source
            and entered_stages.opportunity_id = told_deals.opportunity_id

    where entered_stages.{{ stage }} is not null and told_deals.opportunity_id is null
    {% endfor %}

),

final as (

    select
        changes.source,
        changes.history_id,
        changes.opportunity_id,
        coalesce(stages.label, changes.stage_id) as stage_name,
        changes.amount,
        changes.changed_at,
        changes.loaded_at

    from changes

    left join stages
        on
            changes.source = stages.source
            and changes.stage_id = stages.stage_id

)

select * from final
