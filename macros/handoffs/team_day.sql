{#- Joins the working day of a team: its own, and that of teams without a calendar,
    which stands in where it has none.
    team_days  the relation of team_days
    team_id    the expression of the team -#}
{% macro join_team_day(team_days, team_id) -%}
    left join {{ team_days }} as own_days
        on {{ team_id }} = own_days.team_id

    left join {{ team_days }} as common_days
        on common_days.team_id = ''
{%- endmacro %}

{#- A column of the working day that join_team_day found, or what is given instead
    where there is none. -#}
{% macro team_day(column, otherwise) -%}
    coalesce(own_days.{{ column }}, common_days.{{ column }}, {{ otherwise }})
{%- endmacro %}
