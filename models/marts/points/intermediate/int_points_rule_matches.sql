{# Which behaviour rules an event of a kind earns: one row per event signature
   and rule version. Whether a rule also asks for a type of campaign is left to the
   event, whose kind does not tell it. #}
with

signatures as (

    select
        signature_key,
        source,
        raw_name,
        page_path,
        event_type,
        content_type,
        topic

    from {{ ref('event_signatures') }}

    union all

    {# Silence is made here and has no raw name. #}
    select
        {{ key(["'went_silent'"]) }} as signature_key,
        'derived' as source,
        '' as raw_name,
        '' as page_path,
        'went_silent' as event_type,
        '' as content_type,
        '' as topic

),

rules as (

    select * from {{ ref('points_rules_in_force') }}
    where dimension = 'behavior'

),

final as (

    select
        signatures.signature_key,
        rules.rule_id,
        rules.campaign_type,
        rules.points,
        rules.max_awards,
        rules.period_days,
        rules.cool_down_days,
        rules.half_life_days,
        rules.blocks_mql,
        rules.rule_group,
        rules.group_max_points_in_period,
        rules.group_period_days,
        rules.group_max_points,
        rules.valid_from,
        rules.valid_until

    from signatures

    inner join rules
        on
            (rules.event_type = '' or signatures.event_type = rules.event_type)
            and (
                rules.content_type = ''
                or signatures.content_type = rules.content_type
            )
            and (rules.topic = '' or signatures.topic = rules.topic)
            and (
                rules.form_id = ''
                or (
                    signatures.source = 'form'
                    and signatures.raw_name = rules.form_id
                )
            )

    left join {{ ref('int_points_path_matches') }} as path_matches
        on
            signatures.page_path = path_matches.page_path
            and rules.path_pattern = path_matches.path_pattern

    where rules.path_pattern = '' or path_matches.path_pattern is not null

)

select * from final
