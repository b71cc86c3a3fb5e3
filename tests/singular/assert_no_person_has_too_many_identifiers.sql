select
    lead_key,
    count(*) as identifier_count

from {{ ref('identity_members') }}

group by lead_key

having count(*) > {{ var('max_identifiers_per_person') }}
