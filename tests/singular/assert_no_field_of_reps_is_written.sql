{# What reps fill in is theirs: a map that writes into it would overwrite their work. Without
   a key no record is found. Mend the line in seeds/crm_field_map.csv. #}
select
    crm,
    object_type,
    our_column,
    crm_field,
    'belongs to reps or to the CRM: name a field of your own' as mistake

from {{ ref('crm_field_mapping') }}

where
    our_column <> 'crm_lead_id'
    and lower(crm_field) in (
        'id', 'hs_object_id', 'ownerid', 'status', 'rating', 'leadsource', 'firstname',
        'lastname', 'email', 'phone', 'company', 'title', 'description', 'hubspot_owner_id',
        'hs_lead_status', 'lifecyclestage', 'jobtitle'
    )

union all

select
    crm,
    object_type,
    'crm_lead_id' as our_column,
    '' as crm_field,
    'the key has no line, or is not the CRM id' as mistake

from {{ ref('crm_field_mapping') }}

group by crm, object_type

having
    sum(case when our_column = 'crm_lead_id' and lower(crm_field) = 'id' then 1 else 0 end) <> 1
