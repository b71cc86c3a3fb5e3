{{ config(materialized='view') }}

{{ typed_rows('email_events') }}
