{#- What each feature adds to each lead's logit, by the terms of a version: a query
    of one model_version, or none. The spline pieces of each numeric feature are one list of one
    wide row, which is data-driven, takes a fifth as long to plan as a column a piece, and no
    longer to run; the levels of categories are tiny tables. Without a version every contribution
    is null, and so are those of a cycle that is older, or silent for longer, than any that the
    version was trained on.
    rows         relation with lead_key, as_of and the features
    model_terms  relation of the terms of all versions
    scored_if    a condition on a row of features; others have no contributions either -#}
{% macro lead_contributions(version, rows, model_terms, scored_if='true') %}
{% set features = feature_list() %}
{% set numeric = features | selectattr('type', 'equalto', 'numeric') | list %}
{% set categorical = features | selectattr('type', 'equalto', 'categorical') | list %}
{% set bounded = ['days_since_cycle_start', 'days_since_last_engagement'] %}

with

champion as (

    {{ version }}

),

features as (

    select * from {{ rows }}

),

champion_terms as (

    select model_terms.*

    from {{ model_terms }} as model_terms

    inner join champion
        on model_terms.model_version = champion.model_version

),

feature_terms as (

    select
        feature,
        max(model_version) as model_version,
        {{ list_of_rows(
            {'knot': 'knot', 'width': 'knot_upper - knot', 'coefficient': 'coefficient'},
            "kind = 'ramp'"
        ) }} as ramps,
        max(case when kind = 'reach' then knot_upper end) as reach
        {%- for kind in ['intercept', 'missing', 'other', 'average'] %},
        max(case when kind = '{{ kind }}' then coefficient end) as {{ kind }}
        {%- endfor %}

    from champion_terms

    group by feature

),

terms as (

    select
        {%- for feature in numeric %}
        max(case when feature = '{{ feature.name }}' then ramps end) as {{ feature.name }}_ramps,
        coalesce(max(case when feature = '{{ feature.name }}' then missing end), 0)
            as {{ feature.name }}_missing,
        {%- endfor %}
        {%- for feature in categorical %}
        coalesce(max(case when feature = '{{ feature.name }}' then other end), 0)
            as {{ feature.name }}_other,
        {%- endfor %}
        {%- for feature in features %}
        coalesce(max(case when feature = '{{ feature.name }}' then average end), 0)
            as {{ feature.name }}_average,
        {%- endfor %}
        {%- for feature in bounded %}
        max(case when feature = '{{ feature }}' then reach end) as {{ feature }}_reach,
        {%- endfor %}
        max(model_version) as model_version,
        coalesce(max(intercept), 0) as intercept,
        coalesce(sum(average), 0) as average_sum

    from feature_terms

),

levels as (

    select
        feature,
        level,
        coefficient

    from champion_terms

    where kind = 'level'

),

{# No version scores what is older or more silent than all that it was trained on; one that was
   trained before silence was bounded bounds age alone. The one row of terms is joined to all rows
   alike: a condition would copy its lists to each. #}
judged as (

    select
        features.*,
        case
            when
                {{ scored_if }}
                {%- for feature in bounded %}
                and coalesce(features.{{ feature }} <= terms.{{ feature }}_reach, true)
                {%- endfor %}
                then terms.model_version
        end as model_version

    from features

    cross join terms

),

contributions as (

    select
        features.lead_key,
        features.as_of,
        features.model_version,
        {%- for feature in numeric %}
        case
            when features.model_version is not null
                then {{ numeric_contribution('cast(features.' ~ feature.name ~ ' as double)', 'terms.' ~ feature.name) }}
        end as contribution_{{ feature.name }},
        {%- endfor %}
        {%- for feature in categorical %}
        case
            when features.model_version is not null
                then coalesce({{ feature.name }}_levels.coefficient, terms.{{ feature.name }}_other)
        end as contribution_{{ feature.name }},
        {%- endfor %}
        {%- for feature in features %}
        case
            when features.model_version is not null
                then terms.{{ feature.name }}_average
        end as average_{{ feature.name }},
        {%- endfor %}
        case when features.model_version is not null then terms.intercept end as intercept,
        case
            when features.model_version is not null
                then terms.intercept + terms.average_sum
        end as average_logit

    from judged as features

    cross join terms
    {%- for feature in categorical %}

    left join levels as {{ feature.name }}_levels
        on
            {{ feature.name }}_levels.feature = '{{ feature.name }}'
            and {{ feature.name }}_levels.level
            = coalesce(cast(features.{{ feature.name }} as string), '(missing)')
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
