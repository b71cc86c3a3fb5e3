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

{#- The columns of a CRM record, for accepted_rows. A record without the time at which it
    was made was made when it last changed or, where that is earlier, when it was first
    loaded: later changes do not make it younger. -#}
{% macro record_columns(raw_table) %}
    {% set columns = [] %}
    {% for name in lead_funnel.raw_columns(raw_table) %}
        {% if name in lead_funnel.raw_tables()[raw_table].get('fallbacks', {}) %}
            {% do columns.append(
                "case when unreadable_values like '%|" ~ name ~ "=(empty)%' then least(" ~ name ~ ", first_loaded_at) else " ~ name ~ " end as " ~ name
            ) %}
        {% else %}
            {% do columns.append(name) %}
        {% endif %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
