{# One row per piece, persona and stage: the rate at which somebody moved on those who used it,
   less that of similar leads who did not. Those are leads of the persona in the stage who used
   another piece then, as their first, second or later (risk difference over strata, weighted
   after Mantel and Haenszel; Greenland and Robins, Biometrics 41 (1985), 55-68). #}

with

uses as (

    select * from {{ ref('int_content_uses') }}
    where is_mature

),

strata as (

    select
        persona,
        stage,
        uses_before,
        cast(count(*) as double) as uses,
        cast(sum(case when was_advanced then 1 else 0 end) as double) as advanced

    from uses

    group by persona, stage, uses_before

),

{# The uses of all pieces by those who used the piece at any time. #}
uses_of_users as (

    select
        users.content_id,
        uses.persona,
        uses.stage,
        uses.uses_before,
        cast(count(*) as double) as uses,
        cast(sum(case when uses.was_advanced then 1 else 0 end) as double) as advanced,
        cast(sum(case when uses.content_id = users.content_id then 1 else 0 end) as double)
            as own_uses,
        cast(sum(
            case when uses.content_id = users.content_id and uses.was_advanced then 1 else 0 end
        ) as double) as own_advanced

    from uses

    inner join (select lead_key, content_id from {{ ref('int_content_uses') }}) as users
        on uses.lead_key = users.lead_key

    group by users.content_id, uses.persona, uses.stage, uses.uses_before

),

contrasts as (

    select
        users.content_id,
        users.persona,
        users.stage,
        users.own_uses,
        users.own_advanced,
        strata.uses - users.uses as other_uses,
        strata.advanced - users.advanced as other_advanced,
        users.own_uses * (strata.uses - users.uses)
        / (users.own_uses + strata.uses - users.uses) as weight

    from uses_of_users as users

    inner join strata
        on
            users.persona = strata.persona
            and users.stage = strata.stage
            and users.uses_before = strata.uses_before

    where users.own_uses > 0 and strata.uses > users.uses

),

{# One success and one failure more on each side, so that three of three is not sure. #}
differences as (

    select
        *,
        own_advanced / own_uses - other_advanced / other_uses as difference,
        (own_advanced + 1) * (own_uses - own_advanced + 1)
        / (power(own_uses + 2, 2) * own_uses)
        + (other_advanced + 1) * (other_uses - other_advanced + 1)
        / (power(other_uses + 2, 2) * other_uses) as variance

    from contrasts

),

{# Effects of cells are put together by their weights; a piece's is that of all its strata. #}
final as (

    select
        content_id,
        persona,
        stage,
        sum(own_uses) as own_uses,
        sum(other_uses) as other_uses,
        sum(weight) as weight,
        sum(weight * difference) / sum(weight) as effect,
        sum(weight * weight * variance) / power(sum(weight), 2) as variance

    from differences

    group by content_id, persona, stage

)

select * from final
