{#- Aggregate: the rows that meet a condition as a list of structs, in the order of their first
    field. -#}
{% macro list_of_rows(fields, condition) %}
    {{- return(adapter.dispatch('list_of_rows', 'lead_funnel')(fields, condition)) -}}
{% endmacro %}

{% macro default__list_of_rows(fields, condition) -%}
    list_sort(list({{ lead_funnel.whole_row(fields) }}) filter (where {{ condition }}))
{%- endmacro %}

{% macro spark__list_of_rows(fields, condition) -%}
    sort_array(collect_list(named_struct(
        {%- for name, expression in fields.items() %}'{{ name }}', {{ expression }}{{ ', ' if not loop.last }}{% endfor -%}
    )) filter (where {{ condition }}))
{%- endmacro %}

{#- The sum of an expression over the structs of a list, each called item in it; 0 where there
    are none. -#}
{% macro sum_over_list(list, item, expression) %}
    {{- return(adapter.dispatch('sum_over_list', 'lead_funnel')(list, item, expression)) -}}
{% endmacro %}

{% macro default__sum_over_list(list, item, expression) -%}
    coalesce(list_sum(list_transform({{ list }}, lambda {{ item }}: {{ expression }})), 0)
{%- endmacro %}

{% macro spark__sum_over_list(list, item, expression) -%}
    coalesce(aggregate({{ list }}, cast(0 as double), (total, {{ item }}) -> total + {{ expression }}), 0)
{%- endmacro %}
