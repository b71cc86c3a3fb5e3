{# Each model shares out every MQL and every deal whole. Money is shared in cents: a touch
   has what the shares up to it come to, rounded, less what those before it have. #}
{% set credits = {
    'first': 'first_credit',
    'last': 'last_credit',
    'linear': 'linear_credit',
    'position': 'position_credit',
    'time_decay': 'time_decay_credit',
    'removal_effect': 'removal_effect_credit',
} %}

with

models as (

    {% for model in credits %}
    select '{{ model }}' as model
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

levels as (

    select 'person' as level

    union all

    select 'account' as level

),

deals as (

    select
        opportunity_id,
        outcome,
        cast(round(amount * 100) as bigint) as cents,
        cast(date_trunc('month', {{ reporting_time('created_at') }}) as date) as created_month,
        cast(date_trunc('month', {{ reporting_time('ended_at') }}) as date) as ended_month

    from {{ ref('fct_opportunities') }}

),

touches as (

    select * from {{ ref('attribution_touches') }}

),

{# Summed before they are split by model: of what the models share out, that is a sixth. #}
mql_credits as (

    select
        level,
        campaign_id,
        channel,
        content_id,
        cast(date_trunc('month', {{ reporting_time('converted_at') }}) as date) as month_date,
        {%- for credit in credits.values() %}
        sum({{ credit }}) as {{ credit }}{{ ',' if not loop.last }}
        {%- endfor %}

    from touches

    where conversion = 'mql'

    group by 1, 2, 3, 4, 5

),

running as (

    select
        touches.*,
        deals.outcome,
        deals.created_month,
        deals.ended_month,
        {# What is a hair under half a cent is half a cent: sums of doubles differ in their
           last digits. #}
        {%- for model, credit in credits.items() %}
        case
            when touches.touch_number = touches.touches then deals.cents
            else cast(
                round(round(deals.cents * sum(touches.{{ credit }}) over up_to_here, 6)) as bigint
            )
        end as {{ model }}_running_cents{{ ',' if not loop.last }}
        {%- endfor %}

    from touches

    inner join deals
        on touches.conversion_id = deals.opportunity_id

    where touches.conversion = 'deal'

    window up_to_here as (
        partition by touches.level, touches.conversion_id
        order by touches.touch_number
        rows between unbounded preceding and current row
    )

),

shared as (

    select
        *,
        {%- for model in credits %}
        {{ model }}_running_cents - lag({{ model }}_running_cents, 1, cast(0 as bigint))
            over journey as {{ model }}_cents{{ ',' if not loop.last }}
        {%- endfor %}

    from running

    window journey as (
        partition by level, conversion_id
        order by touch_number
    )

),

deal_credits as (

    select
        level,
        campaign_id,
        channel,
        content_id,
        outcome,
        created_month,
        ended_month,
        {%- for model, credit in credits.items() %}
        sum({{ credit }}) as {{ credit }},
        sum({{ model }}_cents) as {{ model }}_cents{{ ',' if not loop.last }}
        {%- endfor %}

    from shared

    group by 1, 2, 3, 4, 5, 6, 7

),

credited_deals as (

    select
        models.model,
        deal_credits.level,
        deal_credits.campaign_id,
        deal_credits.channel,
        deal_credits.content_id,
        deal_credits.outcome,
        deal_credits.created_month,
        deal_credits.ended_month,
        case models.model
            {% for model, credit in credits.items() %}
            when '{{ model }}' then deal_credits.{{ credit }}
            {% endfor %}
        end as credit,
        cast(
            case models.model
                {% for model in credits %}
                when '{{ model }}' then coalesce(deal_credits.{{ model }}_cents, 0)
                {% endfor %}
            end as bigint
        ) as cents

    from deal_credits

    cross join models

),

costs as (

    select
        costs.campaign_id,
        coalesce(campaigns.channel, '(null)') as channel,
        cast(date_trunc('month', costs.cost_date) as date) as month_date,
        round(sum(costs.converted_amount), 2) as cost

    from (
        {{ campaign_costs(ref('stg_raw__campaign_costs'), ref('currency_rates')) | indent(4) }}
    ) as costs

    left join (
        {{ campaign_channels(ref('stg_raw__campaigns'), ref('channels')) | indent(8) }}
    ) as campaigns
        on costs.campaign_id = campaigns.campaign_id

    where costs.converted_amount is not null

    group by
        costs.campaign_id,
        coalesce(campaigns.channel, '(null)'),
        cast(date_trunc('month', costs.cost_date) as date)

),

parts as (

    select
        models.model,
        mql_credits.level,
        mql_credits.campaign_id,
        mql_credits.channel,
        mql_credits.content_id,
        mql_credits.month_date,
        case models.model
            {% for model, credit in credits.items() %}
            when '{{ model }}' then mql_credits.{{ credit }}
            {% endfor %}
        end as mqls,
        cast(0 as double) as deals,
        cast(0 as bigint) as pipeline_cents,
        cast(0 as double) as won_deals,
        cast(0 as bigint) as won_cents,
        cast(null as double) as cost

    from mql_credits

    cross join models

    union all

    select
        model,
        level,
        campaign_id,
        channel,
        content_id,
        created_month as month_date,
        cast(0 as double) as mqls,
        credit as deals,
        cents as pipeline_cents,
        cast(0 as double) as won_deals,
        cast(0 as bigint) as won_cents,
        cast(null as double) as cost

    from credited_deals

    union all

    select
        model,
        level,
        campaign_id,
        channel,
        content_id,
        ended_month as month_date,
        cast(0 as double) as mqls,
        cast(0 as double) as deals,
        cast(0 as bigint) as pipeline_cents,
        credit as won_deals,
        cents as won_cents,
        cast(null as double) as cost

    from credited_deals

    where outcome = 'won'

    union all

    select
        models.model,
        levels.level,
        costs.campaign_id,
        costs.channel,
        '(null)' as content_id,
        costs.month_date,
        cast(0 as double) as mqls,
        cast(0 as double) as deals,
        cast(0 as bigint) as pipeline_cents,
        cast(0 as double) as won_deals,
        cast(0 as bigint) as won_cents,
        costs.cost

    from costs

    cross join models

    cross join levels

),

summed as (

    select
        model,
        level,
        campaign_id,
        channel,
        content_id,
        month_date,
        sum(mqls) as mqls,
        sum(deals) as deals,
        sum(pipeline_cents) as pipeline_cents,
        sum(won_deals) as won_deals,
        sum(won_cents) as won_cents,
        sum(cost) as cost

    from parts

    group by model, level, campaign_id, channel, content_id, month_date

),

final as (

    select
        summed.model,
        summed.level,
        summed.campaign_id,
        summed.channel,
        summed.content_id,
        summed.month_date,
        {# Rounded: sums of doubles differ in their last digits. #}
        round(summed.mqls, 9) as mqls,
        round(summed.deals, 9) as deals,
        cast(summed.pipeline_cents as double) / 100 as pipeline_amount,
        round(summed.won_deals, 9) as won_deals,
        cast(summed.won_cents as double) / 100 as won_amount,
        round(summed.cost, 2) as cost,
        reporting.currency_code,
        cast(
            sum(summed.won_cents) over (
                partition by summed.model, summed.level, summed.campaign_id
            ) as double
        ) / 100 / nullif(
            sum(summed.cost) over (partition by summed.model, summed.level, summed.campaign_id), 0
        ) as campaign_return_on_cost

    from summed

    left join (
        select max(reporting_currency) as currency_code from {{ ref('currency_rates') }}
    ) as reporting
        on true

)

select * from final
order by model, level, month_date, channel, campaign_id, content_id
