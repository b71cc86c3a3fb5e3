{# Stages and amounts of opportunities. A table of versions that the loader made names no
   opportunity beside its own id: the version begins when the loader says so. Of
   opportunities that have neither, the tracked changes of fields. #}
with

versions as (

    {{ tool_rows('salesforce', ['opportunity_history', 'opportunity_histories'], {
        'history_id': ['id', 'Opportunity History ID'],
        'opportunity_id': ['opportunity_id'],
        'stage_name': ['stage_name', 'Stage', 'To Stage'],
        'amount': ['amount'],
        'created_at': ['created_date', 'system_modstamp', 'Last Modified'],
        'version_began_at': ['_fivetran_start'],
        'updated_at': ['last_modified_date'],
    }, versions='all') }}

),

field_changes as (

    {{ tool_rows('salesforce', ['opportunity_field_history', 'opportunity_field_histories'], {
        'history_id': ['id'],
        'opportunity_id': ['opportunity_id'],
        'field': ['field'],
        'new_value': ['new_value'],
        'changed_at': ['created_date'],
    }, versions='all') }}

),

told as (

    select
        source,
        case
            when opportunity_id is null then history_id || '|' || version_began_at
            else coalesce(history_id, opportunity_id || '|' || created_at)
        end as history_id,
        coalesce(opportunity_id, history_id) as opportunity_id,
        stage_name,
        amount,
        case
            when opportunity_id is null then coalesce(updated_at, version_began_at)
            else created_at
        end as changed_at,
        loaded_at

    from versions

),

told_opportunities as (

    select distinct
        source,
        opportunity_id

    from told

),

final as (

    select
        source,
        history_id,
        opportunity_id,
        stage_name,
        amount,
        changed_at,
        {{ loaded_since('changed_at', 'loaded_at') }} as loaded_at

    from told

    union all

    select
        field_changes.source,
        field_changes.history_id,
        field_changes.opportunity_id,
        case lower(field_changes.field) when 'stagename' then field_changes.new_value end as stage_name,
        case lower(field_changes.field) when 'amount' then field_changes.new_value end as amount,
        field_changes.changed_at,
        {{ loaded_since('field_changes.changed_at', 'field_changes.loaded_at') }} as loaded_at

    from field_changes

    left join told_opportunities
        on
            field_changes.source = told_opportunities.source
            and field_changes.opportunity_id = told_opportunities.opportunity_id

    where
        lower(field_changes.field) in ('stagename', 'amount')
        and told_opportunities.opportunity_id is null

)

select * from final
