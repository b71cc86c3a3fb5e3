{# Whoever entered a stage advanced, left in one of four ways, was closed by a
   colleague's win, or is still there; and each cut of the funnel is the same cycles once. #}
with

cohorts as (

    select
        'cohort' as dimension,
        cast(cohort_month as string) as dimension_value,
        stage,
        entered,
        advanced + lost + recycled + disqualified + expired + won_by_colleague + open
            as accounted_for

    from {{ ref('funnel_cohorts') }}

),

cuts as (

    select
        dimension,
        dimension_value,
        stage,
        entered,
        advanced + lost + recycled + disqualified + expired + won_by_colleague + open
            as accounted_for

    from {{ ref('funnel_conversion') }}

),

whole as (

    select
        stage,
        count(*) as entries

    from {{ ref('fct_stage_transitions') }}

    group by stage

),

totals as (

    select
        cuts.dimension,
        'all values' as dimension_value,
        cuts.stage,
        sum(cuts.entered) as entered,
        max(whole.entries) as accounted_for

    from cuts

    inner join whole
        on cuts.stage = whole.stage

    group by cuts.dimension, cuts.stage

)

select * from cohorts
where entered != accounted_for

union all

select * from cuts
where entered != accounted_for

union all

select * from totals
where entered != accounted_for
