{{ config(materialized='view') }}

{{ remembered_rows('crm_lead_history') }}
