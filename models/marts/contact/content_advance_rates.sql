{# How often leads of a persona moved on after each piece that may be sent to
   them in a stage. A cell has few uses, so it is drawn towards the piece's rate in
   that stage, and that towards the stage's, by as much as the data warrant
   (empirical Bayes: the prior weight follows from how much more rates differ
   than chance alone would make them, after Kleinman, JASA 68 (1973), 46-54).
   Beside it the effect, against similar leads who did not use the piece, drawn in the
   same way. #}
{% set least_weight = var('content_prior_weight') %}
{% set most_weight = var('content_prior_weight_max') %}

with

catalog as (

    select
        {{ seed_text('content_id') }} as content_id,
        nullif({{ seed_text('persona') }}, '') as persona,
        nullif({{ seed_text('stage') }}, '') as stage

    from {{ ref('content_catalog') }}

),

uses as (

    select * from {{ ref('int_content_uses') }}
    where is_mature

),

personas as (

    select coalesce(persona, 'unknown') as persona

    from {{ ref('dim_leads') }}

    group by 1

),

stages as (

    select stage

    from {{ ref('stages') }}

    where stage in ({{ literals(owned_stages()) }})

),

{# Customers get what is made for them and nothing else, and nobody else gets it. #}
pieces as (

    select
        catalog.content_id,
        catalog.persona as only_persona,
        stages.stage,
        coalesce(catalog.stage, stages.stage) = stages.stage as is_for_stage

    from catalog

    inner join stages
        on
            (stages.stage = 'closed_won' and catalog.stage = 'closed_won')
            or (
                stages.stage <> 'closed_won'
                and coalesce(catalog.stage, '') <> 'closed_won'
            )

),

cells as (

    select
        content_id,
        stage,
        persona,
        cast(count(*) as double) as uses,
        cast(sum(case when has_advanced then 1 else 0 end) as double) as advanced

    from uses

    group by content_id, stage, persona

),

piece_cells as (

    select
        content_id,
        stage,
        sum(uses) as uses,
        sum(advanced) as advanced

    from cells

    group by content_id, stage

),

stage_cells as (

    select
        stage,
        sum(uses) as uses,
        sum(advanced) as advanced

    from cells

    group by stage

),

overall as (

    select sum(advanced) / nullif(sum(uses), 0) as advance_rate from cells

),

piece_weight as (

    {{ empirical_weight('piece_cells', 'stage_cells', ['stage'], least_weight, most_weight) }}

),

cell_weight as (

    {{ empirical_weight('cells', 'piece_cells', ['content_id', 'stage'], least_weight, most_weight) }}

),

stage_rates as (

    select
        stages.stage,
        (
            coalesce(stage_cells.advanced, 0)
            + {{ least_weight }} * overall.advance_rate
        ) / (coalesce(stage_cells.uses, 0) + {{ least_weight }}) as advance_rate

    from stages

    cross join overall

    left join stage_cells
        on stages.stage = stage_cells.stage

),

piece_rates as (

    select
        pieces.content_id,
        pieces.only_persona,
        pieces.stage,
        pieces.is_for_stage,
        coalesce(piece_cells.uses, 0) as uses,
        stage_rates.advance_rate as stage_rate,
        (
            coalesce(piece_cells.advanced, 0)
            + piece_weight.prior_weight * stage_rates.advance_rate
        ) / (coalesce(piece_cells.uses, 0) + piece_weight.prior_weight)
            as advance_rate,
        {# What is known of the piece at all: its cells cannot lean on more. #}
        least(
            cell_weight.prior_weight,
            coalesce(piece_cells.uses, 0) + piece_weight.prior_weight
        ) as prior_weight

    from pieces

    cross join piece_weight

    cross join cell_weight

    inner join stage_rates
        on pieces.stage = stage_rates.stage

    left join piece_cells
        on
            pieces.content_id = piece_cells.content_id
            and pieces.stage = piece_cells.stage

),

drawn as (

    select
        piece_rates.content_id,
        personas.persona,
        piece_rates.stage,
        piece_rates.is_for_stage,
        coalesce(cells.uses, 0) as uses,
        coalesce(cells.advanced, 0) as advanced,
        piece_rates.uses as piece_uses,
        piece_rates.advance_rate as piece_rate,
        piece_rates.stage_rate,
        piece_rates.prior_weight,
        coalesce(cells.advanced, 0)
        + piece_rates.prior_weight * piece_rates.advance_rate as drawn_advanced,
        coalesce(cells.uses, 0) + piece_rates.prior_weight as drawn_uses

    from piece_rates

    inner join personas
        on
            piece_rates.only_persona is null
            or piece_rates.only_persona = personas.persona

    left join cells
        on
            piece_rates.content_id = cells.content_id
            and piece_rates.stage = cells.stage
            and personas.persona = cells.persona

),

cell_effects as (

    select * from {{ ref('int_content_contrasts') }}

),

piece_effects as (

    select
        content_id,
        stage,
        sum(weight * effect) / sum(weight) as effect,
        sum(weight * weight * variance) / power(sum(weight), 2) as variance

    from cell_effects

    group by content_id, stage

),

{# Drawn towards the piece's effect as its rate is. #}
effects as (

    select
        drawn.content_id,
        drawn.persona,
        drawn.stage,
        coalesce(cells.other_uses, 0) as similar_uses,
        coalesce(cells.own_uses, 0)
        / (coalesce(cells.own_uses, 0) + drawn.prior_weight) as share,
        coalesce(cells.effect, 0) as cell_effect,
        coalesce(cells.variance, 0) as cell_variance,
        pieces.effect as piece_effect,
        pieces.variance as piece_variance

    from drawn

    inner join piece_effects as pieces
        on
            drawn.content_id = pieces.content_id
            and drawn.stage = pieces.stage

    left join cell_effects as cells
        on
            drawn.content_id = cells.content_id
            and drawn.persona = cells.persona
            and drawn.stage = cells.stage

),

drawn_effects as (

    select
        content_id,
        persona,
        stage,
        similar_uses,
        share * cell_effect + (1 - share) * piece_effect as effect,
        {# The cell is part of the piece: errors of both add up. #}
        1.96 * (share * sqrt(cell_variance) + (1 - share) * sqrt(piece_variance)) as reach

    from effects

),

final as (

    select
        drawn.content_id,
        drawn.persona,
        drawn.stage,
        drawn.is_for_stage,
        cast(uses as bigint) as uses,
        cast(advanced as bigint) as advanced,
        advanced / nullif(uses, 0) as observed_rate,
        cast(piece_uses as bigint) as piece_uses,
        piece_rate,
        stage_rate,
        prior_weight,
        drawn_advanced / drawn_uses as advance_rate,
        case
            when drawn_advanced is not null
                then {{ wilson_bound('drawn_advanced', 'drawn_uses', 'low') }}
        end as advance_rate_low,
        case
            when drawn_advanced is not null
                then {{ wilson_bound('drawn_advanced', 'drawn_uses', 'high') }}
        end as advance_rate_high,
        cast(coalesce(drawn_effects.similar_uses, 0) as bigint) as similar_uses,
        round(drawn_effects.effect, 9) as effect,
        {# The greater of null and -1 is -1. #}
        case
            when drawn_effects.effect is not null
                then round(greatest(drawn_effects.effect - drawn_effects.reach, -1), 9)
        end as effect_low,
        case
            when drawn_effects.effect is not null
                then round(least(drawn_effects.effect + drawn_effects.reach, 1), 9)
        end as effect_high

    from drawn

    left join drawn_effects
        on
            drawn.content_id = drawn_effects.content_id
            and drawn.persona = drawn_effects.persona
            and drawn.stage = drawn_effects.stage

)

select * from final

order by content_id, persona, stage
