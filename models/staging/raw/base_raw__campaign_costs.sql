{{ config(materialized='view') }}

with

typed as (

    {{ remembered_rows('campaign_costs') }}

),

final as (

    select
        *,
        {{ key(['campaign_id', 'cost_date', "coalesce(currency_code, '')"]) }} as campaign_cost_key

    from typed

)

select * from final
