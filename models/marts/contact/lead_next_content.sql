{# What to send each person next: what neither used nor received yet, made for the
   stage where there is such a piece, then by the least effect that uses warrant over
   similar leads who did not use it: the lower end of the interval, so that three of
   three does not beat 300 of 400. What nobody can compare yet goes last. Customers have
   content of their own. #}
with

leads as (

    select * from {{ ref('dim_leads') }}

),

rates as (

    select * from {{ ref('content_advance_rates') }}

),

topics as (

    select
        {{ seed_text('content_id') }} as content_id,
        {{ seed_text('topic') }} as topic

    from {{ ref('content_catalog') }}

),

{# Only asked whether a piece is here: a piece that is here twice does no harm. #}
seen as (

    select
        lead_key,
        content_id

    from {{ ref('int_content_consumption') }}

    union all

    select
        lead_key,
        content_id

    from {{ ref('int_content_sent') }}

),

reachable as (

    select
        leads.lead_key,
        coalesce(leads.persona, 'unknown') as persona,
        leads.top_topic,
        {{ nurture_stage('leads.current_stage', "policy.track = 'customer'") }} as stage

    from leads

    inner join {{ ref('contact_policy') }} as policy
        on leads.lead_key = policy.lead_key

    where
        policy.may_email
        and (
            leads.current_stage in (
                {{ literals(open_stages() + ['recycled', 'expired']) }}
            )
            or (
                policy.track = 'customer'
                and leads.current_stage in ('closed_won', 'closed_lost')
            )
        )

),

choices as (

    select
        reachable.lead_key,
        rates.content_id,
        rates.persona,
        rates.stage,
        row_number() over (
            partition by reachable.lead_key
            order by
                case when rates.is_for_stage then 0 else 1 end,
                round(coalesce(rates.effect_low, -1), 9) desc,
                case when topics.topic = reachable.top_topic then 0 else 1 end,
                rates.content_id
        ) as choice_rank

    from reachable

    inner join rates
        on
            reachable.persona = rates.persona
            and reachable.stage = rates.stage

    inner join topics
        on rates.content_id = topics.content_id

    left join seen
        on
            reachable.lead_key = seen.lead_key
            and rates.content_id = seen.content_id

    where seen.lead_key is null

),

final as (

    select
        lead_key,
        content_id,
        persona,
        stage

    from choices

    where choice_rank = 1

)

select * from final
