{#- The values that fields of a CRM record had, and since when: adds the CTEs
    field_changes, current_fields and field_history. field_history has one row per
    record, field and value: the value at creation (without history_id), which is the
    old value of the field's first change, or today's where it never changed (then
    is_dated is false: it is not known since when), and one per change.

    records   the relation of CRM records: lead_id, created_at, first_loaded_at and the
              fields
    history   the relation of changes of their fields
    fields    by column of the records, the names that the history has for it, in
              lower case -#}
{% macro field_history(records, history, fields) -%}
field_changes as (

    select
        *,
        row_number() over (
            partition by lead_id, field
            order by changed_at, history_id
        ) as change_number

    from (
        select
            history_id,
            lead_id,
            case
                {%- for field, names in fields.items() %}
                when lower(field_name) in ({{ lead_funnel.literals(names) }}) then '{{ field }}'
                {%- endfor %}
            end as field,
            old_value,
            new_value,
            changed_at,
            loaded_at

        from {{ history }}
    ) as named_changes

    where field is not null

),

current_fields as (
    {%- for field in fields %}

    select
        lead_id,
        '{{ field }}' as field,
        cast({{ field }} as string) as value,
        created_at,
        first_loaded_at

    from {{ records }}
    {{- '\n\n    union all' if not loop.last }}
    {%- endfor %}

),

field_history as (

    select
        current_fields.lead_id,
        current_fields.field,
        case
            when field_changes.lead_id is not null then field_changes.old_value
            else current_fields.value
        end as value,
        current_fields.created_at as valid_from,
        current_fields.first_loaded_at as loaded_at,
        field_changes.lead_id is not null as is_dated,
        '' as history_id

    from current_fields

    left join field_changes
        on
            current_fields.lead_id = field_changes.lead_id
            and current_fields.field = field_changes.field
            and field_changes.change_number = 1

    union all

    select
        lead_id,
        field,
        new_value as value,
        changed_at as valid_from,
        loaded_at,
        true as is_dated,
        history_id

    from field_changes

)
{%- endmacro %}
