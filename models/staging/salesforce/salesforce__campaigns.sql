{# The type of a campaign says its channel, by the words for sources in the seed channels. #}
with

campaigns as (

    {{ tool_rows('salesforce', ['campaign', 'campaigns'], {
        'campaign_id': ['id', 'Campaign ID'],
        'name': ['name', 'Campaign Name'],
        'type': ['type', 'Campaign Type'],
        'started_at': ['start_date'],
        'ended_at': ['end_date'],
    }) }}

),

channels as (

    {{ channels_by_word(ref('channels')) }}

),

final as (

    select
        campaigns.source,
        campaigns.campaign_id,
        campaigns.name,
        coalesce(channels.channel, campaigns.type) as channel,
        campaigns.started_at,
        campaigns.ended_at,
        campaigns.loaded_at

    from campaigns

    left join channels
        on lower(trim(campaigns.type)) = channels.word

    where coalesce(campaigns.is_removed, 'false') != 'true'

)

select * from final
