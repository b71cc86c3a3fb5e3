with

leads as (

    select * from {{ ref('lead_funnel', 'dim_leads') }}

),

final as (

    select
        crm_lead_id,
        current_stage

    from leads

)

select * from final
