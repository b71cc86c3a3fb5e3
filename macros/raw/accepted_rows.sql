{#- One row a key out of a base model: the version that counts. -#}
{% macro accepted_rows(relation, columns) -%}
select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    loaded_at,
    first_loaded_at,
    version_count

from {{ relation }}

where is_accepted
{%- endmacro %}
