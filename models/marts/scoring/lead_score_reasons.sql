{# Why each open lead has the score it has. By model: what every feature adds,
   against what it adds on average. By points, while there is no champion: what
   each rule has given. #}
{% set features = feature_list() %}

with

champion as (

    {{ champion_model() }}

),

contributions as (

    select * from {{ ref('int_lead_contributions') }}

),

features as (

    select * from {{ ref('fct_lead_features') }}

),

ledger as (

    select * from {{ ref('fct_points_ledger') }}

),

averages as (

    select
        model_terms.feature,
        model_terms.coefficient

    from {{ source('ml', 'model_terms') }} as model_terms

    inner join champion
        on model_terms.model_version = champion.model_version

    where model_terms.kind = 'average'

),

feature_labels as (

    {% for feature in features %}
    select
        '{{ feature.name }}' as feature,
        '{{ feature.label }}' as label
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        cast(null as string) as feature,
        cast(null as string) as label
    {% endfor %}

),

declared_features as (

    select
        feature_labels.feature,
        feature_labels.label,
        coalesce(averages.coefficient, 0) as average_contribution

    from feature_labels

    left join averages
        on feature_labels.feature = averages.feature

),

by_model as (

    select
        contributions.lead_key,
        'model' as scored_by,
        declared_features.feature,
        declared_features.label,
        case declared_features.feature
            {%- for feature in features %}
            {%- if feature.type == 'numeric' %}
            {%- set value = 'cast(features.' ~ feature.name ~ ' as double)' %}
            when '{{ feature.name }}' then {{ number_text(value) }}
            {%- else %}
            when '{{ feature.name }}' then cast(features.{{ feature.name }} as string)
            {%- endif %}
            {%- endfor %}
            else cast(null as string)
        end as value_text,
        case declared_features.feature
            {%- for feature in features %}
            when '{{ feature.name }}' then contributions.contribution_{{ feature.name }}
            {%- endfor %}
            else cast(null as double)
        end as contribution,
        declared_features.average_contribution

    from contributions

    inner join features
        on contributions.lead_key = features.lead_key

    cross join declared_features

    where contributions.model_version is not null

),

by_points as (

    select
        contributions.lead_key,
        'points' as scored_by,
        ledger.rule_id as feature,
        max(ledger.rule_description) as label,
        case
            when ledger.dimension = 'fit' then null
            when sum(case when ledger.points <> 0 then 1 else 0 end) = 1
                then 'once'
            else cast(
                sum(case when ledger.points <> 0 then 1 else 0 end) as string
            ) || ' times'
        end as value_text,
        sum({{ decayed(
            'ledger.points', 'ledger.half_life_days',
            'ledger.occurred_at', 'contributions.as_of'
        ) }}) as contribution,
        cast(0 as double) as average_contribution

    from contributions

    inner join features
        on contributions.lead_key = features.lead_key

    {# Behaviour counts in the present cycle only, fit in all of them. #}
    inner join ledger
        on
            contributions.lead_key = ledger.lead_key
            and ledger.known_at <= contributions.as_of
            and (
                ledger.dimension = 'fit'
                or (
                    ledger.cycle_number = features.cycle_number
                    and ledger.occurred_at <= contributions.as_of
                )
            )

    where contributions.model_version is null

    group by contributions.lead_key, ledger.rule_id, ledger.dimension

),

unioned as (

    select * from by_model

    union all

    select * from by_points

),

strengths as (

    select
        *,
        contribution - average_contribution as strength

    from unioned

),

final as (

    select
        {{ key(['lead_key', 'feature']) }} as lead_score_reason_key,
        lead_key,
        scored_by,
        feature,
        label,
        value_text,
        contribution,
        average_contribution,
        strength,
        cast(row_number() over (
            partition by lead_key
            order by abs(round(strength, 9)) desc, feature
        ) as int) as reason_rank

    from strengths

)

select * from final

order by lead_key, reason_rank
