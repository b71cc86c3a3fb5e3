{#- What judged handoffs are cut by: name and value. -#}
{% macro black_hole_dimensions() %}
{%- set dimensions = {
    'all': "'all'",
    'channel': 'channel',
    'segment': 'segment',
    'score_band': 'score_band',
    'handed_over_by': 'handed_over_by',
    'team': "coalesce(team_id, '(no owner)')",
    'arrival_hour': 'cast(arrival_hour as string)',
    'team_arrival_hour': 'cast(team_arrival_hour as string)',
    'month': "cast(cast(date_trunc('month', arrived_at) as date) as string)",
    'cause': 'black_hole_cause',
} -%}
{%- if var('rep_level_reporting') -%}
    {%- do dimensions.update({'rep': "coalesce(owner_id, '(no owner)')"}) -%}
{%- endif -%}
{{ return(dimensions) }}
{% endmacro %}
