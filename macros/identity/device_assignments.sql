{#- The raw tables whose rows are seen on a device. -#}
{% macro device_tables() %}
    {{ return(['web_events', 'form_submissions']) }}
{% endmacro %}

{#- Who had a device when: it belongs to the one last identified on it and, before its
    first identification, to that first one. One row per device and stretch of time
    with one owner: the columns asked for, valid_from and valid_to (not included).
    identifications  relation of who was identified on what device, with occurred_at
    device           its column of the device
    owner            its column of whom the device then belongs to
    evidence         its column that decides between rows of one moment
    also             further columns of the identification that opens the stretch -#}
{% macro device_assignments(identifications, device, owner, evidence, also=[]) -%}
select
    {% for column in [device, owner] + also -%}
    {{ column }},
    {% endfor -%}
    occurred_at as identified_at,
    case
        when previous_owner is null then timestamp '1970-01-01 00:00:00'
        else occurred_at
    end as valid_from,
    lead(occurred_at, 1, timestamp '9999-12-31 00:00:00') over (
        partition by {{ device }}
        order by occurred_at, {{ owner }}, {{ evidence }}
    ) as valid_to

from (
    select
        *,
        lag({{ owner }}) over (
            partition by {{ device }}
            order by occurred_at, {{ owner }}, {{ evidence }}
        ) as previous_owner

    from {{ identifications }}
) as changes

where previous_owner is null or previous_owner != {{ owner }}
{%- endmacro %}
