{# Why each open lead has the score it has. By model: by how much the score would
   differ with the average of each feature. By points, while there is no champion:
   what each rule has given. #}
{% set features = feature_list() %}

with

contributions as (

    select * from {{ ref('int_lead_contributions') }}

),

features as (

    select * from {{ ref('fct_lead_features') }}

),

ledger as (

    select * from {{ ref('fct_points_ledger') }}

),

declared_features as (

    {% for feature in features %}
    select
        {{ loop.index }} as feature_number,
        '{{ feature.name }}' as feature,
        '{{ feature.label }}' as label
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        cast(null as int) as feature_number,
        cast(null as string) as feature,
        cast(null as string) as label
    {% endfor %}

),

{# Rounded before all else: a rank must not hang on the last digits, and here it
   is done once a lead and not once a row. #}
sizes as (

    select
        *
        {%- for feature in features %},
        abs(round(strength_{{ feature.name }}, 9)) as size_{{ loop.index }}
        {%- endfor %}

    from contributions

    where model_version is not null

),

model_features as (

    select
        sizes.*,
        declared_features.feature_number,
        declared_features.feature,
        declared_features.label,
        case declared_features.feature_number
            {%- for feature in features %}
            {%- if feature.type == 'numeric' %}
            {%- set value = 'cast(features.' ~ feature.name ~ ' as double)' %}
            when {{ loop.index }} then {{ number_text(value) }}
            {%- else %}
            when {{ loop.index }} then cast(features.{{ feature.name }} as string)
            {%- endif %}
            {%- endfor %}
            else cast(null as string)
        end as value_text,
        case declared_features.feature_number
            {%- for feature in features %}
            when {{ loop.index }} then sizes.strength_{{ feature.name }}
            {%- endfor %}
            else cast(null as double)
        end as logit_strength,
        case declared_features.feature_number
            {%- for feature in features %}
            when {{ loop.index }} then sizes.size_{{ loop.index }}
            {%- endfor %}
            else cast(null as double)
        end as size

    from sizes

    inner join features
        on sizes.lead_key = features.lead_key

    cross join declared_features

),

{# A rank is one more than the features that are stronger. Counting them beats
   sorting all rows of all leads several times over. #}
by_model as (

    select
        lead_key,
        'model' as scored_by,
        feature,
        label,
        value_text,
        100 * (
            {{ logistic('logit') }} - {{ logistic('(logit - logit_strength)') }}
        ) as strength,
        1
        {%- for feature in features %}
        + case
            when size_{{ loop.index }} > size then 1
            when
                size_{{ loop.index }} = size
                and {{ loop.index }} < feature_number
                then 1
            else 0
        end
        {%- endfor %} as reason_rank

    from model_features

),

points_by_rule as (

    select
        contributions.lead_key,
        'points' as scored_by,
        ledger.rule_id as feature,
        max(ledger.rule_description) as label,
        case
            when ledger.dimension = 'fit' then null
            when sum(case when ledger.entry_type = 'award' then 1 else 0 end) = 1
                then 'once'
            else cast(
                sum(case when ledger.entry_type = 'award' then 1 else 0 end) as string
            ) || ' times'
        end as value_text,
        sum({{ decayed(
            'ledger.points', 'ledger.half_life_days',
            'ledger.occurred_at', 'contributions.as_of'
        ) }}) as strength

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
                    ledger.dimension = 'behavior'
                    and ledger.cycle_number = features.cycle_number
                    and ledger.occurred_at <= contributions.as_of
                )
            )

    where contributions.model_version is null

    group by contributions.lead_key, ledger.rule_id, ledger.dimension

),

by_points as (

    select
        lead_key,
        scored_by,
        feature,
        label,
        value_text,
        strength,
        row_number() over (
            partition by lead_key
            order by abs(round(strength, 9)) desc, feature
        ) as reason_rank

    from points_by_rule

),

unioned as (

    select * from by_model

    union all

    select * from by_points

),

final as (

    select
        lead_key,
        scored_by,
        feature,
        label,
        value_text,
        strength,
        cast(reason_rank as int) as reason_rank

    from unioned

)

{# Looked up by lead. #}
select * from final
order by lead_key, reason_rank
