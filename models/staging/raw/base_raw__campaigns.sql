{{ config(materialized='view') }}

{{ typed_rows('campaigns') }}
