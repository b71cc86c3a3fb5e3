{{ config(materialized='view') }}

{{ typed_rows('web_events') }}
