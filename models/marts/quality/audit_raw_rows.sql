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

    where is_accepted and (is_deleted{{ ' or merged_into_opportunity_id is not null' if raw_table == 'crm_opportunities' }})
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

members as (

    select
        identifier_key,
        lead_key

    from {{ ref('identity_members') }}

),

deals as (

    select
        opportunity_id,
        lead_key,
        account_id

    from {{ ref('opportunities') }}

),

{# Rows of the tracker and the mailer belong to whom lead_events gives them. #}
tracked as (

    select
        case source
            when 'web' then 'web_events'
            when 'form' then 'form_submissions'
            else 'email_events'
        end as raw_table,
        cast(sum(1 + repeat_count) as bigint) as rows_of_people

    from {{ ref('lead_events') }}

    where source in ('web', 'form', 'email')

    group by 1

),

{# By raw table: the record that a row names, another identifier, its opportunity and its
   account. #}
{% set no_key = key(['cast(null as string)']) %}
{% set naming = {
    'campaign_responses': [
        crm_identifier_key('crm_lead_id', 'crm_contact_id'), identifier_key('email', 'email'), none, none,
    ],
    'crm_leads': [identifier_key('crm_lead', 'lead_id'), no_key, none, 'account_id'],
    'crm_lead_history': ['identifier_key', no_key, none, none],
    'crm_contacts': [identifier_key('crm_contact', 'contact_id'), no_key, none, 'account_id'],
    'crm_accounts': [no_key, no_key, none, 'account_id'],
    'crm_opportunities': [no_key, no_key, 'opportunity_id', 'account_id'],
    'crm_opportunity_contacts': [
        crm_identifier_key('lead_id', 'contact_id'), no_key, 'opportunity_id', none,
    ],
    'crm_opportunity_history': [no_key, no_key, 'opportunity_id', none],
    'crm_activities': [
        crm_identifier_key('lead_id', 'contact_id'), no_key, 'opportunity_id', none,
    ],
} %}
named as (

    {% for raw_table, (record, other, opportunity, account) in naming.items() %}
    select
        '{{ raw_table }}' as raw_table,
        {{ record }} as record_key,
        {{ other }} as other_key,
        {{ opportunity or 'cast(null as string)' }} as opportunity_id,
        {{ account or 'cast(null as string)' }} as account_id

    from {{ ref('stg_raw__' ~ raw_table) }}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

belonging as (

    select
        named.raw_table,
        coalesce(records.lead_key, others.lead_key, deals.lead_key) is not null as is_of_person,
        coalesce(named.account_id, deals.account_id) is not null as is_of_account

    from named

    left join members as records
        on named.record_key = records.identifier_key

    left join members as others
        on named.other_key = others.identifier_key

    left join deals
        on named.opportunity_id = deals.opportunity_id

),

attached as (

    select
        raw_table,
        rows_of_people,
        cast(0 as bigint) as rows_of_accounts

    from tracked

    union all

    select
        raw_table,
        cast(sum(case when is_of_person then 1 else 0 end) as bigint) as rows_of_people,
        cast(sum(case when is_of_account and not is_of_person then 1 else 0 end) as bigint)
            as rows_of_accounts

    from belonging

    group by raw_table

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
        {% set about_people = naming.keys() | list + ['web_events', 'form_submissions', 'email_events'] %}
        case
            when read_rows.raw_table in ({{ literals(about_people) }})
                then coalesce(attached.rows_of_people, 0)
        end as rows_of_people,
        case
            when read_rows.raw_table in ({{ literals(about_people) }})
                then coalesce(attached.rows_of_accounts, 0)
        end as rows_of_accounts,
        case
            when read_rows.raw_table in ({{ literals(about_people) }})
                then
                    accepted_rows.rows_accepted
                    - coalesce(attached.rows_of_people, 0)
                    - coalesce(attached.rows_of_accounts, 0)
        end as rows_of_nobody,
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

    left join attached
        on read_rows.raw_table = attached.raw_table

    left join erased
        on read_rows.raw_table = erased.raw_table

)

select * from final
