select distinct
    {{ key(['page_path']) }} as page_key,
    page_path

from {{ ref('base_raw__web_pages') }}
