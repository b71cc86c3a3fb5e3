{# One row per distinct kind of event: source, raw name and page. Patterns are
   matched here, once per distinct page, never once per event. #}
with

kinds as (

    select distinct
        source,
        raw_name,
        page_key

    from {{ ref('int_events_unioned') }}

),

pages as (

    select * from {{ ref('stg_raw__web_pages') }}

),

event_types as (

    select
        {{ seed_text('source') }} as source,
        {{ seed_text('raw_name') }} as raw_name,
        {{ seed_text('path_pattern') }} as path_pattern,
        {{ seed_text('event_type') }} as event_type,
        {{ seed_text('content_type') }} as content_type,
        {{ seed_text('topic') }} as topic

    from {{ ref('event_types') }}

),

content as (

    select
        {{ seed_text('content_id') }} as content_id,
        {{ seed_text('path_pattern') }} as path_pattern

    from {{ ref('content_catalog') }}

),

paths as (

    select
        {{ key(['kinds.source', 'kinds.raw_name', "coalesce(cast(kinds.page_key as string), '')"]) }}
            as signature_key,
        kinds.source,
        kinds.raw_name,
        kinds.page_key,
        coalesce(pages.page_path, '') as page_path

    from kinds

    left join pages
        on kinds.page_key = pages.page_key

),

{# The most specific line of the seed wins: a named event before any event,
   then the longest pattern. #}
typed as (

    select
        paths.signature_key,
        event_types.event_type,
        event_types.content_type,
        event_types.topic,
        row_number() over (
            partition by paths.signature_key
            order by
                case when event_types.raw_name = '' then 1 else 0 end,
                length(event_types.path_pattern) desc,
                event_types.path_pattern,
                event_types.event_type,
                event_types.content_type,
                event_types.topic
        ) as preference_rank

    from paths

    inner join event_types
        on
            paths.source = event_types.source
            and (
                event_types.raw_name = ''
                or paths.raw_name = event_types.raw_name
            )
            and (
                event_types.path_pattern = ''
                or paths.page_path like event_types.path_pattern
            )

),

cataloged as (

    select
        paths.signature_key,
        content.content_id,
        row_number() over (
            partition by paths.signature_key
            order by length(content.path_pattern) desc, content.content_id
        ) as preference_rank

    from paths

    inner join content
        on
            content.path_pattern != ''
            and paths.page_path like content.path_pattern

),

final as (

    select
        paths.signature_key,
        paths.source,
        paths.raw_name,
        paths.page_key,
        paths.page_path,
        case
            when paths.source = 'crm' then paths.raw_name
            when typed.event_type is not null then typed.event_type
            else paths.source || '_event'
        end as event_type,
        coalesce(typed.content_type, '') as content_type,
        coalesce(typed.topic, '') as topic,
        cataloged.content_id

    from paths

    left join typed
        on
            paths.signature_key = typed.signature_key
            and typed.preference_rank = 1

    left join cataloged
        on
            paths.signature_key = cataloged.signature_key
            and cataloged.preference_rank = 1

)

select * from final
