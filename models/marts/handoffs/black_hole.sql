{# The share of handoffs that nobody followed up, among those old enough to
   tell. Empty where sales logs no touches: what cannot be seen is not claimed. #}

with

handoffs as (

    select * from {{ ref('judged_handoffs') }}

),

{# MQLs that nobody was told of are no handoffs: they stand beside them. #}
untold as (

    select
        handoffs.handed_over_by,
        handoffs.owner_id,
        handoffs.team_id,
        handoffs.score_band,
        handoffs.black_hole_cause,
        false as is_in_black_hole,
        {{ handoff_cuts('handoffs', 'leads') }}

    from {{ ref('fct_handoffs') }} as handoffs

    inner join {{ ref('dim_leads') }} as leads
        on handoffs.lead_key = leads.lead_key

    where not handoffs.was_told

),

cut_untold as (

    {{ cut_handoffs('untold', ['is_in_black_hole']) }}

),

counted_untold as (

    select
        dimension,
        dimension_value,
        count(*) as never_told

    from cut_untold

    group by dimension, dimension_value

),

cut as (

    {{ cut_handoffs('handoffs', [
        'is_in_black_hole', 'speed_to_lead_seconds', 'speed_to_lead_business_seconds',
    ]) }}

),

counted as (

    select
        dimension,
        dimension_value,
        count(*) as handoffs,
        sum(case when is_in_black_hole then 1 else 0 end) as never_followed_up,
        avg(speed_to_lead_seconds) / 3600 as average_speed_to_lead_hours,
        avg(speed_to_lead_business_seconds) / 3600
            as average_speed_to_lead_business_hours

    from cut

    group by dimension, dimension_value

),

totals as (

    select count(*) as handoffs from handoffs

),

shares as (

    select
        counted.dimension,
        counted.dimension_value,
        cast(
            case
                when counted.dimension = 'cause' then totals.handoffs
                else counted.handoffs
            end as bigint
        ) as handoffs,
        cast(counted.never_followed_up as bigint) as never_followed_up,
        case
            when counted.dimension != 'cause'
                then cast(coalesce(counted_untold.never_told, 0) as bigint)
        end as never_told,
        counted.average_speed_to_lead_hours,
        counted.average_speed_to_lead_business_hours

    from counted

    cross join totals

    left join counted_untold
        on
            counted.dimension = counted_untold.dimension
            and counted.dimension_value = counted_untold.dimension_value

),

final as (

    select
        dimension,
        dimension_value,
        {{ typed_cuts() }},
        handoffs,
        never_followed_up,
        cast(never_followed_up as double) / handoffs as black_hole_share,
        {{ wilson_bound('never_followed_up', 'handoffs', 'low') }}
            as black_hole_share_low,
        {{ wilson_bound('never_followed_up', 'handoffs', 'high') }}
            as black_hole_share_high,
        never_told,
        average_speed_to_lead_hours,
        average_speed_to_lead_business_hours

    from shares

)

select * from final
order by dimension, dimension_value
