{#- One row a key out of the usable rows of a base model: the version that arrived
    last, ties broken by content, so that order of arrival never decides.
    loaded_at        earliest arrival of a version with the same content, so that
                     loading a row again changes nothing
    first_loaded_at  earliest arrival of any version
    version_count    usable raw rows with this key
    Only keys that occur twice are ranked: ranking every row costs five times more. -#}
{% macro accepted_rows(relation, key, columns) %}
{%- set values = {} -%}
{%- for column in columns %}{% do values.update({column: 'usable.' ~ column}) %}{% endfor -%}
with

repeated_keys as (

    select {{ key }}
    from {{ relation }}
    where reject_reason is null
    group by {{ key }}
    having count(*) > 1

),

single_rows as (

    select
        {%- for column in columns %}
        usable.{{ column }},
        {%- endfor %}
        usable.loaded_at,
        usable.loaded_at as first_loaded_at,
        cast(1 as bigint) as version_count

    from {{ relation }} as usable

    where usable.reject_reason is null
        and not exists (
            select 1 from repeated_keys where repeated_keys.{{ key }} = usable.{{ key }}
        )

),

versions as (

    select
        {%- for column in columns %}
        usable.{{ column }},
        {%- endfor %}
        usable.loaded_at,
        usable.{{ key }} as version_key,
        md5({{ lead_funnel.expressions_as_json(values) }}) as content_hash

    from {{ relation }} as usable

    inner join repeated_keys
        on usable.{{ key }} = repeated_keys.{{ key }}

    where usable.reject_reason is null

),

{# Versions that tie in arrival and content are the same row. #}
ranked_versions as (

    select
        *,
        row_number() over (partition by version_key order by loaded_at desc, content_hash) as version_number,
        min(loaded_at) over (partition by version_key, content_hash) as content_loaded_at,
        min(loaded_at) over (partition by version_key) as first_loaded_at,
        count(*) over (partition by version_key) as version_count

    from versions

),

final as (

    select * from single_rows

    union all

    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        content_loaded_at as loaded_at,
        first_loaded_at,
        version_count

    from ranked_versions

    where version_number = 1

)

select * from final
{% endmacro %}
