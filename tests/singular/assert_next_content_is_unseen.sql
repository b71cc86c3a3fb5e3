{{ config(group='contact') }}

{# Nobody is sent twice what they have used or received already. #}
select next_content.*

from {{ ref('lead_next_content') }} as next_content

left join {{ ref('int_content_consumption') }} as consumption
    on
        next_content.lead_key = consumption.lead_key
        and next_content.content_id = consumption.content_id

left join {{ ref('int_content_sent') }} as sent
    on
        next_content.lead_key = sent.lead_key
        and next_content.content_id = sent.content_id

where
    consumption.lead_key is not null
    or sent.lead_key is not null
