{# One row per person and fit rule that holds for it, from when the attribute
   was first known. #}
with

profiles as (

    select * from {{ ref('lead_profiles') }}

),

fields as (

    {% for field, known_at in [
        ('industry', 'industry_known_at'),
        ('employee_count', 'employee_count_known_at'),
        ('country_code', 'country_code_known_at'),
        ('persona', 'job_title_known_at'),
        ('job_level', 'job_title_known_at'),
        ('email_class', 'email_domain_known_at'),
        ('email_domain', 'email_domain_known_at'),
        ('lead_source', 'lead_source_known_at'),
    ] %}
    select
        lead_key,
        '{{ field }}' as field,
        cast({{ field }} as string) as value,
        {{ known_at }} as known_at

    from profiles

    where {{ field }} is not null and {{ known_at }} is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

distinct_values as (

    select distinct
        field,
        value,
        case
            when field = 'lead_source' then {{ compared_source('value') }} else lower(value)
        end as compared_value

    from fields

),

rules as (

    select
        *,
        {# Blanks, hyphens and _ are no difference between two spellings of a source. #}
        case
            when field = 'lead_source' then {{ compared_source('value') }} else lower(value)
        end as compared_value

    from {{ ref('points_rules_in_force') }}

    where dimension = 'fit'

),

{# Rules are matched once per distinct value. #}
matches as (

    select
        distinct_values.field,
        distinct_values.value,
        rules.rule_id,
        rules.points,
        rules.blocks_mql,
        rules.valid_from,
        rules.valid_until

    from distinct_values

    inner join rules
        on
            distinct_values.field = rules.field
            and case
                when rules.operator = 'in'
                    then instr(
                        '|' || rules.compared_value || '|',
                        '|' || distinct_values.compared_value || '|'
                    ) > 0
                when rules.operator = 'like'
                    then distinct_values.compared_value like rules.compared_value
                when rules.operator = 'at_least'
                    then
                        try_cast(distinct_values.value as double)
                        >= try_cast(rules.value as double)
                when rules.operator = 'at_most'
                    then
                        try_cast(distinct_values.value as double)
                        <= try_cast(rules.value as double)
                when rules.operator = 'between'
                    then
                        try_cast(distinct_values.value as double)
                        between try_cast(split_part(rules.value, '|', 1) as double)
                        and try_cast(split_part(rules.value, '|', 2) as double)
                else false
            end

),

final as (

    select
        {{ key(['fields.lead_key', 'matches.rule_id', 'matches.valid_from']) }}
            as entry_key,
        fields.lead_key,
        matches.rule_id,
        matches.valid_from,
        matches.points,
        matches.blocks_mql,
        fields.known_at

    from fields

    inner join matches
        on
            fields.field = matches.field
            and fields.value = matches.value
            and fields.known_at >= matches.valid_from
            and fields.known_at < matches.valid_until

)

select * from final
