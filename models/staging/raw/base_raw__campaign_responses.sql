{{ config(materialized='view') }}

{{ remembered_rows('campaign_responses') }}
