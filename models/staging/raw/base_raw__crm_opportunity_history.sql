{{ config(materialized='view') }}

{{ typed_rows('crm_opportunity_history') }}
