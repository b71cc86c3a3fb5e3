{# Everything the funnel is cut by, once per cycle. A missing value is (null), so
   that it never hides among real ones. #}
with

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

owned_stages as (

    select
        stage,
        owner

    from {{ ref('stages') }}

    where stage in ({{ literals(owned_stages()) }})

),

owners as (

    select
        {% for column in ['stage', 'campaign_id', 'country_code', 'segment', 'owner'] %}
        {{ seed_text(column) }} as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('stage_owners') }}

),

{# Few: lines are matched once per kind of lead. #}
kinds as (

    select distinct
        first_campaign_id,
        country_code,
        segment

    from leads

),

matched as (

    select
        kinds.first_campaign_id,
        kinds.country_code,
        kinds.segment,
        owned_stages.stage,
        coalesce(owners.owner, owned_stages.owner) as owner,
        row_number() over (
            partition by
                kinds.first_campaign_id, kinds.country_code, kinds.segment, owned_stages.stage
            order by
                case when coalesce(owners.campaign_id, '') != '' then 1 else 0 end
                + case when coalesce(owners.country_code, '') != '' then 1 else 0 end
                + case when coalesce(owners.segment, '') != '' then 1 else 0 end desc,
                coalesce(owners.campaign_id, '') desc,
                coalesce(owners.country_code, '') desc,
                coalesce(owners.segment, '') desc
        ) as preference_rank

    from kinds

    cross join owned_stages

    left join owners
        on
            owned_stages.stage = owners.stage
            and (
                owners.campaign_id = ''
                or lower(owners.campaign_id) = lower(kinds.first_campaign_id)
            )
            and (owners.country_code = '' or owners.country_code = kinds.country_code)
            and (owners.segment = '' or owners.segment = kinds.segment)

),

kinds_with_owners as (

    select
        first_campaign_id,
        country_code,
        segment,
        {% for stage in owned_stages() %}
        max(case when stage = '{{ stage }}' then owner end) as {{ stage }}_owner{{ ',' if not loop.last }}
        {% endfor %}

    from matched

    where preference_rank = 1

    group by first_campaign_id, country_code, segment

),

final as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cast(date_trunc('month', {{ reporting_time('cycles.started_at') }}) as date)
            as cohort_month,
        cycles.origin,
        coalesce(leads.channel, '(null)') as channel,
        coalesce(leads.lead_source, '(null)') as lead_source,
        coalesce(leads.first_campaign_id, '(null)') as campaign_id,
        coalesce(leads.persona, '(null)') as persona,
        coalesce(leads.segment, '(null)') as segment,
        coalesce(leads.country_code, '(null)') as country_code,
        coalesce(handoffs.team_id, '(null)') as team_id,
        {% for stage in owned_stages() %}
        kinds_with_owners.{{ stage }}_owner{{ ',' if not loop.last }}
        {% endfor %}

    from cycles

    inner join leads
        on cycles.lead_key = leads.lead_key

    inner join kinds_with_owners
        on
            leads.first_campaign_id is not distinct from kinds_with_owners.first_campaign_id
            and leads.country_code is not distinct from kinds_with_owners.country_code
            and leads.segment is not distinct from kinds_with_owners.segment

    left join handoffs
        on
            cycles.lead_key = handoffs.lead_key
            and cycles.cycle_number = handoffs.cycle_number

)

select * from final
order by lead_key, cycle_number
