{# What contradicts the allowed moves or cannot be read: kept, listed, never
   dropped. #}
with

crm_signals as (

    {# A status that means no stage moves nobody, and contradicts nothing. #}
    select * from {{ ref('crm_stage_signals') }}
    where coalesce(stage, '') != 'known'

),

stage_signals as (

    select * from {{ ref('int_stage_signals') }}

),

first_cycles as (

    select
        lead_key,
        started_at

    from {{ ref('cycle_bounds') }}

    where cycle_number = 1

),

opportunities as (

    select * from {{ ref('opportunities') }}

),

found as (

    select
        signal_key,
        lead_key,
        'unknown_status' as anomaly,
        occurred_at as signal_at,
        signal_source,
        source_id,
        cast(null as string) as stage,
        'Status ' || raw_status || ' of ' || signal_source
        || ' is not in seeds/crm_status_map.csv: add a line for it.' as detail

    from crm_signals

    where stage is null

    union all

    select
        signal_key,
        lead_key,
        'taken_back' as anomaly,
        occurred_at as signal_at,
        signal_source,
        source_id,
        stage,
        'The opportunity was reopened after that, or stands otherwise now: it counts as it ended.'
            as detail

    from crm_signals

    where is_taken_back

    union all

    select
        crm_signals.signal_key,
        crm_signals.lead_key,
        'before_first_contact' as anomaly,
        crm_signals.occurred_at as signal_at,
        crm_signals.signal_source,
        crm_signals.source_id,
        crm_signals.stage,
        'Dated before the first contact with the lead: counted from the first contact on.'
            as detail

    from crm_signals

    inner join first_cycles
        on crm_signals.lead_key = first_cycles.lead_key

    where
        crm_signals.stage is not null
        and crm_signals.occurred_at < first_cycles.started_at

    union all

    select
        signal_key,
        lead_key,
        effect as anomaly,
        signal_at,
        signal_source,
        source_id,
        stage,
        case effect
            when 'backward'
                then 'The lead was already further: no move back without a hand-back.'
            when 'after_exit'
                then 'The cycle had ended, and this does not open the next one.'
            else 'Another opportunity of the lead was open: the loss does not end the cycle.'
        end as detail

    from stage_signals

    where effect in ('backward', 'after_exit', 'other_opportunity_open')

    union all

    select
        {{ key(["'opportunity_closed:' || opportunity_id"]) }} as signal_key,
        lead_key,
        'closed_before_created' as anomaly,
        closed_at as signal_at,
        'opportunity' as signal_source,
        opportunity_id as source_id,
        closed_as as stage,
        'The opportunity was closed before it was created: counted from its creation on.'
            as detail

    from opportunities

    where is_closed_before_created and closed_as is not null

    union all

    select
        {{ key(["'opportunity_stage_now:' || opportunity_id"]) }} as signal_key,
        lead_key,
        'stage_contradicts_flags' as anomaly,
        coalesce(updated_at, created_at) as signal_at,
        'opportunity' as signal_source,
        opportunity_id as source_id,
        stage,
        'The name of the stage and the flags is_closed and is_won say different things: the flags were followed.'
            as detail

    from opportunities

    where is_stage_contradicted

    union all

    select
        {{ key(["'opportunity_created:' || opportunity_id"]) }} as signal_key,
        lead_key,
        'belongs_to_nobody' as anomaly,
        coalesce(created_at, updated_at) as signal_at,
        'opportunity' as signal_source,
        opportunity_id as source_id,
        coalesce(closed_as, 'sql') as stage,
        case
            when account_id is null
                then 'The opportunity names no lead, contact or account: it is in no funnel.'
            else 'The opportunity names only the account ' || account_id
                || ': fill its lead_id or contact_id to have it in the funnel.'
        end as detail

    from opportunities

    where lead_key is null

),

final as (

    select
        {{ key(['signal_key', 'anomaly']) }} as stage_anomaly_key,
        signal_key,
        lead_key,
        anomaly,
        signal_at,
        signal_source,
        source_id,
        stage,
        max(detail) as detail

    from found

    group by 1, 2, 3, 4, 5, 6, 7, 8

)

select * from final
order by lead_key, signal_at, stage_anomaly_key
