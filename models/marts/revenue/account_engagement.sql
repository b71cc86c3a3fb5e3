{# One row per account and week in which anybody of it did something. #}
with

people as (

    select
        lead_key,
        account_key

    from {{ ref('dim_leads') }}

    where account_key is not null and not is_internal and not is_deleted

),

lead_weeks as (

    select
        lead_key,
        {{ reporting_week(reporting_time('occurred_at')) }} as week_date,
        count(*) as events,
        sum(case when event_type in ({{ literals(request_event_types()) }}) then 1 else 0 end)
            as requests

    from {{ ref('lead_events') }}

    where is_engagement

    group by
        lead_key,
        {{ reporting_week(reporting_time('occurred_at')) }}

),

account_weeks as (

    select
        people.account_key,
        lead_weeks.week_date,
        count(*) as engaged_leads,
        sum(lead_weeks.events) as events,
        sum(lead_weeks.requests) as requests

    from lead_weeks

    inner join people
        on lead_weeks.lead_key = people.lead_key

    group by people.account_key, lead_weeks.week_date

),

deals as (

    select
        account_key,
        {{ reporting_week(reporting_time('created_at')) }} as created_week,
        {{ reporting_week(reporting_time('ended_at')) }} as ended_week

    from {{ ref('fct_opportunities') }}

    where account_key is not null

),

deal_weeks as (

    select
        account_weeks.account_key,
        account_weeks.week_date,
        count(*) as deals,
        sum(
            case
                when deals.ended_week is null or deals.ended_week >= account_weeks.week_date then 1
                else 0
            end
        ) as open_deals

    from account_weeks

    inner join deals
        on
            account_weeks.account_key = deals.account_key
            and account_weeks.week_date >= deals.created_week

    group by account_weeks.account_key, account_weeks.week_date

),

final as (

    select
        account_weeks.account_key,
        account_weeks.week_date,
        cast(account_weeks.engaged_leads as bigint) as engaged_leads,
        cast(account_weeks.events as bigint) as events,
        cast(account_weeks.requests as bigint) as requests,
        cast(coalesce(deal_weeks.deals, 0) as bigint) as deals_so_far,
        cast(coalesce(deal_weeks.open_deals, 0) as bigint) as open_deals

    from account_weeks

    left join deal_weeks
        on
            account_weeks.account_key = deal_weeks.account_key
            and account_weeks.week_date = deal_weeks.week_date

)

select * from final
order by account_key, week_date
