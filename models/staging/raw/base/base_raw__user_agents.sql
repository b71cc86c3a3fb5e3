{{ config(incremental_strategy='rebuild_whole') }}

{{ distinct_in_parts(['web_events'], value='user_agent', column='user_agent') }}
