{# Nobody is sent what they have used already. #}
select next_content.*

from {{ ref('int_lead_next_content') }} as next_content

inner join {{ ref('int_content_consumption') }} as consumption
    on
        next_content.lead_key = consumption.lead_key
        and next_content.content_id = consumption.content_id
