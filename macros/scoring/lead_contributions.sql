{#- What each feature adds to each lead's logit, by the terms of a version: a query
    of one model_version, or none. The terms of numeric features are pivoted into one wide
    row and cross-joined, which is data-driven and as fast as literals; the levels of
    categories are tiny tables. Without a version every contribution is null, and so are
    those of a cycle that is older, or silent for longer, than any that the version was
    trained on.
    rows         relation with lead_key, as_of and the features
    model_terms  relation of the terms of all versions
    scored_if    a condition on a row of features; others have no contributions either -#}
{% macro lead_contributions(version, rows, model_terms, scored_if='true') %}
{% set features = feature_list() %}
{% set numeric = features | selectattr('type', 'equalto', 'numeric') | list %}
{% set categorical = features | selectattr('type', 'equalto', 'categorical') | list %}
{% set ramps = range(1, max_ramps() + 1) %}
{% set is_scored = 'terms.model_version is not null' %}
{% set bounded = ['days_since_cycle_start', 'days_since_last_engagement'] %}

with

champion as (

    {{ version }}

),

features as (

    select * from {{ rows }}

),

champion_terms as (

    select
        model_terms.*,
        row_number() over (
            partition by model_terms.feature, model_terms.kind
            order by model_terms.term_number
        ) as kind_number

    from {{ model_terms }} as model_terms

    inner join champion
        on model_terms.model_version = champion.model_version

),

{# One name a term: hundreds of comparisons are most of what this query takes to plan. Cases
   and not filters: those are as quick to plan, and many times slower to run. #}
slots as (

    select
        *,
        feature || ' ' || kind || case when kind = 'ramp' then ' ' || kind_number else '' end
            as slot

    from champion_terms

),

terms as (

    select
        {%- for feature in numeric %}
        {%- for ramp in ramps %}
        {%- set in_slot = "case when slot = '" ~ feature.name ~ " ramp " ~ ramp ~ "' then" %}
        coalesce(max({{ in_slot }} knot end), 0) as {{ feature.name }}_knot_{{ ramp }},
        coalesce(max({{ in_slot }} knot_upper - knot end), 1)
            as {{ feature.name }}_width_{{ ramp }},
        coalesce(max({{ in_slot }} coefficient end), 0)
            as {{ feature.name }}_coefficient_{{ ramp }},
        {%- endfor %}
        coalesce(max(case when slot = '{{ feature.name }} missing' then coefficient end), 0)
            as {{ feature.name }}_missing,
        {%- endfor %}
        {%- for feature in categorical %}
        max(case when slot = '{{ feature.name }} other' then coefficient end)
            as {{ feature.name }}_other,
        {%- endfor %}
        {%- for feature in features %}
        coalesce(max(case when slot = '{{ feature.name }} average' then coefficient end), 0)
            as {{ feature.name }}_average,
        {%- endfor %}
        max(model_version) as model_version,
        {%- for feature in bounded %}
        max(case when slot = '{{ feature }} reach' then knot_upper end) as {{ feature }}_reach,
        {%- endfor %}
        coalesce(max(case when kind = 'intercept' then coefficient end), 0) as intercept,
        coalesce(sum(case when kind = 'average' then coefficient end), 0) as average_sum

    from slots

),

levels as (

    select
        feature,
        level,
        coefficient

    from champion_terms

    where kind = 'level'

),

contributions as (

    select
        features.lead_key,
        features.as_of,
        case when {{ is_scored }} then terms.model_version end as model_version,
        {%- for feature in numeric %}
        case
            when {{ is_scored }}
                then {{ numeric_contribution(feature.name, 'cast(features.' ~ feature.name ~ ' as double)', 'terms') }}
        end as contribution_{{ feature.name }},
        {%- endfor %}
        {%- for feature in categorical %}
        case
            when {{ is_scored }}
                then coalesce(
                    {{ feature.name }}_levels.coefficient,
                    terms.{{ feature.name }}_other,
                    0
                )
        end as contribution_{{ feature.name }},
        {%- endfor %}
        {%- for feature in features %}
        terms.{{ feature.name }}_average as average_{{ feature.name }},
        {%- endfor %}
        case when {{ is_scored }} then terms.intercept end
            as intercept,
        case
            when {{ is_scored }}
                then terms.intercept + terms.average_sum
        end as average_logit

    from features
    {%- for feature in categorical %}

    left join levels as {{ feature.name }}_levels
        on
            {{ feature.name }}_levels.feature = '{{ feature.name }}'
            and {{ feature.name }}_levels.level
            = coalesce(cast(features.{{ feature.name }} as string), '(missing)')
    {%- endfor %}

    {# Last, because each join copies the hundreds of columns of this one row. No version scores
       what is older or more silent than all that it was trained on; one that was trained before
       silence was bounded bounds age alone. #}
    left join terms
        on
            {{ scored_if }}
            {%- for feature in bounded %}
            and coalesce(features.{{ feature }} <= terms.{{ feature }}_reach, true)
            {%- endfor %}

),

final as (

    select
        *,
        {%- for feature in features %}
        contribution_{{ feature.name }} - average_{{ feature.name }}
            as strength_{{ feature.name }},
        {%- endfor %}
        intercept
        {%- for feature in features %}
        + contribution_{{ feature.name }}
        {%- endfor %} as logit

    from contributions

)

select * from final
{% endmacro %}
