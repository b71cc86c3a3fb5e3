{# What is there and means nothing to us: words that no seed maps, rows, requests and
   deals of nobody, and what is linked to too much. #}
{% set stages = 'inquiry, mql, sal, sql, closed_won, closed_lost, recycled or disqualified' %}

with

unknown_statuses as (

    select
        case when signal_source = 'opportunity' then 'opportunity' else 'lead' end
            as object_type,
        {{ shown_value('raw_status') }} as raw_status,
        count(distinct source_id) as affected_count

    from {{ ref('crm_stage_signals') }}

    where stage is null

    group by 1, 2

),

unknown_sources as (

    select
        {{ shown_value('lower(lead_source)') }} as lead_source,
        count(*) as affected_count

    from {{ ref('lead_profiles') }}

    where lead_source is not null and channel is null

    group by 1

),

{# Tags of people whom no line of the seed gave a channel, and that no line fits. #}
unknown_tags as (

    select
        {{ shown_value("coalesce(lead_events.utm_source, '')") }} as utm_source,
        {{ shown_value("coalesce(lead_events.utm_medium, '')") }} as utm_medium,
        count(distinct lead_events.lead_key) as affected_count

    from {{ ref('lead_events') }} as lead_events

    inner join {{ ref('lead_profiles') }} as profiles
        on lead_events.lead_key = profiles.lead_key

    left join {{ ref('channels') }} as channels
        on
            {{ seed_text('channels.lead_source') }} = ''
            and {{ seed_text('channels.utm_source') }}
            in ('', coalesce(lead_events.utm_source, ''))
            and {{ seed_text('channels.utm_medium') }}
            in ('', coalesce(lead_events.utm_medium, ''))

    where
        profiles.channel is null
        and coalesce(lead_events.utm_source, lead_events.utm_medium) is not null
        and channels.channel is null

    group by 1, 2

),

unknown_deal_types as (

    select
        {{ shown_value('deals.deal_type') }} as deal_type,
        count(*) as affected_count

    from {{ ref('stg_raw__crm_opportunities') }} as deals

    inner join {{ ref('opportunity_outcomes') }} as outcomes
        on deals.opportunity_id = outcomes.opportunity_id

    where deals.deal_type is not null and outcomes.deal_type is null

    group by 1

),

unknown_activities as (

    select
        coalesce(activity_type, '') as activity_type,
        coalesce(direction, '') as direction,
        coalesce({{ shown_value('outcome') }}, '') as outcome,
        sum(activities) as affected_count

    from {{ ref('activity_signatures') }}

    where counts_as is null

    group by 1, 2, 3

),

fruitless_requests as (

    select
        outcome,
        count(*) as affected_count

    from {{ ref('erasure_receipts') }}

    where outcome in ('nothing_found', 'names_nobody')

    group by outcome

),

unreadable as (

    select * from {{ ref('unreadable_values') }}

),

oversize as (

    select
        kind,
        identifier_type,
        max(remedy) as remedy,
        count(*) as affected_count

    from {{ ref('oversize_identities') }}

    group by kind, identifier_type

),

internal_identifiers as (

    select identifier_key

    from {{ ref('identifiers') }}

    where email_class = 'internal'

),

{# Visits of people who are known to nobody are no fault. #}
events as (

    {% for raw_table in ['form_submissions', 'email_events'] %}
    select
        '{{ raw_table }}' as raw_table,
        event_key,
        identifier_key

    from {{ ref('stg_raw__' ~ raw_table) }}

    union all

    {% endfor %}
    select
        'campaign_responses' as raw_table,
        event_key,
        {{ identifier_key('email', 'email') }} as identifier_key

    from {{ ref('stg_raw__campaign_responses') }}

    where coalesce(has_responded, true)

    union all

    select
        'crm_activities' as raw_table,
        event_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key

    from {{ ref('stg_raw__crm_activities') }}

    where coalesce(is_completed, true)

),

ownerless as (

    select
        events.raw_table,
        count(*) as affected_count

    from events

    left join {{ ref('lead_events') }} as lead_events
        on events.event_key = lead_events.event_key

    left join internal_identifiers
        on events.identifier_key = internal_identifiers.identifier_key

    where
        lead_events.event_key is null
        and internal_identifiers.identifier_key is null

    group by events.raw_table

),

anomalies as (

    select
        anomaly,
        count(*) as affected_count

    from {{ ref('stage_anomalies') }}

    where anomaly in ('belongs_to_nobody', 'stage_contradicts_flags')

    group by anomaly

),

final as (

    select
        'status_unmapped' as kind,
        object_type || ': ' || raw_status as subject,
        cast(affected_count as bigint) as affected_count,
        'No line of seeds/crm_status_map.csv maps the ' || object_type || ' status '
        || raw_status || ', which ' || cast(affected_count as string)
        || ' records have or had: it moves no lead to a stage.' as message,
        'Add the line ' || object_type || ',' || {{ csv_cell('raw_status') }}
        || ',STAGE, with {{ stages }} for STAGE.' as remedy

    from unknown_statuses

    union all

    select
        'deal_type_unmapped' as kind,
        deal_type as subject,
        cast(affected_count as bigint) as affected_count,
        'No line of seeds/deal_types.csv maps the deal type ' || deal_type || ' of '
        || cast(affected_count as string) || ' deals: they count as new business.' as message,
        'Add the line deal_type,' || {{ csv_cell('deal_type') }}
        || ',KIND, with new_business, expansion or renewal for KIND.' as remedy

    from unknown_deal_types

    union all

    select
        'activity_unmapped' as kind,
        activity_type || ' / ' || direction || ' / ' || outcome as subject,
        cast(affected_count as bigint) as affected_count,
        'No line of seeds/activity_kinds.csv fits the activity ' || activity_type || ' / '
        || direction || ' / ' || outcome || ', of which there are '
        || cast(affected_count as string) || ': they do not count as touches.' as message,
        'Add the line ' || activity_type || ',' || direction || ',' || {{ csv_cell('outcome') }}
        || ',COUNTS_AS, with touch, contact or none for COUNTS_AS.' as remedy

    from unknown_activities

    union all

    select
        'source_unmapped' as kind,
        lead_source as subject,
        cast(affected_count as bigint) as affected_count,
        'No line of seeds/channels.csv maps the lead source ' || lead_source || ', which '
        || cast(affected_count as string) || ' people came by: they have no channel.' as message,
        'Add the line ,,' || {{ csv_cell('lead_source') }}
        || ',CHANNEL with the channel that it belongs to.' as remedy

    from unknown_sources

    union all

    select
        'source_unmapped' as kind,
        utm_source || ' / ' || utm_medium as subject,
        cast(affected_count as bigint) as affected_count,
        'No line of seeds/channels.csv maps the campaign tags ' || utm_source || ' / '
        || utm_medium || ', which ' || cast(affected_count as string)
        || ' people came by: they have no channel.' as message,
        'Add the line ' || {{ csv_cell('utm_source') }} || ',' || {{ csv_cell('utm_medium') }}
        || ',,CHANNEL with the channel that it belongs to.' as remedy

    from unknown_tags

    union all

    select
        case outcome
            when 'names_nobody' then 'erasure_names_nobody'
            else 'erasure_found_nobody'
        end as kind,
        'erasure_requests' as subject,
        cast(affected_count as bigint) as affected_count,
        cast(affected_count as string)
        || case outcome
            when 'names_nobody'
                then ' erasure requests name neither a readable e-mail address nor a CRM lead nor a device: they erase nobody.'
            else ' erasure requests found no rows.'
        end as message,
        case outcome
            when 'names_nobody' then 'Ask who they are about, and correct the requests.'
            else 'Check that they are spelt as in the data; marts.erasure_receipts lists them.'
        end as remedy

    from fruitless_requests

    union all

    select
        'values_unreadable' as kind,
        raw_table || '.' || column_name as subject,
        row_count as affected_count,
        cast(row_count as string) || ' values of ' || column_name || ' in ' || raw_table
        || ' could not be read, most of them like ' || example || ': they count as empty.'
            as message,
        'Correct them in the source. docs/sources.md says how values are read.' as remedy

    from unreadable

    union all

    select
        'identity_oversize' as kind,
        kind || ': ' || identifier_type as subject,
        cast(affected_count as bigint) as affected_count,
        cast(affected_count as string)
        || case
            when kind = 'hub' then ' identifiers of type '
            else ' groups of identifiers around one of type '
        end
        || identifier_type
        || ' hold more than a person has, and were not made one person.' as message,
        remedy || ' See marts.oversize_identities.' as remedy

    from oversize

    union all

    select
        'events_of_nobody' as kind,
        raw_table as subject,
        cast(affected_count as bigint) as affected_count,
        cast(affected_count as string) || ' accepted rows of ' || raw_table
        || ' belong to nobody: they name no person, a record that is not there, or an address that stands for no one.'
            as message,
        'See that the source fills the address or the record id; shared addresses are listed in seeds/role_addresses.csv and seeds/placeholder_addresses.csv.'
            as remedy

    from ownerless

    union all

    select
        case anomaly
            when 'belongs_to_nobody' then 'deals_of_nobody'
            else 'deals_contradicted'
        end as kind,
        'crm_opportunities' as subject,
        cast(affected_count as bigint) as affected_count,
        case anomaly
            when 'belongs_to_nobody'
                then cast(affected_count as string)
                    || ' deals name no lead, contact or account that is known: they are in no funnel.'
            else cast(affected_count as string)
                || ' deals have a stage whose name contradicts is_closed and is_won: the flags were followed.'
        end as message,
        case anomaly
            when 'belongs_to_nobody'
                then 'Fill lead_id or contact_id of the deals listed in marts.stage_anomalies.'
            else 'Correct the stages listed in marts.stage_anomalies in the CRM.'
        end as remedy

    from anomalies

)

select * from final
