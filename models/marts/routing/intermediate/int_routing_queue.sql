{# The leads in the queue for slots, and what each is worth: every candidate that
   nothing forbids and that does not stay with its rep. #}
with

candidates as (

    select * from {{ ref('int_routing_candidates') }}
    where blocked_reason is null

),

kept as (

    select lead_key from {{ ref('int_routing_kept') }}

),

picks as (

    select * from {{ ref('int_account_picks') }}

),

placed as (

    select
        candidates.lead_key,
        coalesce(picks.team_id, candidates.team_id) as team_id,
        candidates.slots,
        candidates.experience_level,
        candidates.priority_rank,
        coalesce(picks.owner_id, candidates.preferred_owner_id) as preferred_owner_id,
        coalesce(picks.preference, candidates.preference) as preference,
        candidates.probability,
        candidates.points_total

    from candidates

    left join kept
        on candidates.lead_key = kept.lead_key

    left join picks
        on candidates.lead_key = picks.lead_key

    where kept.lead_key is null

),

{% if is_fresh() %}
{# Whoever asked for sales since the last whole build: slots were kept for them. #}
requests as (

    select distinct lead_key from {{ ref('fct_lead_timeline') }}
    where
        event_type in ({{ literals(direct_request_event_types()) }})
        and known_at > (select as_of from {{ as_of_the_night(ref('clock')) }})

),
{% endif %}

final as (

    select
        placed.lead_key,
        placed.team_id,
        placed.slots,
        {# A lead that only one rep may have takes that rep's experience. #}
        case
            when {{ is_bound('placed.preference') }}
                then coalesce(rep_open_slots.experience_level, placed.experience_level)
            else placed.experience_level
        end as experience_level,
        {% if is_fresh() %}
        {# Below all ranks that there are: before everybody else. #}
        case
            when requests.lead_key is not null then placed.priority_rank - {{ 10 ** 12 }}
            else placed.priority_rank
        end as priority_rank,
        {% else %}
        placed.priority_rank,
        {% endif %}
        placed.preferred_owner_id,
        placed.preference,
        {# Amounts do not differ between leads; without a model, points speak. #}
        round(greatest(coalesce(placed.probability, placed.points_total), 0), 9)
        {%- if is_fresh() %}
        + case when requests.lead_key is not null then {{ 10 ** 6 }} else 0 end
        {%- endif %} as worth

    from placed

    {% if is_fresh() %}
    left join requests
        on placed.lead_key = requests.lead_key
    {% endif %}

    left join {{ ref('int_rep_open_slots') }} as rep_open_slots
        on placed.preferred_owner_id = rep_open_slots.rep_id

    {% if is_fresh() %}
    {# Whoever waits since the last whole build and is worth more goes first. #}
    union all

    select
        waiting.lead_key,
        waiting.team_id,
        waiting.slots,
        waiting.experience_level,
        ranks.priority_rank,
        waiting.preferred_owner_id,
        waiting.preference,
        waiting.worth

    from ({{ other_leads(this) }}) as waiting

    inner join ({{ priority_ranks(ref('lead_scores'), ref('lead_scores')) }}) as ranks
        on waiting.lead_key = ranks.lead_key

    where waiting.lead_key not in (select lead_key from fresh.other_assignments)
    {% endif %}

)

select * from final
