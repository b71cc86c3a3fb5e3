with

{# Each distinct address is parsed once; an event only carries its key. #}
page_urls as (

    select page_url
    from {{ ref('base_raw__web_events') }}
    where reject_reason is null and page_url is not null

    union distinct

    select page_url
    from {{ ref('base_raw__form_submissions') }}
    where reject_reason is null and page_url is not null

),

page_paths as (

    select distinct {{ url_path('page_url') }} as page_path
    from page_urls

),

final as (

    select
        {{ key(['page_path']) }} as page_key,
        page_path

    from page_paths

)

select * from final
