{# Who has a part in a deal: the person whose it is, of whom stages and money are told,
   and the others whom the CRM names, also by a row of the deal for each; of a deal that names an account alone, the leads
   of it that were open when it was made. They stay different people. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

opportunities as (

    select * from {{ ref('opportunities') }}

),

{# Deals joined with their contacts have a row per contact, all of one version. One of them
   is the deal; the others name who has a part in it. Only what came together counts. #}
deal_rows as (

    select
        record_key,
        opportunity_id,
        lead_id,
        contact_id,
        updated_at,
        arrived_at,
        is_accepted

    from {{ ref('base_raw__crm_opportunities') }}

    where reject_reason is null and version_count > 1

),

people as (

    select
        opportunity_id,
        lead_key,
        cast(null as string) as role

    from opportunities

    where lead_key is not null

    union all

    select
        parts.opportunity_id,
        members.lead_key,
        {{ shown_value('parts.role') }} as role

    from {{ ref('stg_raw__crm_opportunity_contacts') }} as parts

    inner join members
        on {{ crm_identifier_key('parts.lead_id', 'parts.contact_id') }} = members.identifier_key

    union all

    select
        deal_rows.opportunity_id,
        members.lead_key,
        cast(null as string) as role

    from deal_rows

    inner join deal_rows as accepted
        on
            deal_rows.record_key = accepted.record_key
            and deal_rows.arrived_at = accepted.arrived_at
            and deal_rows.updated_at is not distinct from accepted.updated_at
            and accepted.is_accepted

    inner join members
        on
            {{ crm_identifier_key('deal_rows.lead_id', 'deal_rows.contact_id') }}
            = members.identifier_key

    union all

    select
        opportunity_id,
        lead_key,
        cast(null as string) as role

    from {{ ref('int_account_deal_leads') }}

),

named as (

    select
        opportunity_id,
        lead_key,
        min(role) as role

    from people

    group by
        opportunity_id,
        lead_key

),

final as (

    select
        named.opportunity_id,
        named.lead_key,
        named.role,
        coalesce(named.lead_key = opportunities.lead_key, false) as is_primary,
        opportunities.account_id,
        opportunities.deal_type,
        opportunities.created_at,
        opportunities.closed_as,
        opportunities.ended_at

    from named

    inner join opportunities
        on named.opportunity_id = opportunities.opportunity_id

)

select * from final
order by opportunity_id, lead_key
