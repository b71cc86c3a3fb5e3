{{ config(materialized='view') }}

{{ remembered_rows('crm_opportunity_history') }}
