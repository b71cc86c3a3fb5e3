{% set stages = [
    'inquiry', 'mql', 'sal', 'sql', 'closed_won', 'closed_lost', 'recycled',
    'disqualified', 'expired',
] %}

with

cycles as (

    select * from {{ ref('cycle_bounds') }}

),

entries as (

    select * from {{ ref('stage_entries') }}

),

pivoted as (

    select
        lead_key,
        cycle_number,
        {% for stage in stages %}
        max(case when stage = '{{ stage }}' then entered_at end) as {{ stage }}_at,
        {% endfor %}
        max(case when stage = 'mql' and not is_implied then entered_at end) as qualified_at

    from entries

    group by lead_key, cycle_number

),

last_entries as (

    select
        lead_key,
        cycle_number,
        stage,
        entered_at,
        reason

    from entries

    where next_stage is null

),

{# A company that buys is no longer to be won: what its other people had open ends with
   that, unless they go on or ask again. #}
colleagues_wins as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        min(wins.won_at) as won_at

    from cycles

    inner join {{ ref('colleagues_wins') }} as wins
        on
            cycles.lead_key = wins.lead_key
            and cycles.started_at < wins.won_at
            and cycles.next_started_at > wins.won_at

    {# What expires later had ended already. #}
    inner join entries
        on
            cycles.lead_key = entries.lead_key
            and cycles.cycle_number = entries.cycle_number
            and entries.stage in ({{ literals(stages_before_sql()) }})
            and entries.entered_at <= wins.won_at
            and coalesce(entries.next_stage, 'expired') = 'expired'
            and coalesce(entries.exited_at > wins.won_at, true)

    left join {{ ref('lead_events') }} as requests
        on
            cycles.lead_key = requests.lead_key
            and requests.occurred_at > wins.won_at
            and requests.occurred_at < cycles.next_started_at
            and {{ is_occasion('requests.event_type') }}

    where requests.lead_key is null

    group by
        cycles.lead_key,
        cycles.cycle_number

),

customers as (

    {{ customer_accounts(ref('lead_wins'), ref('lead_accounts'), ref('opportunities')) | indent(4) }}

),

{# No lead of a customer is new business, whoever of the company bought. What began before stays. #}
with_origin as (

    select
        cycles.*,
        case
            when customers.customer_since_at < cycles.started_at then 'expansion'
            else cycles.lead_origin
        end as origin

    from cycles

    left join {{ ref('lead_accounts') }} as accounts
        on cycles.lead_key = accounts.lead_key

    left join customers
        on accounts.account_key = customers.account_key

),

{# Who of a customer's other people asked for something, and not only looked around. #}
own_requests as (

    select distinct
        cycles.lead_key,
        cycles.cycle_number

    from with_origin as cycles

    inner join {{ ref('lead_events') }} as requests
        on
            cycles.lead_key = requests.lead_key
            and cycles.started_at <= requests.occurred_at
            and cycles.next_started_at > requests.occurred_at
            and {{ is_occasion('requests.event_type') }}

    where cycles.origin = 'expansion'

),

final as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        cycles.next_started_at,
        cycles.started_by,
        cycles.origin,
        cycles.lead_origin = 'expansion' or own_requests.lead_key is not null
            as is_customer_asking,
        cycles.known_at,
        {% for stage in stages %}
        pivoted.{{ stage }}_at,
        {% endfor %}
        case when cycles.origin = 'marketing' then pivoted.qualified_at end
            as marketing_mql_at,
        case when cycles.origin = 'marketing' then pivoted.sal_at end as marketing_sal_at,
        case when cycles.origin = 'marketing' then pivoted.sql_at end as marketing_sql_at,
        case when cycles.origin != 'expansion' then pivoted.closed_won_at end
            as new_business_won_at,
        last_entries.stage as current_stage,
        last_entries.entered_at as current_stage_at,
        case
            when colleagues_wins.won_at is not null then 'won_by_colleague'
            when last_entries.stage in ({{ literals(open_stages()) }}) then 'open'
            else last_entries.stage
        end as outcome,
        last_entries.reason as outcome_reason,
        case
            when colleagues_wins.won_at is not null then colleagues_wins.won_at
            when last_entries.stage not in ({{ literals(open_stages()) }})
                then last_entries.entered_at
        end as ended_at,
        cycles.next_started_at = timestamp '9999-12-31 00:00:00' as is_current

    from with_origin as cycles

    inner join pivoted
        on
            cycles.lead_key = pivoted.lead_key
            and cycles.cycle_number = pivoted.cycle_number

    inner join last_entries
        on
            cycles.lead_key = last_entries.lead_key
            and cycles.cycle_number = last_entries.cycle_number

    left join colleagues_wins
        on
            cycles.lead_key = colleagues_wins.lead_key
            and cycles.cycle_number = colleagues_wins.cycle_number

    left join own_requests
        on
            cycles.lead_key = own_requests.lead_key
            and cycles.cycle_number = own_requests.cycle_number

)

select * from final
order by lead_key, cycle_number
