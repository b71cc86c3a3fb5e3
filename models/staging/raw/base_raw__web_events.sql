{{ config(materialized='view') }}

{{ remembered_rows('web_events') }}
