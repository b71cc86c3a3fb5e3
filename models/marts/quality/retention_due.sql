{# Whom the variable retention_days says to forget: who is no customer, has no open
   deal, and neither did nor was told anything by sales for so long. #}
with

clock as (

    select * from {{ ref('clock') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

open_deals as (

    select distinct lead_key

    from {{ ref('opportunities') }}

    where lead_key is not null and closed_as is null

),

last_activities as (

    select
        leads.lead_key,
        clock.as_of,
        {# A null must not hide the others. #}
        greatest(
            coalesce(leads.first_seen_at, timestamp '1970-01-01 00:00:00'),
            coalesce(leads.stage_entered_at, timestamp '1970-01-01 00:00:00'),
            coalesce(leads.last_engaged_at, timestamp '1970-01-01 00:00:00'),
            coalesce(leads.last_sales_touch_at, timestamp '1970-01-01 00:00:00')
        ) as last_activity_at

    from leads

    cross join clock

    left join open_deals
        on leads.lead_key = open_deals.lead_key

    where
        open_deals.lead_key is null
        and not leads.is_customer
        and not leads.is_internal

),

final as (

    select
        lead_key,
        last_activity_at,
        cast({{ var('retention_days') }} as int) as retention_days,
        as_of as requested_at

    from last_activities

    where
        {{ var('retention_days') }} > 0
        and {{ add_days('last_activity_at', var('retention_days')) }} < as_of

)

select * from final
order by lead_key
