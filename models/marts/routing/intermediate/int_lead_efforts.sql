{# How much of a rep's capacity a lead takes, by the source it came from. #}
with

leads as (

    select
        lead_key,
        {{ compared_source('lead_source') }} as compared_source

    from {{ ref('dim_leads') }}

),

efforts as (

    select
        {{ compared_source('lead_source') }} as compared_source,
        slots,
        effort_from

    from {{ ref('source_efforts') }}

),

final as (

    select
        leads.lead_key,
        coalesce(efforts.slots, 1) as slots,
        efforts.effort_from

    from leads

    left join efforts
        on leads.compared_source = efforts.compared_source

)

select * from final
