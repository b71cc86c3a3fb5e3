{#- The teams whose facts are shown together, because alone they would tell of single
    people: those with fewer active reps than the variable smallest_team, and, until
    they have as many together, the next larger ones.
    reps  the relation of reps -#}
{% macro small_teams(reps) -%}
{%- set fewest = 0 if var('rep_level_reporting') else var('smallest_team') -%}
    select team_id

    from (
        select
            team_id,
            active_reps,
            min(active_reps) over () as fewest_reps,
            coalesce(
                sum(active_reps) over (
                    order by active_reps, team_id
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as reps_of_smaller_teams

        from (
            select
                team_id,
                sum(case when is_active then 1 else 0 end) as active_reps

            from {{ reps }}

            where team_id is not null

            group by team_id
        ) as sizes
    ) as ranked

    where
        fewest_reps < {{ fewest }}
        and (
            active_reps < {{ fewest }}
            or reps_of_smaller_teams < {{ fewest }}
        )
{%- endmacro %}
