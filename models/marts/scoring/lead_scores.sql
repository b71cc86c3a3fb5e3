{# The one score of each open lead before sql: by the champion where there is
   one, by points otherwise. #}
with

features as (

    select * from {{ ref('fct_lead_features') }}

),

contributions as (

    select * from {{ ref('int_lead_contributions') }}

),

balances as (

    select * from {{ ref('points_balances') }}

),

reasons as (

    select * from {{ ref('lead_score_reasons') }}

),

thresholds as (

    {{ threshold_row(ref('points_thresholds'), band_thresholds()) }}

),

{# What a deal of each lead would bring. #}
expected_deals as (

    select
        leads.lead_key,
        expected_deals.expected_amount

    from {{ ref('dim_leads') }} as leads

    inner join {{ ref('expected_deals') }} as expected_deals
        on
            leads.segment = expected_deals.segment
            and coalesce(leads.industry, '(null)') = expected_deals.industry

),

{# Of reasons about one topic, the strongest. By its rank alone, here and among topics:
   rows with their texts would be sorted for all leads. #}
topics as (

    select
        lead_key,
        {{ reason_topic('feature', feature_list()) }} as topic,
        min(reason_rank) as reason_rank

    from reasons

    where
        reason_rank <= 15
        and abs(round(strength, 4)) > 0
        {# What is not known is no reason to call. #}
        and (scored_by = 'points' or value_text is not null or strength < 0)
        {%- set hidden = feature_list() | rejectattr('for_sales') | map(attribute='name') | list %}
        {%- if hidden %}
        and feature not in ({{ literals(hidden) }})
        {%- endif %}

    group by 1, 2

),

strongest as (

    select
        lead_key,
        reason_rank,
        row_number() over (
            partition by lead_key
            order by reason_rank
        ) as place_by_strength

    from topics

),

{# A rep needs what speaks for the call first. #}
chosen as (

    select
        reasons.*,
        row_number() over (
            partition by reasons.lead_key
            order by
                case when reasons.strength > 0 then 0 else 1 end,
                reasons.reason_rank
        ) as place

    from strongest

    inner join reasons
        on
            strongest.lead_key = reasons.lead_key
            and strongest.reason_rank = reasons.reason_rank

    where strongest.place_by_strength <= 3

),

reason_texts as (

    {{ reason_sentences('chosen', ref('reason_sentences'), feature_list()) }}

),

top_reasons as (

    select
        lead_key,
        {%- for place in range(1, 4) %}
        max(case when place = {{ place }} then reason_text end)
            as reason_{{ place }}{{ ',' if not loop.last }}
        {%- endfor %}

    from reason_texts

    group by lead_key

),

scored as (

    select
        features.lead_key,
        features.as_of,
        features.cycle_number,
        features.stage,
        features.is_customer_asking,
        features.days_since_cycle_start,
        case
            when contributions.model_version is null then 'points' else 'model'
        end as scored_by,
        contributions.model_version,
        {{ logistic('contributions.logit') }} as probability,
        coalesce(features.points_behavior, 0) as points_behavior,
        coalesce(features.points_fit, 0) as points_fit,
        coalesce(features.points_total, 0) as points_total,
        balances.fit_grade,
        balances.grid_cell

    from features

    inner join contributions
        on features.lead_key = contributions.lead_key

    left join balances
        on features.lead_key = balances.lead_key

),

champion as (

    select
        max(model_version) as model_version,
        max(expansion_cycles) as expansion_cycles,
        max(longest_age_days) as longest_age_days

    from {{ ref('int_champion') }}

),

{# Rounded, because sums of doubles differ in their last digits. #}
average_lead as (

    {% if is_fresh() %}
    {# The bands of the last whole build. #}
    select coalesce(
        (select max(average_probability) from {{ as_of_the_night(this) }}),
        (select round(avg(probability), 9) from scored)
    ) as average_probability
    {% else %}
    select round(avg(probability), 9) as average_probability

    from scored
    {% endif %}

),

valued as (

    select
        scored.*,
        average_lead.average_probability,
        case
            when scored.scored_by = 'points' then round(scored.points_total, 9)
            else coalesce(
                round(
                    scored.probability
                    / nullif(average_lead.average_probability, 0),
                    9
                ),
                0
            )
        end as band_value

    from scored

    cross join average_lead

),

ranks as (

    {{ priority_ranks('scored', this) }}

),

final as (

    select
        valued.lead_key,
        valued.as_of,
        cast(valued.cycle_number as int) as cycle_number,
        valued.stage,
        valued.scored_by,
        case
            when valued.scored_by = 'model' then null
            when champion.model_version is null then 'no_model'
            when
                valued.is_customer_asking
                and champion.expansion_cycles < {{ var('expansion_cycles_needed') }}
                then 'few_expansions'
            when valued.days_since_cycle_start > champion.longest_age_days
                then 'older_than_training'
            else 'silent_beyond_training'
        end as points_because,
        valued.model_version,
        valued.probability,
        valued.average_probability,
        valued.points_behavior,
        valued.points_fit,
        valued.points_total,
        valued.fit_grade,
        valued.grid_cell,
        cast(round(round(case
            when valued.scored_by = 'model' then valued.probability * 100
            else least(greatest(valued.points_total, 0), 100)
        end, 9)) as int) as score,
        valued.band_value,
        {{ band_name(band_number('valued.band_value', 'valued.scored_by', 'thresholds')) }}
            as score_band,
        round(valued.probability * expected_deals.expected_amount, 2)
            as expected_value,
        ranks.priority_rank,
        top_reasons.reason_1,
        top_reasons.reason_2,
        top_reasons.reason_3

    from valued

    cross join thresholds

    cross join champion

    inner join ranks
        on valued.lead_key = ranks.lead_key

    left join expected_deals
        on valued.lead_key = expected_deals.lead_key

    left join top_reasons
        on valued.lead_key = top_reasons.lead_key

)

select * from final

order by lead_key
