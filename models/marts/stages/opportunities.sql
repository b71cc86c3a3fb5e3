{# One row per opportunity: whose it is, beside how it ended and when. It belongs to the
   lead or contact that it names, else to the primary one of its contacts, else to the
   lead that says it was converted into it. One that only names an account belongs to
   the lead of it that sales worked on when it was made, see int_account_deal_leads. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

converted_leads as (

    select
        converted_opportunity_id as opportunity_id,
        min(lead_id) as lead_id

    from {{ ref('stg_raw__crm_leads') }}

    where converted_opportunity_id is not null

    group by converted_opportunity_id

),

opportunities as (

    select
        outcomes.*,
        coalesce(
            {{ identifier_key('crm_lead', 'outcomes.lead_id') }},
            {{ identifier_key('crm_contact', 'outcomes.contact_id') }},
            {{ identifier_key('crm_lead', 'converted_leads.lead_id') }}
        ) as identifier_key

    from {{ ref('opportunity_outcomes') }} as outcomes

    left join converted_leads
        on outcomes.opportunity_id = converted_leads.opportunity_id

),

account_leads as (

    select * from {{ ref('int_account_deal_leads') }}
    where is_first

),

owned as (

    select
        opportunities.*,
        coalesce(members.lead_key, account_leads.lead_key) as lead_key,
        coalesce(members.joined_at, account_leads.account_known_at) as joined_at

    from opportunities

    left join members
        on opportunities.identifier_key = members.identifier_key

    left join account_leads
        on opportunities.opportunity_id = account_leads.opportunity_id

),

final as (

    select
        opportunities.opportunity_id,
        opportunities.lead_key,
        opportunities.joined_at,
        opportunities.account_id,
        coalesce(
            {{ key(["'account:' || opportunities.account_id"]) }},
            lead_accounts.account_key
        ) as account_key,
        opportunities.deal_type,
        opportunities.is_expansion,
        opportunities.created_at,
        opportunities.closed_at,
        opportunities.updated_at,
        opportunities.arrived_at,
        opportunities.loaded_at,
        opportunities.first_loaded_at,
        opportunities.stage_name,
        opportunities.stage,
        opportunities.is_flagged,
        opportunities.has_history,
        opportunities.closed_as,
        opportunities.is_told_by_history,
        opportunities.last_stage_at,
        opportunities.ended_at,
        opportunities.reason,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.converted_amount,
        opportunities.reporting_currency_code,
        opportunities.is_closed_before_created,
        opportunities.is_stage_contradicted

    from owned as opportunities

    left join {{ ref('lead_accounts') }} as lead_accounts
        on opportunities.lead_key = lead_accounts.lead_key

)

select * from final
