{#- Parameters of an event as GA4 exports them: JSON of a list of pairs, of a key and a value
    that stands in one of four fields. Gives a list of key and value, both text; null where
    it is no such list. -#}
{% macro event_params(json) %}
    {{- return(adapter.dispatch('event_params', 'lead_funnel')(json)) -}}
{% endmacro %}

{% macro default__event_params(json) -%}
    list_transform(
        from_json(
            try_cast({{ json }} as json),
            '[{"key": "varchar", "value": {
                {%- for name in lead_funnel._value_fields() %}"{{ name }}": "varchar"{{ ', ' if not loop.last }}{% endfor -%}
            }}]'
        ),
        lambda param: {'key': param.key, 'value': {{ lead_funnel._param_value() }}}
    )
{%- endmacro %}

{% macro spark__event_params(json) -%}
    transform(
        from_json(
            {{ json }},
            'array<struct<key: string, value: struct<
                {%- for name in lead_funnel._value_fields() %}{{ name }}: string{{ ', ' if not loop.last }}{% endfor -%}
            >>>'
        ),
        param -> named_struct('key', param.key, 'value', {{ lead_funnel._param_value() }})
    )
{%- endmacro %}

{% macro _value_fields() %}
    {{ return(['string_value', 'int_value', 'float_value', 'double_value']) }}
{% endmacro %}

{% macro _param_value() -%}
    coalesce({% for name in lead_funnel._value_fields() %}param.value.{{ name }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- The value of one of the parameters that event_params gives. -#}
{% macro event_param(params, key) %}
    {{- return(adapter.dispatch('event_param', 'lead_funnel')(params, key)) -}}
{% endmacro %}

{% macro default__event_param(params, key) -%}
    list_filter({{ params }}, lambda param: param.key = '{{ key }}')[1].value
{%- endmacro %}

{% macro spark__event_param(params, key) -%}
    get(filter({{ params }}, param -> param.key = '{{ key }}'), 0).value
{%- endmacro %}

{#- All parameters as one text that does not depend on their order. -#}
{% macro event_params_text(params) %}
    {{- return(adapter.dispatch('event_params_text', 'lead_funnel')(params)) -}}
{% endmacro %}

{% macro default__event_params_text(params) -%}
    array_to_string(list_sort(list_transform(
        {{ params }}, lambda param: param.key || '=' || coalesce(param.value, '')
    )), '|')
{%- endmacro %}

{% macro spark__event_params_text(params) -%}
    array_join(array_sort(transform(
        {{ params }}, param -> param.key || '=' || coalesce(param.value, '')
    )), '|')
{%- endmacro %}

{#- JSON in lower case without blanks, quotes and underscores, to look for a name and its
    value in it. -#}
{% macro squeezed_json(json) -%}
    translate(lower({{ json }}), ' "_' || chr(39), '')
{%- endmacro %}
