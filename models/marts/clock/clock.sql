{# The one clock: as_of is the last load that is believed unless the variable says
   otherwise, and the backfill what the first load brought. Without any load that
   bears a time, both stand at 1970. #}
with

bounds as (

    select * from {{ ref('stg_raw__load_bounds') }}

),

final as (

    select
        {% if var('as_of') %}
        {{ to_utc("'" ~ var('as_of') ~ "'") }} as as_of,
        {% else %}
        coalesce(max(loaded_until), timestamp '1970-01-01 00:00:00') as as_of,
        {% endif %}
        {{ end_of_backfill('max(first_loaded_until)') }} as backfilled_until

    from bounds

)

select * from final
