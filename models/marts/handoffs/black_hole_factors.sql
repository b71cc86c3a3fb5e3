{# What goes with the black hole: of each factor, the share of the handoffs that have it
   and of those that do not. A handoff may have several, so that they add up to nothing;
   and a contrast is no proof that one is the cause. The interval of the difference is
   Newcombe's, of the Wilson intervals of both shares (Statistics in Medicine 17, 1998,
   method 10). #}
{% set low_ratings = var('low_ratings') %}
{% set factors = {
    'no_owner': 'handoffs.owner_id is null',
    'owner_unknown': 'handoffs.is_owner_unknown',
    'over_capacity': 'handoffs.is_over_capacity',
    'after_hours': 'handoffs.is_after_hours',
} %}
{% if low_ratings %}
    {% do factors.update({'low_quality': "coalesce(handoffs.rep_rating in (" ~ literals(low_ratings) ~ "), false)"}) %}
{% endif %}

with

handoffs as (

    select
        handoffs.is_in_black_hole,
        {%- for factor, has_it in factors.items() %}
        {{ has_it }} as {{ factor }}{% if not loop.last %},{% endif %}
        {%- endfor %}

    from {{ ref('fct_handoffs') }} as handoffs

    where handoffs.is_judged

),

by_factor as (

    {% for factor in factors %}
    select
        '{{ factor }}' as factor,
        {{ factor }} as has_it,
        is_in_black_hole

    from handoffs

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        factor,
        sum(case when has_it then 1 else 0 end) as handoffs_with,
        sum(case when has_it and is_in_black_hole then 1 else 0 end) as never_followed_up_with,
        sum(case when has_it then 0 else 1 end) as handoffs_without,
        sum(case when not has_it and is_in_black_hole then 1 else 0 end)
            as never_followed_up_without

    from by_factor

    group by factor

),

shares as (

    select
        counted.*,
        {%- for side in ['with', 'without'] %}
        cast(never_followed_up_{{ side }} as double) / nullif(handoffs_{{ side }}, 0)
            as share_{{ side }},
        {{ wilson_bound('never_followed_up_' ~ side, 'handoffs_' ~ side, 'low') }}
            as share_{{ side }}_low,
        {{ wilson_bound('never_followed_up_' ~ side, 'handoffs_' ~ side, 'high') }}
            as share_{{ side }}_high{% if not loop.last %},{% endif %}
        {%- endfor %}

    from counted

),

final as (

    select
        factor,
        cast(handoffs_with as bigint) as handoffs_with,
        cast(never_followed_up_with as bigint) as never_followed_up_with,
        share_with,
        share_with_low,
        share_with_high,
        cast(handoffs_without as bigint) as handoffs_without,
        cast(never_followed_up_without as bigint) as never_followed_up_without,
        share_without,
        share_without_low,
        share_without_high,
        round(handoffs_with * (share_with - share_without), 6) as excess_handoffs,
        round(handoffs_with * (
            share_with - share_without - sqrt(
                (share_with - share_with_low) * (share_with - share_with_low)
                + (share_without_high - share_without) * (share_without_high - share_without)
            )
        ), 6) as excess_handoffs_low,
        round(handoffs_with * (
            share_with - share_without + sqrt(
                (share_with_high - share_with) * (share_with_high - share_with)
                + (share_without - share_without_low) * (share_without - share_without_low)
            )
        ), 6) as excess_handoffs_high

    from shares

)

select * from final
order by factor
