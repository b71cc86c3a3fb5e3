{#- One row a key out of a base model: the version that counts.
    without_deleted  whether records that the CRM deleted are left out -#}
{% macro accepted_rows(relation, columns, without_deleted=false) -%}
select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    loaded_at,
    first_loaded_at,
    version_count

from {{ relation }}

where
    is_accepted
    {%- if without_deleted %}
    and not coalesce(is_deleted, false)
    {%- endif %}
{%- endmacro %}
