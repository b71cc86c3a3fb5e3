{#- Aggregate: the rows that meet a condition as a list of structs, in the order of their first
    field; without such rows null or an empty list. -#}
{% macro list_of_rows(fields, condition) %}
    {{- return(adapter.dispatch('list_of_rows', 'lead_funnel')(fields, condition)) -}}
{% endmacro %}

{% macro default__list_of_rows(fields, condition) -%}
    list_sort(list(struct_pack(
        {%- for name, expression in fields.items() %}{{ name }} := {{ expression }}{{ ', ' if not loop.last }}{% endfor -%}
    )) filter (where {{ condition }}))
{%- endmacro %}

{% macro spark__list_of_rows(fields, condition) -%}
    sort_array(collect_list(named_struct(
        {%- for name, expression in fields.items() %}'{{ name }}', {{ expression }}{{ ', ' if not loop.last }}{% endfor -%}
    )) filter (where {{ condition }}))
{%- endmacro %}

{#- The sum of an expression over the structs of a list, each called item in it, nulls apart; 0
    where there are none. -#}
{% macro sum_over_list(list, item, expression) %}
    {{- return(adapter.dispatch('sum_over_list', 'lead_funnel')(list, item, expression)) -}}
{% endmacro %}

{% macro default__sum_over_list(list, item, expression) -%}
    coalesce(list_sum(list_transform({{ list }}, lambda {{ item }}: {{ expression }})), 0)
{%- endmacro %}

{% macro spark__sum_over_list(list, item, expression) -%}
    coalesce(aggregate({{ list }}, cast(0 as double), (total, {{ item }}) -> total + coalesce({{ expression }}, 0)), 0)
{%- endmacro %}

{#- One row for each of some expressions, in a select list. -#}
{% macro each_of(expressions) %}
    {{- return(adapter.dispatch('each_of', 'lead_funnel')(expressions)) -}}
{% endmacro %}

{% macro default__each_of(expressions) -%}
    unnest([{{ expressions | join(', ') }}])
{%- endmacro %}

{% macro spark__each_of(expressions) -%}
    explode(array({{ expressions | join(', ') }}))
{%- endmacro %}
