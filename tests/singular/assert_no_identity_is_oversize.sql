{{ config(severity='warn') }}

{# Not glued, and therefore in pieces: somebody should look, see remedy. #}
select
    kind,
    oversize_key,
    identifier_count,
    remedy

from {{ ref('oversize_identities') }}
