{{ config(incremental_strategy='rebuild_whole') }}

{# One row per part of the raw tables and page in it. Addresses are cut to distinct
   ones first, so that each is parsed once. #}
{{ distinct_in_parts(
    ['web_events', 'form_submissions'],
    value='page_path',
    column='page_url',
    given=url_without_query('page_url'),
    made=url_path('given_value'),
) }}
