{{ config(materialized='view') }}

{{ remembered_rows('email_events') }}
