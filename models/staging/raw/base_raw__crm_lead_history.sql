{{ config(materialized='view') }}

{{ typed_rows('crm_lead_history') }}
