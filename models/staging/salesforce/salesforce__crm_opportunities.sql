with

opportunities as (

    {{ tool_rows('salesforce', ['opportunity', 'opportunities'], {
        'opportunity_id': ['id', 'Opportunity ID'],
        'account_id': ['account_id'],
        'contact_id': ['contact_id'],
        'owner_id': ['owner_id', 'Opportunity Owner ID', 'Opportunity Owner'],
        'created_at': ['created_date', 'Create Date'],
        'updated_at': ['last_modified_date', 'system_modstamp', 'Last Modified'],
        'record_type_id': ['record_type_id', 'Opportunity Record Type', 'Record Type'],
        'deal_type': ['type', 'Opportunity Type'],
        'campaign_id': ['campaign_id', 'Primary Campaign Source ID'],
        'stage_name': ['stage_name', 'Stage'],
        'amount': ['amount', 'Amount (converted)'],
        'currency_code': ['currency_iso_code', 'Amount Currency', 'Opportunity Currency'],
        'is_closed': ['is_closed', 'Closed'],
        'is_won': ['is_won', 'Won'],
        'closed_at': ['close_date'],
        'lost_reason': [
            'loss_reason__c', 'lost_reason__c', 'closed_lost_reason__c', 'reason_lost__c', 'Loss Reason', 'Lost Reason',
            'Closed Lost Reason',
        ],
    }) }}

),

record_types as (

    {{ tool_rows('salesforce', ['record_type', 'record_types'], {
        'record_type_id': ['id'],
        'name': ['name', 'developer_name'],
    }) }}

),

opportunity_contacts as (

    select * from {{ ref('salesforce__crm_opportunity_contacts') }}

),

record_type_names as (

    select
        source,
        record_type_id,
        max(name) as name

    from record_types

    group by source, record_type_id

),

{# The primary contact, else the one whose record was made first. #}
ranked_contacts as (

    select
        source,
        opportunity_id,
        contact_id,
        row_number() over (
            partition by source, opportunity_id
            order by case when {{ says_yes('is_primary') }} then 0 else 1 end, contact_id
        ) as contact_rank

    from opportunity_contacts

    where coalesce(is_deleted, 'false') != 'true'

),

final as (

    select
        opportunities.source,
        opportunities.opportunity_id,
        opportunities.account_id,
        coalesce(ranked_contacts.contact_id, opportunities.contact_id) as contact_id,
        opportunities.owner_id,
        opportunities.created_at,
        opportunities.updated_at,
        coalesce(record_type_names.name, opportunities.record_type_id) as pipeline,
        opportunities.deal_type,
        opportunities.campaign_id,
        opportunities.stage_name,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.is_closed,
        opportunities.is_won,
        opportunities.closed_at,
        opportunities.lost_reason,
        opportunities.is_removed as is_deleted,
        {{ loaded_since('coalesce(opportunities.updated_at, opportunities.created_at)', 'opportunities.loaded_at') }} as loaded_at

    from opportunities

    left join record_type_names
        on
            opportunities.source = record_type_names.source
            and opportunities.record_type_id = record_type_names.record_type_id

    left join ranked_contacts
        on
            opportunities.source = ranked_contacts.source
            and opportunities.opportunity_id = ranked_contacts.opportunity_id
            and ranked_contacts.contact_rank = 1

)

select * from final
