{# The share of handoffs that nobody followed up, among those old enough to
   tell. Empty where sales logs no touches: what cannot be seen is not
   claimed. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

observability as (

    select count(*) > 0 as is_follow_up_observable
    from {{ ref('stg_raw__crm_activities') }}

),

handoffs as (

    select
        handoffs.*,
        coalesce(leads.lead_source, '(null)') as lead_source,
        leads.segment,
        cast(extract(hour from handoffs.handoff_at) as int) as arrival_hour

    from {{ ref('fct_handoffs') }} as handoffs

    inner join {{ ref('dim_leads') }} as leads
        on handoffs.lead_key = leads.lead_key

    cross join clock

    cross join observability

    where
        observability.is_follow_up_observable
        and {{ add_days('handoffs.handoff_at', var('black_hole_after_days')) }}
        <= clock.as_of

),

cut as (

    {% for dimension, value in {
        'all': "'all'",
        'lead_source': 'lead_source',
        'segment': 'segment',
        'team': "coalesce(team_id, '(no owner)')",
        'arrival_hour': 'cast(arrival_hour as string)',
        'month': "cast(cast(date_trunc('month', handoff_at) as date) as string)",
    }.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        is_in_black_hole,
        speed_to_lead_seconds

    from handoffs

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        dimension,
        dimension_value,
        count(*) as handoffs,
        sum(case when is_in_black_hole then 1 else 0 end) as never_followed_up,
        avg(speed_to_lead_seconds) / 3600 as average_speed_to_lead_hours

    from cut

    group by dimension, dimension_value

),

final as (

    select
        dimension,
        dimension_value,
        cast(handoffs as bigint) as handoffs,
        cast(never_followed_up as bigint) as never_followed_up,
        cast(never_followed_up as double) / handoffs as black_hole_share,
        {{ wilson_bound('never_followed_up', 'handoffs', 'low') }}
            as black_hole_share_low,
        {{ wilson_bound('never_followed_up', 'handoffs', 'high') }}
            as black_hole_share_high,
        average_speed_to_lead_hours

    from counted

)

select * from final
order by dimension, dimension_value
