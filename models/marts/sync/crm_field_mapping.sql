{# The field map as the sync job finds it in the published copy. #}
with

lines as (

    select * from {{ ref('crm_field_map') }}

),

final as (

    select
        {{ seed_text('crm') }} as crm,
        {{ seed_text('object_type') }} as object_type,
        {{ seed_text('our_column') }} as our_column,
        {{ seed_text('crm_field') }} as crm_field

    from lines

)

select * from final

order by crm, object_type, our_column
