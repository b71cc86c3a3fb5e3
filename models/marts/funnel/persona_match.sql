{# Whom a campaign meant and who came: the personas of the leads that it brought first, and
   the one it meant, be it that nobody of that kind came. #}
with

campaigns as (

    select * from {{ ref('stg_raw__campaigns') }}

),

arrivals as (

    select
        first_campaign_id as campaign_id,
        coalesce(persona, '(null)') as persona,
        count(*) as leads

    from {{ ref('dim_leads') }}

    where first_campaign_id is not null and not is_internal and not is_deleted

    group by first_campaign_id, coalesce(persona, '(null)')

),

totals as (

    select
        campaign_id,
        sum(leads) as campaign_leads

    from arrivals

    group by campaign_id

),

pairs as (

    select
        campaign_id,
        persona

    from arrivals

    union distinct

    select
        campaign_id,
        target_persona as persona

    from campaigns

    where target_persona is not null

),

counted as (

    select
        pairs.campaign_id,
        pairs.persona,
        campaigns.target_persona,
        cast(coalesce(arrivals.leads, 0) as bigint) as leads,
        cast(coalesce(totals.campaign_leads, 0) as bigint) as campaign_leads

    from pairs

    left join campaigns
        on pairs.campaign_id = campaigns.campaign_id

    left join arrivals
        on
            pairs.campaign_id = arrivals.campaign_id
            and pairs.persona = arrivals.persona

    left join totals
        on pairs.campaign_id = totals.campaign_id

),

final as (

    select
        campaign_id,
        persona,
        target_persona,
        persona = target_persona as is_target,
        leads,
        campaign_leads,
        cast(leads as double) / nullif(campaign_leads, 0) as share,
        {{ wilson_bound('leads', 'campaign_leads', 'low') }} as share_low,
        {{ wilson_bound('leads', 'campaign_leads', 'high') }} as share_high

    from counted

)

select * from final
order by campaign_id, persona
