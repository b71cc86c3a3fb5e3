{# Programs and smart campaigns. Their numbers overlap, so each bears its kind in its id. #}
with

programs as (

    {{ tool_rows('marketo', ['program', 'programs'], {
        'program_id': ['id'],
        'name': ['name'],
        'channel': ['channel'],
        'started_at': ['start_date'],
        'ended_at': ['end_date'],
    }) }}

),

smart_campaigns as (

    {{ tool_rows('marketo', ['campaign', 'campaigns'], {
        'campaign_id': ['id'],
        'name': ['name'],
        'program_id': ['program_id'],
    }) }}

),

channels as (

    {{ channels_by_word(ref('channels')) }}

),

program_channels as (

    select
        programs.source,
        programs.program_id,
        max(coalesce(channels.channel, programs.channel)) as channel

    from programs

    left join channels
        on lower(trim(programs.channel)) = channels.word

    group by programs.source, programs.program_id

),

final as (

    select
        programs.source,
        'program-' || programs.program_id as campaign_id,
        programs.name,
        program_channels.channel,
        programs.started_at,
        programs.ended_at,
        programs.loaded_at

    from programs

    inner join program_channels
        on
            programs.source = program_channels.source
            and programs.program_id = program_channels.program_id

    where coalesce(programs.is_removed, 'false') != 'true'

    union all

    select
        smart_campaigns.source,
        'campaign-' || smart_campaigns.campaign_id as campaign_id,
        smart_campaigns.name,
        program_channels.channel,
        cast(null as string) as started_at,
        cast(null as string) as ended_at,
        smart_campaigns.loaded_at

    from smart_campaigns

    left join program_channels
        on
            smart_campaigns.source = program_channels.source
            and smart_campaigns.program_id = program_channels.program_id

    where coalesce(smart_campaigns.is_removed, 'false') != 'true'

)

select * from final
