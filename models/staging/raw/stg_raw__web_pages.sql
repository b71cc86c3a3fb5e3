with

{# Cut to distinct addresses first, so that each is parsed once. #}
page_urls as (

    select {{ url_without_query('page_url') }} as page_url
    from {{ ref('base_raw__web_events') }}
    where reject_reason is null and page_url is not null

    union distinct

    select {{ url_without_query('page_url') }} as page_url
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
