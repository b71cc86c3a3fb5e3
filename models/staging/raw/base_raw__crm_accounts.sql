{{ config(materialized='view') }}

{{ remembered_rows('crm_accounts') }}
