{# Only what the CRM does not know yet. #}
with

records as (

    select * from {{ ref('crm_lead_sync') }}

),

acknowledgements as (

    {{ latest_acknowledgements(source('sync', 'sync_acknowledgements')) }}

),

final as (

    select
        records.*,
        case
            when acknowledgements.record_key is null then 'new'
            else 'changed'
        end as change

    from records

    left join acknowledgements
        on records.sync_key = acknowledgements.record_key

    where
        acknowledgements.row_hash is null
        or acknowledgements.row_hash <> records.row_hash

)

select * from final

order by sync_key
