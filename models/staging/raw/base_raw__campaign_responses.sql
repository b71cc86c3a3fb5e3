{{ config(materialized='view') }}

{{ typed_rows('campaign_responses') }}
