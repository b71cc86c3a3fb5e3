{{ config(group='routing') }}

{# Who has more slots goes further down, whatever the cut-off is told in. #}
with

steps as (

    select
        team_id,
        capacity_percent,
        {%- for name in cutoff_values() %}
        cutoff_{{ name }},
        min(cutoff_{{ name }}) over smaller as smaller_{{ name }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from {{ ref('capacity_what_if') }}

    window smaller as (
        partition by team_id
        order by capacity_percent
        rows between unbounded preceding and 1 preceding
    )

)

select *

from steps

where
    {% for name in cutoff_values() %}
    cutoff_{{ name }} > smaller_{{ name }}{% if not loop.last %} or{% endif %}
    {% endfor %}
