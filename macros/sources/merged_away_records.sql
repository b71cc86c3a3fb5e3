{#- Lead records that a tool no longer has because they were merged into others: empty rows that say so.
    merges   relation in scope: source, lead_id, survivor_id, merged_at, loaded_at
    records  relation in scope: the records that the tool still has
    columns  those of the model, in its order -#}
{% macro merged_away_records(merges, records, columns) %}
{%- set said = {'updated_at': 'merged_at', 'merged_into_lead_id': 'survivor_id'} -%}
select
    {%- for column in columns %}
    {%- if column in said or column in ['source', 'lead_id', 'loaded_at'] %}
    {{ merges }}.{{ said.get(column, column) }} as {{ column }}{{ ',' if not loop.last }}
    {%- else %}
    cast(null as string) as {{ column }}{{ ',' if not loop.last }}
    {%- endif %}
    {%- endfor %}

from {{ merges }}

left join {{ records }}
    on
        {{ merges }}.source = {{ records }}.source
        and {{ merges }}.lead_id = {{ records }}.lead_id

where {{ records }}.lead_id is null
{% endmacro %}
