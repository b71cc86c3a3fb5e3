{# The links below are what the rounds of contraction start from: the table that
   they end in is described in macros/identity/connected_components.sql. #}
{{ config(materialized='connected_components') }}

select distinct
    left_key,
    right_key

from {{ ref('identity_links') }}

where is_followed
