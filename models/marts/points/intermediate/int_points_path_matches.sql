{# Which path patterns of rules a page fits: one row per distinct path and pattern.
   Every pattern is tried once on every distinct path, however many events there are. #}
with

paths as (

    select distinct page_path
    from {{ ref('event_signatures') }}
    where page_path != ''

),

patterns as (

    select distinct path_pattern
    from {{ ref('points_rules_in_force') }}
    where path_pattern != ''

),

final as (

    select
        paths.page_path,
        patterns.path_pattern

    from paths

    inner join patterns
        on paths.page_path like patterns.path_pattern

)

select * from final
