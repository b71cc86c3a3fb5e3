{# The six numbers are counted in six different places: in the source, in the
   accepted table, in its count of versions, in the quarantine, in the list of what
   was erased and among the records that the CRM deleted. None is the difference of others, so a row lost anywhere
   leaves the sum short. #}
with

read_rows as (

    {% for raw_table in raw_tables() %}
    select '{{ raw_table }}' as raw_table, rows_read
    from ({{ count_raw_rows(raw_table) }}) as counted
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

accepted_rows as (

    {% for raw_table in raw_tables() %}
    select
        '{{ raw_table }}' as raw_table,
        count(*) as rows_accepted,
        cast(coalesce(sum(version_count - 1), 0) as bigint) as rows_duplicate
    from {{ ref('stg_raw__' ~ raw_table) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

{# Accepted rows that tell of a thing once more. #}
repeated as (

    select
        case when source = 'web' then 'web_events' else 'form_submissions' end as raw_table,
        cast(sum(repeat_count) as bigint) as rows_repeated

    from {{ ref('lead_events') }}

    where repeat_count > 0

    group by 1

),

quarantined as (

    select
        raw_table,
        cast(sum(row_count) as bigint) as rows_quarantined

    from {{ ref('quarantined_rows') }}

    group by raw_table

),

{% set deleting = [] %}
{% for raw_table in raw_tables() if raw_table not in ['crm_leads', 'crm_contacts'] %}
{% if 'is_deleted' in raw_columns(raw_table) %}{% do deleting.append(raw_table) %}{% endif %}
{% endfor %}
{# All versions of them; leads and contacts are accepted and flagged. #}
deleted as (

    {% for raw_table in deleting %}
    select
        '{{ raw_table }}' as raw_table,
        cast(coalesce(sum(version_count), 0) as bigint) as rows_deleted

    from {{ ref('base_raw__' ~ raw_table) }}

    where is_accepted and is_deleted
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

{# Rows that are accepted with the time of their arrival. #}
unset_clocks as (

    {% for raw_table in ['web_events', 'form_submissions'] %}
    select
        '{{ raw_table }}' as raw_table,
        count(*) as rows_clock_unset

    from {{ ref('base_raw__' ~ raw_table) }}

    where is_accepted and is_clock_unset
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

erased as (

    select
        raw_table,
        cast(sum(row_count) as bigint) as rows_erased

    from {{ ref('erased_rows') }}

    group by raw_table

),

final as (

    select
        read_rows.raw_table,
        read_rows.rows_read,
        accepted_rows.rows_accepted,
        accepted_rows.rows_duplicate,
        coalesce(repeated.rows_repeated, 0) as rows_repeated,
        coalesce(quarantined.rows_quarantined, 0) as rows_quarantined,
        coalesce(deleted.rows_deleted, 0) as rows_deleted,
        coalesce(erased.rows_erased, 0) as rows_erased,
        coalesce(unset_clocks.rows_clock_unset, 0) as rows_clock_unset,
        read_rows.rows_read
        = accepted_rows.rows_accepted
        + accepted_rows.rows_duplicate
        + coalesce(quarantined.rows_quarantined, 0)
        + coalesce(deleted.rows_deleted, 0)
        + coalesce(erased.rows_erased, 0) as is_balanced

    from read_rows

    inner join accepted_rows
        on read_rows.raw_table = accepted_rows.raw_table

    left join repeated
        on read_rows.raw_table = repeated.raw_table

    left join quarantined
        on read_rows.raw_table = quarantined.raw_table

    left join deleted
        on read_rows.raw_table = deleted.raw_table

    left join unset_clocks
        on read_rows.raw_table = unset_clocks.raw_table

    left join erased
        on read_rows.raw_table = erased.raw_table

)

select * from final
