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

visits as (

    select * from {{ ref('int_touches') }}

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
ends as (

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

{# One key, in place of three texts. #}
journeys as (

    select
        ends.*,
        {{ key(['ends.level', 'ends.conversion', 'ends.conversion_id']) }} as journey_key,
        {{ add_days(
            'ends.ended_at',
            "-(case when ends.conversion = 'mql' then settings.mql_window_days else settings.deal_window_days end)"
        ) }} as began_at

    from ends

    cross join settings

),

journey_people as (

    select
        journeys.journey_key,
        journeys.began_at,
        journeys.ended_at,
        parties.lead_key

    from journeys

    inner join parties
        on
            journeys.level = parties.level
            and journeys.party_key = parties.party_key

    union distinct

    {# People of other companies who have a part in the deal. #}
    select
        journeys.journey_key,
        journeys.began_at,
        journeys.ended_at,
        people.lead_key

    from journeys

    inner join {{ ref('opportunity_people') }} as people
        on journeys.conversion_id = people.opportunity_id

    where
        journeys.level = 'account'
        and journeys.conversion = 'deal'
        and journeys.is_converted = 1

),

journey_touches as (

    select
        journey_people.journey_key,
        touches.touch_key,
        touches.touched_at,
        touches.is_bare

    from journey_people

    inner join touches
        on
            journey_people.lead_key = touches.lead_key
            and journey_people.began_at <= touches.touched_at
            and journey_people.ended_at >= touches.touched_at

),

{# A visit that came from nowhere that we know counts where there is nothing else. #}
counted_journeys as (

    select
        journey_key,
        min(is_bare) as is_bare,
        cast(
            case when min(is_bare) = 0 then sum(1 - is_bare) else count(*) end as int
        ) as touches

    from journey_touches

    group by journey_key

),

{# Put in order without what is known of touches and journeys: that is joined to the few columns
   afterwards. #}
numbered as (

    select
        journey_touches.journey_key,
        journey_touches.touch_key,
        cast(
            row_number() over (
                partition by journey_touches.journey_key
                order by journey_touches.touched_at, journey_touches.touch_key
            ) as int
        ) as touch_number,
        counted_journeys.touches

    from journey_touches

    inner join counted_journeys
        on
            journey_touches.journey_key = counted_journeys.journey_key
            and journey_touches.is_bare = counted_journeys.is_bare

),

final as (

    select
        journeys.journey_key,
        journeys.level,
        journeys.conversion,
        journeys.conversion_id,
        journeys.is_converted,
        journeys.ended_at,
        touches.lead_key,
        numbered.touch_key,
        touches.touched_at,
        touches.channel,
        touches.campaign_id,
        touches.content_id,
        numbered.touch_number,
        numbered.touches

    from numbered

    inner join journeys
        on numbered.journey_key = journeys.journey_key

    inner join touches
        on numbered.touch_key = touches.touch_key

)

select * from final
