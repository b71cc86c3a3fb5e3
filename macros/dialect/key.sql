{#- A compact key of one or more values: 16 bytes on DuckDB, on Spark the text that
    those read as, so that a key made of keys is the same on both. Null when any
    part is null, so that a missing id never becomes a key. -#}
{% macro key(parts) %}
    {{- return(adapter.dispatch('key', 'lead_funnel')(parts)) -}}
{% endmacro %}

{% macro _key_text(parts) -%}
    {%- for part in parts -%}
        cast({{ part }} as string){% if not loop.last %} || '|' || {% endif %}
    {%- endfor -%}
{%- endmacro %}

{# By way of bytes: to read 32 digits as a key takes longer than to hash the text. #}
{% macro default__key(parts) -%}
    cast(unhex(md5({{ lead_funnel._key_text(parts) }})) as uuid)
{%- endmacro %}

{% macro spark__key(parts) -%}
    regexp_replace(
        md5({{ lead_funnel._key_text(parts) }}),
        '^(.{8})(.{4})(.{4})(.{4})', '$1-$2-$3-$4-'
    )
{%- endmacro %}

{#- The key of nothing: null, where rows with a key and rows without one are put together. -#}
{% macro no_key() -%}
    {{ lead_funnel.key(['cast(null as string)']) }}
{%- endmacro %}

{#- The type of such keys. -#}
{% macro key_type() %}
    {{- return(adapter.dispatch('key_type', 'lead_funnel')()) -}}
{% endmacro %}

{% macro default__key_type() %}{{ return('uuid') }}{% endmacro %}

{% macro spark__key_type() %}{{ return('string') }}{% endmacro %}

{#- Contracts call keys uuid. dbt asks the engine what a contract's types are by casting
    null to them. -#}
{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ lead_funnel.key_type() if type == 'uuid' else type }})
{%- endmacro %}
