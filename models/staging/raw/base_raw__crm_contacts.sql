{{ config(materialized='view') }}

{{ remembered_rows('crm_contacts') }}
