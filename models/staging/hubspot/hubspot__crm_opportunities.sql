{# The label of a stage is what people see; its id stands in where no pipeline tells it.
   On screens and in exports a label may bear the pipeline's behind it. #}
with

deals as (

    {{ tool_rows('hubspot', ['deal', 'deals'], {
        'opportunity_id': ['deal_id', 'id', 'hs_object_id', 'Record ID', 'Record ID - Deal'],
        'owner_id': hubspot_names('hubspot_owner_id', ['owner_id', 'Deal owner', 'HubSpot Owner']),
        'created_at': hubspot_names('createdate', ['Create Date', 'hs_createdate', 'createdAt']),
        'updated_at': hubspot_names('hs_lastmodifieddate', ['Last Modified Date', 'updatedAt']),
        'stage_id': hubspot_names('dealstage', ['deal_pipeline_stage_id', 'Deal Stage']),
        'pipeline_id': hubspot_names('pipeline', ['deal_pipeline_id']),
        'deal_type': hubspot_names('dealtype', ['Deal Type']),
        'amount': hubspot_names('amount'),
        'currency_code': hubspot_names('deal_currency_code', ['Currency']),
        'is_closed': hubspot_names('hs_is_closed', ['Is closed', 'Is Deal Closed?']),
        'is_won': hubspot_names('hs_is_closed_won', ['Is closed won', 'Is Closed Won']),
        'closed_at': hubspot_names('closedate', ['Close Date']),
        'lost_reason': hubspot_names('closed_lost_reason', ['Closed Lost Reason']),
        'account_ids': ['companies', 'associations__associatedcompanyids', 'Primary Associated Company ID', 'Associated Company IDs'],
        'merged_ids': hubspot_names('hs_merged_object_ids', ['Merged record IDs', 'Merged object IDs', 'Merged Deal IDs']),
    }) }}

),

deal_companies as (

    {{ tool_rows('hubspot', ['deal_company', 'deal_companies', 'company_deal'], {
        'opportunity_id': ['deal_id'],
        'account_id': ['company_id'],
        'type_id': ['type_id', 'association_type_id'],
    }) }}

),

merged_deals as (

    {{ tool_rows('hubspot', ['merged_deal', 'merged_deals'], {
        'opportunity_id': ['merged_deal_id'],
        'survivor_id': ['deal_id'],
    }) }}

),

pipelines as (

    {{ tool_rows('hubspot', ['deal_pipeline', 'deal_pipelines', 'pipelines_deal'], {
        'pipeline_id': ['pipeline_id', 'id'],
        'label': ['label'],
    }) }}

),

stages as (

    select * from {{ ref('hubspot__deal_stages') }}

),

opportunity_contacts as (

    select * from {{ ref('hubspot__crm_opportunity_contacts') }}

),

listed_merges as (

    select
        source,
        {{ words('merged_ids') }} as opportunity_id,
        opportunity_id as survivor_id

    from deals

    where merged_ids is not null

),

merges as (

    select
        source,
        opportunity_id,
        max(survivor_id) as survivor_id

    from (
        select
            source,
            opportunity_id,
            survivor_id

        from merged_deals

        union all

        select
            source,
            opportunity_id,
            survivor_id

        from listed_merges
    ) as told

    where opportunity_id != '' and opportunity_id != survivor_id

    group by source, opportunity_id

),

{# Type 5 is the primary company of a deal. #}
ranked_companies as (

    select
        source,
        opportunity_id,
        account_id,
        row_number() over (
            partition by source, opportunity_id
            order by case type_id when '5' then 0 else 1 end, length(account_id), account_id
        ) as company_rank

    from deal_companies

    where coalesce(is_removed, 'false') != 'true'

),

pipeline_labels as (

    select
        source,
        pipeline_id,
        max(label) as label

    from pipelines

    group by source, pipeline_id

),

final as (

    select
        deals.source,
        deals.opportunity_id,
        coalesce(ranked_companies.account_id, {{ first_id('deals.account_ids') }}) as account_id,
        opportunity_contacts.lead_id,
        deals.owner_id,
        deals.created_at,
        deals.updated_at,
        coalesce(pipeline_labels.label, stages.pipeline, deals.pipeline_id) as pipeline,
        deals.deal_type,
        coalesce(
            stages.label,
            replace(deals.stage_id, ' (' || deals.pipeline_id || ')', ''),
            deals.stage_id
        ) as stage_name,
        deals.amount,
        deals.currency_code,
        coalesce(deals.is_closed, stages.is_closed) as is_closed,
        coalesce(deals.is_won, stages.is_won) as is_won,
        deals.closed_at,
        deals.lost_reason,
        merges.survivor_id as merged_into_opportunity_id,
        deals.is_removed as is_deleted,
        deals.loaded_at

    from deals

    left join stages
        on
            deals.source = stages.source
            and deals.stage_id = stages.stage_id

    left join pipeline_labels
        on
            deals.source = pipeline_labels.source
            and deals.pipeline_id = pipeline_labels.pipeline_id

    left join ranked_companies
        on
            deals.source = ranked_companies.source
            and deals.opportunity_id = ranked_companies.opportunity_id
            and ranked_companies.company_rank = 1

    left join opportunity_contacts
        on
            deals.source = opportunity_contacts.source
            and deals.opportunity_id = opportunity_contacts.opportunity_id
            and opportunity_contacts.is_primary = 'true'

    left join merges
        on
            deals.source = merges.source
            and deals.opportunity_id = merges.opportunity_id

)

select * from final
