{#- Expressions by name as the text of one JSON object, in the order given.
    What is null is left out. -#}
{% macro expressions_as_json(expressions) %}
    {{- return(adapter.dispatch('expressions_as_json', 'lead_funnel')(expressions)) -}}
{% endmacro %}

{% macro default__expressions_as_json(expressions) -%}
    cast(json_merge_patch('{}', json_object(
        {%- for name, expression in expressions.items() %}
        '{{ name }}', {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    )) as string)
{%- endmacro %}

{% macro spark__expressions_as_json(expressions) -%}
    to_json(named_struct(
        {%- for name, expression in expressions.items() %}
        '{{ name }}', {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}

{#- Expressions by name, to be made such a text later and only where it is needed: see
    whole_row_as_json. Where an engine does not put that off, the text itself. -#}
{% macro whole_row(expressions) %}
    {{- return(adapter.dispatch('whole_row', 'lead_funnel')(expressions)) -}}
{% endmacro %}

{% macro default__whole_row(expressions) -%}
    struct_pack(
        {%- for name, expression in expressions.items() %}
        "{{ name }}" := {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro spark__whole_row(expressions) -%}
    {{ lead_funnel.expressions_as_json(expressions) }}
{%- endmacro %}

{% macro whole_row_as_json(whole_row) %}
    {{- return(adapter.dispatch('whole_row_as_json', 'lead_funnel')(whole_row)) -}}
{% endmacro %}

{% macro default__whole_row_as_json(whole_row) -%}
    cast(json_merge_patch('{}', to_json({{ whole_row }})) as string)
{%- endmacro %}

{% macro spark__whole_row_as_json(whole_row) -%}
    {{ whole_row }}
{%- endmacro %}

{#- A member of a column that holds one object: a struct, or JSON as text. -#}
{% macro json_member(column, data_type, name) %}
    {{- return(adapter.dispatch('json_member', 'lead_funnel')(column, data_type, name)) -}}
{% endmacro %}

{% macro default__json_member(column, data_type, name) -%}
    json_extract_string(
        {{- 'to_json(' ~ column ~ ')' if (data_type | upper).startswith('STRUCT') else 'try_cast(' ~ column ~ ' as json)' -}}
    , '$."{{ name }}"')
{%- endmacro %}

{% macro spark__json_member(column, data_type, name) -%}
    get_json_object({{ 'to_json(' ~ column ~ ')' if (data_type | upper).startswith('STRUCT') else column }}, '$.{{ name }}')
{%- endmacro %}

{#- One row for each object of a JSON list that is kept as text, in a select list; see
    json_field. No row where it is no such list. -#}
{% macro json_objects(text) %}
    {{- return(adapter.dispatch('json_objects', 'lead_funnel')(text)) -}}
{% endmacro %}

{% macro default__json_objects(text) -%}
    unnest(from_json(try_cast({{ text }} as json), '["json"]'))
{%- endmacro %}

{% macro spark__json_objects(text) -%}
    explode(from_json({{ text }}, 'array<string>'))
{%- endmacro %}

{#- A field of an object that json_objects gives, as text. Fields within fields: a path. -#}
{% macro json_field(object, path) %}
    {{- return(adapter.dispatch('json_field', 'lead_funnel')(object, path)) -}}
{% endmacro %}

{% macro default__json_field(object, path) -%}
    json_extract_string({{ object }}, '$.{{ path }}')
{%- endmacro %}

{% macro spark__json_field(object, path) -%}
    get_json_object({{ object }}, '$.{{ path }}')
{%- endmacro %}

{#- A column as text; lists and structs as JSON. -#}
{% macro column_text(column, data_type) %}
    {{- return(adapter.dispatch('column_text', 'lead_funnel')(column, data_type)) -}}
{% endmacro %}

{% macro default__column_text(column, data_type) -%}
    cast({{ 'to_json(' ~ column ~ ')' if data_type.endswith(']') or data_type.startswith(('STRUCT', 'MAP')) else column }} as string)
{%- endmacro %}

{% macro spark__column_text(column, data_type) -%}
    {{ 'to_json(' ~ column ~ ')' if data_type.startswith(('array', 'struct', 'map')) else 'cast(' ~ column ~ ' as string)' }}
{%- endmacro %}
