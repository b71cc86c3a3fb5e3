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

events as (

    select
        lead_events.event_key,
        lead_events.lead_key,
        lead_events.occurred_at,
        {# Of an unknown device, the lead's own. #}
        coalesce(lead_events.device_key, lead_events.lead_key) as device_key,
        lead_events.session_number,
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

session_events as (

    select * from events
    where session_number is not null

),

{# What happened in one visit is one touch, whatever else was looked at in it: it is from where
   its first event is from that is from anywhere, and about the first content that was asked
   for, or else looked at. Moments are found first: few events need be put in order then. #}
sessions as (

    select
        lead_key,
        device_key,
        session_number,
        min(occurred_at) as touched_at,
        min(is_bare) as is_bare,
        min(case when is_bare = 0 then occurred_at end) as sourced_at,
        min(case when content_id is not null then occurred_at end) as content_at,
        min(case
            when content_id is not null and event_type in ({{ literals(request_event_types()) }})
                then occurred_at
        end) as requested_at

    from session_events

    group by lead_key, device_key, session_number

),

session_origins as (

    select
        sessions.lead_key,
        sessions.device_key,
        sessions.session_number,
        sessions.touched_at,
        sessions.is_bare,
        session_events.event_key,
        session_events.campaign_id,
        session_events.utm_source,
        session_events.utm_medium,
        session_events.type_channel,
        row_number() over (
            partition by sessions.lead_key, sessions.device_key, sessions.session_number
            order by session_events.event_key
        ) as tie_number

    from sessions

    inner join session_events
        on
            sessions.lead_key = session_events.lead_key
            and sessions.device_key = session_events.device_key
            and sessions.session_number = session_events.session_number
            and sessions.is_bare = session_events.is_bare
            and coalesce(sessions.sourced_at, sessions.touched_at) = session_events.occurred_at

),

session_contents as (

    select
        sessions.lead_key,
        sessions.device_key,
        sessions.session_number,
        session_events.content_id,
        row_number() over (
            partition by sessions.lead_key, sessions.device_key, sessions.session_number
            order by session_events.event_key
        ) as tie_number

    from sessions

    inner join session_events
        on
            sessions.lead_key = session_events.lead_key
            and sessions.device_key = session_events.device_key
            and sessions.session_number = session_events.session_number
            and coalesce(sessions.requested_at, sessions.content_at) = session_events.occurred_at

    where
        session_events.content_id is not null
        and (
            sessions.requested_at is null
            or session_events.event_type in ({{ literals(request_event_types()) }})
        )

),

visits as (

    select
        session_origins.lead_key,
        session_origins.touched_at,
        session_origins.event_key as touch_key,
        session_origins.campaign_id,
        coalesce(session_origins.utm_source, '') as utm_source,
        coalesce(session_origins.utm_medium, '') as utm_medium,
        session_origins.type_channel,
        session_contents.content_id,
        session_origins.is_bare

    from session_origins

    left join session_contents
        on
            session_origins.lead_key = session_contents.lead_key
            and session_origins.device_key = session_contents.device_key
            and session_origins.session_number = session_contents.session_number
            and session_contents.tie_number = 1

    where session_origins.tie_number = 1

    union all

    select
        lead_key,
        occurred_at as touched_at,
        event_key as touch_key,
        campaign_id,
        coalesce(utm_source, '') as utm_source,
        coalesce(utm_medium, '') as utm_medium,
        type_channel,
        content_id,
        is_bare

    from events

    where session_number is null

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

{# The people of a university, or of a provider of mail, have no part in what each other do; and
   a journey of each with the touches of all would be the square of them. #}
crowds as (

    {{ crowd_accounts(ref('dim_leads'), ref('attribution_settings')) | indent(4) }}

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
        case
            when crowds.account_key is null then coalesce(leads.account_key, leads.lead_key)
            else leads.lead_key
        end as party_key,
        leads.lead_key

    from {{ ref('dim_leads') }} as leads

    left join crowds
        on leads.account_key = crowds.account_key

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
        deals.opportunity_id as conversion_id,
        coalesce(
            case when crowds.account_key is null then deals.account_key end,
            deals.lead_key,
            deals.account_key
        ) as party_key,
        deals.created_at as converted_at

    from deals

    left join crowds
        on deals.account_key = crowds.account_key

    where coalesce(deals.account_key, deals.lead_key) is not null

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
        touches.is_bare

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
counted_journeys as (

    select
        level,
        conversion,
        conversion_id,
        min(is_bare) as is_bare,
        cast(
            case when min(is_bare) = 0 then sum(1 - is_bare) else count(*) end as int
        ) as touches

    from journey_touches

    group by level, conversion, conversion_id

),

final as (

    select
        journey_touches.level,
        journey_touches.conversion,
        journey_touches.conversion_id,
        journey_touches.is_converted,
        journey_touches.ended_at,
        journey_touches.lead_key,
        journey_touches.touch_key,
        journey_touches.touched_at,
        journey_touches.channel,
        journey_touches.campaign_id,
        journey_touches.content_id,
        cast(row_number() over journey as int) as touch_number,
        counted_journeys.touches

    from journey_touches

    inner join counted_journeys
        on
            journey_touches.level = counted_journeys.level
            and journey_touches.conversion = counted_journeys.conversion
            and journey_touches.conversion_id = counted_journeys.conversion_id
            and journey_touches.is_bare = counted_journeys.is_bare

    window journey as (
        partition by
            journey_touches.level, journey_touches.conversion, journey_touches.conversion_id
        order by journey_touches.touched_at, journey_touches.touch_key
    )

)

select * from final
