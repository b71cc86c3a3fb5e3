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

{#- The rows of judged handoffs, once for each of these dimensions: the columns given, beside
    dimension and dimension_value. Only handoffs in the black hole have a cause.
    handoffs  the relation of judged handoffs, with is_in_black_hole
    columns   the names of the columns to keep -#}
{% macro cut_handoffs(handoffs, columns) -%}
    {% for dimension, value in lead_funnel.black_hole_dimensions().items() %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        {{ columns | join(',\n        ') }}

    from {{ handoffs }}

    {% if dimension == 'cause' %}
    where is_in_black_hole
    {% endif %}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}

{#- What of these values is a month or an hour, typed: columns beside dimension_value. -#}
{% macro typed_cuts() -%}
    cast(case when dimension = 'month' then dimension_value end as date) as month_date,
    cast(case when dimension in ('arrival_hour', 'team_arrival_hour') then dimension_value end as int)
        as arrival_hour
{%- endmacro %}
