{# Which bin of the champion's training each feature of the younger open leads falls
   into. Older leads stay open for years and are not among the examples, so they
   would look like a change of the world. #}
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

contributions as (

    select
        lead_key,
        {{ logistic('logit') }} as probability

    from {{ ref('int_lead_contributions') }}

),

features as (

    select
        features.*,
        contributions.probability

    from {{ ref('fct_lead_features') }} as features

    inner join contributions
        on features.lead_key = contributions.lead_key

    where features.days_since_cycle_start <= 7 * {{ var('example_weeks') }}

),

final as (

    select
        features.lead_key,
        {%- for feature in categorical %}
        coalesce(cast(features.{{ feature.name }} as string), '(missing)')
            as {{ feature.name }},
        {%- endfor %}
        {%- for name in numbers %}
        case
            when features.{{ name }} is null then '(missing)'
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

    where edges.bins > 0

)

select * from final
