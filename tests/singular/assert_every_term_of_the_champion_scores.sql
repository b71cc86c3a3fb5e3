{{ config(group='scoring') }}

{# A term that scoring has no place for would silently add nothing: a feature
   that fct_lead_features does not declare, a kind that scoring does not know,
   a term that is there twice, or a ramp that does not rise. #}
with

champion as (

    select * from {{ ref('int_champion') }}

),

declared_features as (

    {% for feature in feature_list() %}
    select
        '{{ feature.name }}' as feature,
        '{{ feature.type }}' as feature_type
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        cast(null as string) as feature,
        cast(null as string) as feature_type
    {% endfor %}

),

terms as (

    select model_terms.*

    from {{ source('ml', 'model_terms') }} as model_terms

    inner join champion
        on model_terms.model_version = champion.model_version

),

misplaced as (

    select
        terms.feature,
        terms.kind,
        'has no place in scoring' as problem

    from terms

    left join declared_features
        on terms.feature = declared_features.feature

    where
        terms.kind <> 'intercept'
        and not coalesce(
            case declared_features.feature_type
                when 'numeric' then terms.kind in ('ramp', 'missing', 'average', 'reach')
                when 'categorical' then terms.kind in ('level', 'other', 'average')
            end,
            false
        )

),

repeated as (

    select
        feature,
        kind,
        'occurs too often' as problem

    from terms

    group by feature, kind, coalesce(level, ''), case when kind = 'ramp' then knot end

    having count(*) > 1

)

select * from misplaced

union all

select
    feature,
    kind,
    'has no width' as problem

from terms

where
    kind = 'ramp'
    and not coalesce(knot_upper > knot, false)

union all

select * from repeated
