{{ config(materialized='view') }}

{{ typed_rows('crm_reps') }}
