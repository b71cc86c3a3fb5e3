{# The leads that could be handed to a rep now: open, and not yet in the hands of
   sales. A customer is one with a cycle from after the win only. Each lead of a crowd, such as
   a university, is routed as if it had no account. #}
with

scores as (

    select * from {{ ref('lead_scores') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

efforts as (

    select * from {{ ref('int_lead_efforts') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

{# The latest handoff of the lead's present cycle. #}
current_handoffs as (

    {{ first_rows(
        'handoffs', by='lead_key, cycle_number', order_by='handoff_at desc, handoff_key'
    ) }}

),

current_cycles as (

    select
        lead_key,
        max(case when is_current then started_at end) as started_at,
        max(case when is_current and is_customer_asking then 1 else 0 end) = 1
            as is_customer_asking,
        max(closed_won_at) as won_at

    from cycles

    group by lead_key

),

crowds as (

    {{ crowd_accounts(ref('dim_leads'), ref('attribution_settings')) | indent(4) }}

),

final as (

    select
        scores.lead_key,
        leads.crm_lead_id,
        case when crowds.account_key is null then leads.account_key end as account_key,
        leads.is_customer_account,
        leads.owner_id as crm_owner_id,
        scores.stage,
        scores.cycle_number,
        scores.scored_by,
        scores.grid_cell,
        scores.priority_rank,
        scores.score,
        scores.probability,
        scores.points_total,
        scores.expected_value,
        coalesce(efforts.slots, 1) as slots,
        current_cycles.started_at as cycle_started_at,
        coalesce(current_cycles.is_customer_asking, false) as is_customer_asking,
        current_handoffs.handoff_at,
        current_handoffs.due_at as handoff_due_at

    from scores

    inner join leads
        on scores.lead_key = leads.lead_key

    left join crowds
        on leads.account_key = crowds.account_key

    left join efforts
        on scores.lead_key = efforts.lead_key

    left join current_handoffs
        on
            scores.stage = 'mql'
            and scores.lead_key = current_handoffs.lead_key
            and scores.cycle_number = current_handoffs.cycle_number

    left join current_cycles
        on scores.lead_key = current_cycles.lead_key

    where
        scores.stage in ('inquiry', 'mql')
        and not leads.is_internal
        and not leads.is_deleted
        and (not leads.is_customer or current_cycles.started_at > current_cycles.won_at)
        and current_handoffs.first_sales_touch_at is null
        and (
            leads.last_sales_touch_at is null
            or leads.last_sales_touch_at < coalesce(
                current_handoffs.handoff_at, current_cycles.started_at
            )
        )

)

select * from final
