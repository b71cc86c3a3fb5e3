{# One row per lead and run: the runs that were published, and the present one, which
   takes the place of a published run of the same as_of. #}
{% set columns = score_change_columns() %}

with

changes as (

    select
        {%- for name in columns %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ ref('fresh_score_changes') }}

),

published as (

    select
        {%- for name, type in columns.items() %}
        cast(published_scores.{{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ source('sync', 'published_scores') }} as published_scores

    cross join {{ ref('clock') }} as clock

    where published_scores.as_of < clock.as_of

),

unioned as (

    select
        *,
        false as is_present_run

    from published

    union all

    select
        *,
        true as is_present_run

    from changes

),

final as (

    select
        {%- for name, type in columns.items() %}
        cast({{ name }} as {{ type }}) as {{ name }},
        {%- endfor %}
        is_present_run

    from unioned

)

select * from final
order by lead_key, as_of
