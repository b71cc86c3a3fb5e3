{#- One row per CRM lead and lead that it says was merged into it (merged_lead_id), with
    the columns of the record: the merged one needs no row of its own. -#}
{% macro merged_leads(relation) -%}
select
    *,
    case when source is null then merged_word else {{ lead_funnel.with_source('source', 'merged_word') }} end
        as merged_lead_id

from (
    select
        *,
        {{ lead_funnel.words('hs_merged_object_ids') }} as merged_word

    from {{ relation }}

    where hs_merged_object_ids is not null
) as listed_leads

where
    merged_word != ''
    and merged_word != {{ lead_funnel.without_source('source', 'lead_id') }}
{%- endmacro %}

{#- CRM leads that were deleted, and not because they were merged: they are in no figure. -#}
{% macro deleted_leads(relation) -%}
select lead_id
from {{ relation }}
where
    is_deleted
    and merged_into_lead_id is null
    and lead_id not in (
        select merged_lead_id from ({{ lead_funnel.merged_leads(relation) }}) as merges
    )
{%- endmacro %}
