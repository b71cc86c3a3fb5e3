{# A rule with a typing mistake matches nothing and its points are missed without
   a word; two versions of a rule valid on one day would both be awarded. #}
{% set fields = [
    'industry', 'employee_count', 'country_code', 'persona', 'job_level',
    'email_class', 'email_domain', 'lead_source',
] %}
{% set numbers = ['at_least', 'at_most', 'between'] %}

with

rules as (

    select * from {{ ref('int_points_rules') }}

),

mistakes as (

    select
        rule_id,
        valid_from,
        case
            when dimension = 'behavior' and event_type != ''
                and event_type not in (
                    {{ literals(
                        engagement_event_types() + sales_touch_event_types()
                        + other_event_types() + derived_event_types()
                    ) }}
                )
                then 'unknown event_type ' || event_type
            when dimension = 'behavior'
                and event_type || path_pattern || content_type || topic || form_id = ''
                then 'no condition: it would match every event'
            when dimension = 'fit' and field not in ({{ literals(fields) }})
                then 'unknown field ' || field
            when dimension = 'fit' and operator not in ({{ literals(['in', 'like'] + numbers) }})
                then 'unknown operator ' || operator
            when operator in ({{ literals(numbers) }})
                and try_cast(split_part(value, '|', 1) as double) is null
                then 'value is no number: ' || value
            when operator = 'between'
                and try_cast(split_part(value, '|', 2) as double) is null
                then 'value is not two numbers with a bar between: ' || value
            when valid_from >= valid_until
                then 'valid_to lies before valid_from'
        end as mistake

    from rules

),

overlapping as (

    select
        earlier.rule_id,
        later.valid_from,
        'valid on days of another version of the rule' as mistake

    from rules as earlier

    inner join rules as later
        on
            earlier.rule_id = later.rule_id
            and earlier.valid_from < later.valid_from
            and earlier.valid_until > later.valid_from

),

twice as (

    select
        rule_id,
        valid_from,
        'twice in the file' as mistake

    from rules

    group by rule_id, valid_from

    having count(*) > 1

)

select * from mistakes where mistake is not null
union all
select * from overlapping
union all
select * from twice
