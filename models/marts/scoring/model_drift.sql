{# What moved since the champion was trained, told each night without training again.
   The limits are the variables drift_*, by which training judges too. #}
{% set half = 'cast(0.5 as double)' %}
{% set names = (feature_list() | map(attribute='name') | list) + ['probability'] %}

with

champion as (

    select * from {{ ref('int_champion') }}

),

clock as (

    select * from {{ ref('clock') }}

),

distributions as (

    select
        distributions.feature,
        distributions.bin,
        distributions.examples

    from {{ source('ml', 'feature_distributions') }} as distributions

    inner join champion
        on distributions.model_version = champion.model_version

),

bins as (

    select * from {{ ref('int_lead_bins') }}

),

outcomes as (

    select * from {{ ref('int_champion_outcomes') }}

),

counts as (

    {%- for name in names %}
    select
        '{{ name }}' as feature,
        {{ name }} as bin,
        count(*) as leads

    from bins

    where is_young{{ ' and probability is not null' if name == 'probability' }}

    group by {{ name }}

    union all

    {%- endfor %}

    select
        'probability, ' || age_band as feature,
        score_at_age as bin,
        count(*) as leads

    from bins

    where score_at_age is not null

    group by
        age_band,
        score_at_age

),

pooled_counts as (

    select
        counts.feature,
        coalesce(distributions.bin, '(other)') as bin,
        sum(counts.leads) as leads

    from counts

    left join distributions
        on
            counts.feature = distributions.feature
            and counts.bin = distributions.bin

    group by counts.feature, coalesce(distributions.bin, '(other)')

),

both_counts as (

    select
        distributions.feature,
        distributions.bin,
        distributions.examples,
        coalesce(pooled_counts.leads, 0) as leads,
        sum(distributions.examples) over features as all_examples,
        sum(coalesce(pooled_counts.leads, 0)) over features as all_leads,
        count(*) over features as all_bins

    from distributions

    left join pooled_counts
        on
            distributions.feature = pooled_counts.feature
            and distributions.bin = pooled_counts.bin

    where distributions.feature not in ('outcome', 'outcome_leads')

    window features as (partition by distributions.feature)

),

{# Half a case is added to every bin, so that an empty one stays finite. #}
shares as (

    select
        feature,
        all_leads,
        (examples + {{ half }}) / (all_examples + {{ half }} * all_bins) as share_before,
        (leads + {{ half }}) / (all_leads + {{ half }} * all_bins) as share_now

    from both_counts

),

populations as (

    select
        case
            when feature = 'probability' then 'score'
            when feature like 'probability, %' then 'score_at_age'
            else 'feature'
        end as aspect,
        case
            when feature like 'probability, %'
                then substr(feature, length('probability, ') + 1)
            else feature
        end as name,
        max(all_leads) as leads,
        cast(null as double) as expected,
        cast(null as double) as observed,
        case
            when max(all_leads) >= {{ var('drift_fewest_leads') }}
                then sum((share_now - share_before) * ln(share_now / share_before))
        end as value,
        cast({{ var('drift_shifted') }} as double) as boundary

    from shares

    group by feature

),

training_rate as (

    select
        max(case when bin = 'won' then examples end)
        / cast(nullif(sum(case when feature = 'outcome' then examples end), 0) as double)
            as rate,
        max(case when feature = 'outcome_leads' then examples end) as leads

    from distributions

    where feature in ('outcome', 'outcome_leads')

),

{# Errors are of leads, not of rows: a lead on the weekly grid is one outcome. #}
rates as (

    select
        'base_rate' as aspect,
        'all' as name,
        count(distinct outcomes.lead_key) as leads,
        max(training_rate.rate) as expected,
        avg(cast(outcomes.won as double)) as observed,
        avg(cast(outcomes.won as double)) * (1 - avg(cast(outcomes.won as double)))
        / count(distinct outcomes.lead_key)
        + max(training_rate.rate * (1 - training_rate.rate) / training_rate.leads)
            as squared_error,
        max(training_rate.rate) as base

    from outcomes

    cross join training_rate

    having count(*) > 0

    union all

    {% for aspect, name in [
        ('calibration', month_text('as_of')),
        ('age', age_band('days_since_cycle_start')),
    ] %}
    select
        '{{ aspect }}' as aspect,
        {{ name }} as name,
        count(distinct lead_key) as leads,
        avg(probability) as expected,
        avg(cast(won as double)) as observed,
        avg(probability) * (1 - avg(probability)) / count(distinct lead_key)
            as squared_error,
        avg(cast(won as double)) as base

    from outcomes

    group by {{ name }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

moved_rates as (

    select
        aspect,
        name,
        leads,
        expected,
        observed,
        case
            when leads >= {{ var('drift_fewest_leads') }} then abs(observed - expected)
        end as value,
        greatest(
            {{ var('drift_rate_change') }} * base,
            {{ var('drift_errors') }} * sqrt(squared_error)
        ) as boundary

    from rates

),

{# One example a lead, its first: the order of leads is judged by DeLong, DeLong and
   Clarke-Pearson (1988), which wants independent rows. #}
first_outcomes as (

    {{ first_rows(
        'outcomes',
        by='lead_key',
        order_by='as_of',
        columns='lead_key, won, round(probability, 12) as probability, round(points_total, 9) as points_total'
    ) }}

),

{# The share of leads of the other outcome that a lead is on the right side of,
   from its ranks among all leads and among those of its own outcome; ties count half. #}
placements as (

    select
        won,
        {%- for score in ['probability', 'points_total'] %}
        (
            rank() over (order by {{ score }})
            + (count(*) over (partition by {{ score }}) - 1) / cast(2 as double)
            - rank() over (partition by won order by {{ score }})
            - (count(*) over (partition by won, {{ score }}) - 1) / cast(2 as double)
        ) / nullif(cast(count(*) over () - count(*) over (partition by won) as double), 0)
            as {{ score }}_below{{ ',' if not loop.last }}
        {%- endfor %}

    from first_outcomes

),

orders as (

    select
        won,
        count(*) as leads,
        avg(probability_below) as model_below,
        avg(probability_below - points_total_below) as gap,
        var_samp(probability_below) / count(*) as model_variance,
        var_samp(probability_below - points_total_below) / count(*) as gap_variance

    from placements

    group by won

),

ranking as (

    select
        sum(leads) as leads,
        min(leads) as rarer,
        max(case when won = 1 then model_below end) as model_auc,
        max(case when won = 1 then gap end) as gap,
        sqrt(sum(model_variance)) as model_error,
        sqrt(sum(gap_variance)) as gap_error

    from orders

    having count(*) = 2

),

rankings as (

    select
        'order' as aspect,
        'model' as name,
        leads,
        {{ half }} as expected,
        model_auc as observed,
        case
            when rarer >= {{ var('drift_fewest_wins') }} then {{ half }} - (model_auc - 1.96 * model_error)
        end as value,
        cast(0 as double) as boundary

    from ranking

    union all

    select
        'order' as aspect,
        'points' as name,
        leads,
        model_auc - gap as expected,
        model_auc as observed,
        case
            when rarer >= {{ var('drift_fewest_wins') }} then -(gap + 1.96 * gap_error)
        end as value,
        cast(0 as double) as boundary

    from ranking

),

watched as (

    select * from populations

    union all

    select * from moved_rates

    union all

    select * from rankings

),

final as (

    select
        {{ key(['champion.model_version', 'watched.aspect', 'watched.name']) }}
            as model_drift_key,
        champion.model_version,
        clock.as_of,
        watched.aspect,
        watched.name,
        cast(watched.leads as bigint) as leads,
        watched.expected,
        watched.observed,
        watched.value,
        watched.boundary,
        case
            when watched.aspect in ('feature', 'score', 'score_at_age')
                then round(watched.value, 9) >= watched.boundary
            else round(watched.value, 9) > round(watched.boundary, 9)
        end as is_moved

    from watched

    cross join champion

    cross join clock

)

select * from final

order by aspect, name
