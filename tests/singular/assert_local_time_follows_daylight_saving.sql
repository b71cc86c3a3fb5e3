{# An hour is added or taken where the zone says so, on every engine, and the way
   back leads to the same moment. #}
with

expected as (

    select
        timestamp '2026-01-31 23:30:00' as moment,
        'Europe/Berlin' as zone,
        timestamp '2026-02-01 00:30:00' as local_moment

    union all

    select
        timestamp '2026-06-30 22:30:00' as moment,
        'Europe/Berlin' as zone,
        timestamp '2026-07-01 00:30:00' as local_moment

    union all

    select
        timestamp '2026-03-08 14:00:00' as moment,
        'America/New_York' as zone,
        timestamp '2026-03-08 10:00:00' as local_moment

    union all

    select
        timestamp '2026-03-07 14:00:00' as moment,
        'America/New_York' as zone,
        timestamp '2026-03-07 09:00:00' as local_moment

)

select *

from expected

where
    {{ local_time('moment', 'zone') }} != local_moment
    or {{ utc_time('local_moment', 'zone') }} != moment
