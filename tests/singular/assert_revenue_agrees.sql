{# Each model of attribution shares out all of the CRM, to the cent; the last day of the
   pipeline is what is open now; the forecast of now is of the same deals. Costs are rounded
   by month there and by campaign here. #}
with

whole as (

    select
        (select round(sum(amount) * 100) from {{ ref('fct_opportunities') }}) as pipeline_cents,
        (select round(sum(won_amount) * 100) from {{ ref('fct_opportunities') }}) as won_cents,
        (select count(*) from {{ ref('fct_opportunities') }}) as deals,
        (select count(*) from {{ ref('fct_opportunities') }} where outcome = 'won') as won_deals,
        (select count(*) from {{ ref('fct_opportunities') }} where outcome = 'open') as open_deals,
        (select count(marketing_mql_at) from {{ ref('fct_lead_cycles') }}) as mqls,
        (select sum(cost) from {{ ref('campaign_performance') }}) as cost,
        (select count(*) from {{ ref('stg_raw__campaign_costs') }}) as cost_rows

),

shared as (

    select
        model || ' by ' || level as said_by,
        round(sum(pipeline_amount) * 100) as pipeline_cents,
        round(sum(won_amount) * 100) as won_cents,
        sum(deals) as deals,
        sum(won_deals) as won_deals,
        sum(mqls) as mqls,
        sum(cost) as cost

    from {{ ref('attribution') }}

    group by model, level

),

credits as (

    select
        level,
        conversion,
        conversion_id,
        {% for model in ['first', 'last', 'linear', 'position', 'time_decay', 'removal_effect'] %}
        sum({{ model }}_credit) as {{ model }}_credit{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('attribution_touches') }}

    group by level, conversion, conversion_id

),

{# Without a setting every conversion would be of channel unknown. #}
settings as (

    select
        count(case when setting != 'largest_account' then 1 end) as settings,
        min(setting_value) as least_value,
        sum(case when setting in ('first_share', 'last_share') then setting_value end) as shares

    from {{ ref('attribution_settings') }}

),

final as (

    select
        shared.said_by,
        shared.won_cents,
        whole.won_cents as whole_won_cents

    from shared

    cross join whole

    where
        shared.pipeline_cents != coalesce(whole.pipeline_cents, 0)
        or shared.won_cents != coalesce(whole.won_cents, 0)
        or abs(shared.deals - whole.deals) > 0.001
        or abs(shared.won_deals - whole.won_deals) > 0.001
        or abs(shared.mqls - whole.mqls) > 0.001
        or abs(coalesce(shared.cost, 0) - coalesce(whole.cost, 0)) > 0.01 * whole.cost_rows + 0.001

    union all

    select
        'touches of ' || conversion_id as said_by,
        0 as won_cents,
        0 as whole_won_cents

    from credits

    where
        {% for model in ['first', 'last', 'linear', 'position', 'time_decay', 'removal_effect'] %}
        {{ 'or ' if not loop.first }}abs({{ model }}_credit - 1) > 0.000001
        {% endfor %}

    union all

    select
        'pipeline of the last day' as said_by,
        last_day.open_deals as won_cents,
        whole.open_deals as whole_won_cents

    from (
        select sum(open_deals) as open_deals
        from {{ ref('pipeline_daily') }}
        where date_day = (select max(date_day) from {{ ref('pipeline_daily') }})
    ) as last_day

    cross join whole

    where coalesce(last_day.open_deals, 0) != whole.open_deals

    union all

    select
        'forecast of now' as said_by,
        pipeline_forecast.open_deals as won_cents,
        whole.open_deals as whole_won_cents

    from {{ ref('pipeline_forecast') }} as pipeline_forecast

    cross join whole

    where
        pipeline_forecast.basis = 'forecast'
        and pipeline_forecast.open_deals != whole.open_deals

    union all

    select
        'seed attribution_settings' as said_by,
        settings as won_cents,
        5 as whole_won_cents

    from settings

    where settings != 5 or least_value < 0 or shares > 1

)

select * from final
