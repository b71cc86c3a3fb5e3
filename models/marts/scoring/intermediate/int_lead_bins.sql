{# Which bin of the champion's training each feature of the open leads falls into. Features
   are compared for the younger ones alone: older leads stay open for years, and would look
   like a change of the world. Scores are compared at each age, and so for all. #}
{% set numeric = feature_list() | selectattr('type', 'equalto', 'numeric') | list %}
{% set categorical = feature_list() | selectattr('type', 'equalto', 'categorical') | list %}
{% set numbers = (numeric | map(attribute='name') | list) + ['probability'] %}

with

champion as (

    select * from {{ ref('int_champion') }}

),

distributions as (

    select distributions.*

    from {{ source('ml', 'feature_distributions') }} as distributions

    inner join champion
        on distributions.model_version = champion.model_version

),

edges as (

    select
        {%- for name in numbers %}
        {%- for edge in range(9) %}
        max(case when feature = '{{ name }}' and bin = '{{ edge }}' then upper_edge end)
            as {{ name }}_edge_{{ edge }},
        {%- endfor %}
        {%- endfor %}
        count(*) as bins

    from distributions

),

score_edges as (

    select
        substr(feature, length('probability, ') + 1) as age_band,
        {%- for edge in range(9) %}
        max(case when bin = '{{ edge }}' then upper_edge end) as edge_{{ edge }}
        {{- ',' if not loop.last }}
        {%- endfor %}

    from distributions

    where feature like 'probability, %'

    group by 1

),

contributions as (

    select
        lead_key,
        {{ logistic('logit') }} as probability

    from {{ ref('int_lead_contributions') }}

),

features as (

    select
        features.*,
        features.days_since_cycle_start <= 7 * {{ var('example_weeks') }} as is_young,
        {{ age_band('features.days_since_cycle_start') }} as age_band,
        contributions.probability

    from {{ ref('fct_lead_features') }} as features

    inner join contributions
        on features.lead_key = contributions.lead_key

),

final as (

    select
        features.lead_key,
        features.is_young,
        features.age_band,
        case
            when features.probability is not null and score_edges.age_band is not null
                then cast(
                    {%- for edge in range(9) %}
                    {{ '+ ' if not loop.first }}case when features.probability > score_edges.edge_{{ edge }} then 1 else 0 end
                    {%- endfor %}
                    as string
                )
        end as score_at_age,
        {%- for feature in categorical %}
        coalesce(cast(features.{{ feature.name }} as string), '(missing)')
            as {{ feature.name }},
        {%- endfor %}
        {%- for name in numbers %}
        case
            {#- Whom points score has no probability, which is nothing that is missing. #}
            when features.{{ name }} is null then {{ 'null' if name == 'probability' else "'(missing)'" }}
            else cast(
                {%- for edge in range(9) %}
                {{ '+ ' if not loop.first }}case when features.{{ name }} > edges.{{ name }}_edge_{{ edge }} then 1 else 0 end
                {%- endfor %}
                as string
            )
        end as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from features

    cross join edges

    left join score_edges
        on features.age_band = score_edges.age_band

    where edges.bins > 0

)

select * from final
