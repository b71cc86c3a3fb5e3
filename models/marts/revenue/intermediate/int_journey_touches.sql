{# One row per journey and touch, in order. A journey ends at an MQL or at the creation of
   a deal, and holds the touches of the days before; those of people and companies who came
   to neither are there too, once that can be told. At the level of persons the touches are
   the person's own, at that of accounts those of everybody at the company and in the deal. #}
with

clock as (

    select * from {{ ref('clock') }}

),

settings as (

    select
        {% for setting in ['mql_window_days', 'deal_window_days'] %}
        max(case when setting = '{{ setting }}' then setting_value end)
            as {{ setting }}{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('attribution_settings') }}

),

touch_types as (

    select
        {{ seed_text('event_type') }} as event_type,
        {{ seed_text('channel') }} as channel

    from {{ ref('attribution_touch_types') }}

),

{# What happened in one visit is one touch, whatever else was looked at in it. #}
events as (

    select
        lead_events.event_key,
        lead_events.lead_key,
        lead_events.occurred_at,
        lead_events.device_key,
        lead_events.session_number,
        case when lead_events.session_number is null then lead_events.event_key end
            as single_event_key,
        lead_events.event_type,
        lead_events.content_id,
        lead_events.campaign_id,
        lead_events.utm_source,
        lead_events.utm_medium,
        touch_types.channel as type_channel,
        case
            when
                lead_events.campaign_id is null
                and lead_events.utm_source is null
                and lead_events.utm_medium is null
                and touch_types.channel = ''
                then 1
            else 0
        end as is_bare

    from {{ ref('lead_events') }} as lead_events

    inner join touch_types
        on lead_events.event_type = touch_types.event_type

),

ranked_events as (

    select
        *,
        row_number() over (
            partition by lead_key, device_key, session_number, single_event_key
            order by is_bare, occurred_at, event_key
        ) as origin_rank,
        row_number() over (
            partition by lead_key, device_key, session_number, single_event_key
            order by
                case when content_id is null then 1 else 0 end,
                case when event_type in ({{ literals(request_event_types()) }}) then 0 else 1 end,
                occurred_at,
                event_key
        ) as content_rank

    from events

),

visits as (

    select
        lead_key,
        min(occurred_at) as touched_at,
        max(case when origin_rank = 1 then event_key end) as touch_key,
        max(case when origin_rank = 1 then campaign_id end) as campaign_id,
        max(case when origin_rank = 1 then coalesce(utm_source, '') end) as utm_source,
        max(case when origin_rank = 1 then coalesce(utm_medium, '') end) as utm_medium,
        max(case when origin_rank = 1 then type_channel end) as type_channel,
        max(case when content_rank = 1 then content_id end) as content_id,
        min(is_bare) as is_bare

    from ranked_events

    group by lead_key, device_key, session_number, single_event_key

),

origins as (

    select distinct
        utm_source,
        utm_medium

    from visits

),

{# As lead_profiles finds a lead's: of the lines that fit, the closest. #}
origin_channels as (

    select
        origins.utm_source,
        origins.utm_medium,
        channels.channel,
        row_number() over (
            partition by origins.utm_source, origins.utm_medium
            order by
                case when {{ seed_text('channels.utm_source') }} != '' then 0 else 1 end,
                case when {{ seed_text('channels.utm_medium') }} != '' then 0 else 1 end,
                channels.channel
        ) as preference_rank

    from origins

    inner join {{ ref('channels') }} as channels
        on
            {{ seed_text('channels.utm_source') }} in ('', origins.utm_source)
            and {{ seed_text('channels.utm_medium') }} in ('', origins.utm_medium)

    where
        {{ seed_text('channels.lead_source') }} = ''
        and {{ seed_text('channels.utm_source') }} || {{ seed_text('channels.utm_medium') }} != ''

),

campaigns as (

    {{ campaign_channels(ref('stg_raw__campaigns'), ref('channels')) | indent(4) }}

),

touches as (

    select
        visits.lead_key,
        visits.touched_at,
        visits.touch_key,
        coalesce(visits.campaign_id, '(null)') as campaign_id,
        coalesce(visits.content_id, '(null)') as content_id,
        {# The campaign's own channel first: its cost is told there. #}
        coalesce(
            campaigns.channel,
            origin_channels.channel,
            nullif(visits.type_channel, ''),
            case when visits.is_bare = 1 then 'direct' end,
            '(null)'
        ) as channel,
        visits.is_bare

    from visits

    left join campaigns
        on visits.campaign_id = campaigns.campaign_id

    left join origin_channels
        on
            visits.utm_source = origin_channels.utm_source
            and visits.utm_medium = origin_channels.utm_medium
            and origin_channels.preference_rank = 1

),

deals as (

    select * from {{ ref('fct_opportunities') }}

),

{# Who is one party: a person, or everybody at a company. #}
parties as (

    select
        'person' as level,
        lead_key as party_key,
        lead_key

    from {{ ref('dim_leads') }}

    union all

    select
        'account' as level,
        coalesce(account_key, lead_key) as party_key,
        lead_key

    from {{ ref('dim_leads') }}

),

last_touches as (

    select
        parties.level,
        parties.party_key,
        max(touches.touched_at) as touched_at

    from touches

    inner join parties
        on touches.lead_key = parties.lead_key

    group by parties.level, parties.party_key

),

conversions as (

    select
        parties.level,
        'mql' as conversion,
        cast(cycles.lead_key as string) || '|' || cast(cycles.cycle_number as string)
            as conversion_id,
        parties.party_key,
        cycles.marketing_mql_at as converted_at

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join parties
        on cycles.lead_key = parties.lead_key

    where cycles.marketing_mql_at is not null

    union all

    select
        'person' as level,
        'deal' as conversion,
        opportunity_id as conversion_id,
        lead_key as party_key,
        created_at as converted_at

    from deals

    where lead_key is not null

    union all

    select
        'account' as level,
        'deal' as conversion,
        opportunity_id as conversion_id,
        coalesce(account_key, lead_key) as party_key,
        created_at as converted_at

    from deals

    where coalesce(account_key, lead_key) is not null

),

kinds as (

    select 'mql' as conversion

    union all

    select 'deal' as conversion

),

converted_parties as (

    select distinct
        level,
        conversion,
        party_key

    from conversions

),

{# Who did nothing more for as long as it takes to judge did not convert. #}
journeys as (

    select
        level,
        conversion,
        conversion_id,
        party_key,
        converted_at as ended_at,
        1 as is_converted

    from conversions

    union all

    select
        last_touches.level,
        kinds.conversion,
        cast(last_touches.party_key as string) as conversion_id,
        last_touches.party_key,
        last_touches.touched_at as ended_at,
        0 as is_converted

    from last_touches

    cross join clock

    cross join kinds

    left join converted_parties
        on
            last_touches.level = converted_parties.level
            and kinds.conversion = converted_parties.conversion
            and last_touches.party_key = converted_parties.party_key

    where
        converted_parties.party_key is null
        and {{ is_mature('last_touches.touched_at', 'clock.as_of') }}

),

journey_people as (

    select
        journeys.level,
        journeys.conversion,
        journeys.conversion_id,
        journeys.ended_at,
        journeys.is_converted,
        parties.lead_key

    from journeys

    inner join parties
        on
            journeys.level = parties.level
            and journeys.party_key = parties.party_key

    union distinct

    {# People of other companies who have a part in the deal. #}
    select
        'account' as level,
        'deal' as conversion,
        deals.opportunity_id as conversion_id,
        deals.created_at as ended_at,
        1 as is_converted,
        people.lead_key

    from deals

    inner join {{ ref('opportunity_people') }} as people
        on deals.opportunity_id = people.opportunity_id

),

journey_touches as (

    select
        journey_people.*,
        touches.touch_key,
        touches.touched_at,
        touches.channel,
        touches.campaign_id,
        touches.content_id,
        touches.is_bare,
        min(touches.is_bare) over (
            partition by
                journey_people.level, journey_people.conversion, journey_people.conversion_id
        ) as is_all_bare

    from journey_people

    inner join touches
        on
            journey_people.lead_key = touches.lead_key
            and journey_people.ended_at >= touches.touched_at

    cross join settings

    where
        touches.touched_at >= {{ add_days(
            'journey_people.ended_at',
            "-(case when journey_people.conversion = 'mql' then settings.mql_window_days else settings.deal_window_days end)"
        ) }}

),

{# A visit that came from nowhere that we know counts where there is nothing else. #}
final as (

    select
        level,
        conversion,
        conversion_id,
        is_converted,
        ended_at,
        lead_key,
        touch_key,
        touched_at,
        channel,
        campaign_id,
        content_id,
        cast(
            row_number() over (
                partition by level, conversion, conversion_id
                order by touched_at, touch_key
            ) as int
        ) as touch_number,
        cast(count(*) over (partition by level, conversion, conversion_id) as int) as touches

    from journey_touches

    where is_bare = is_all_bare

)

select * from final
