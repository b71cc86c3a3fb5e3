{{ config(materialized='view') }}

{{ remembered_rows('campaigns') }}
