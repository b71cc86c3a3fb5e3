{# What the CRM should show about each of its records of leads, and about leads that it
   does not know and sales is to have: those are to be created. Our own fields only:
   nothing that a rep fills in, nothing that names a person. A value that the CRM
   has acknowledged moves only when it has to: a band leaves only when the score
   is clearly across the edge, and a deadline stands as long as its owner. #}
{% set texts = [
    'lead_key', 'stage', 'cycle_number', 'scored_by', 'score', 'score_band',
    'fit_grade', 'grid_cell', 'reason_1', 'reason_2', 'reason_3', 'owner_id',
    'next_content_id', 'is_exploration',
] %}

with

crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}

),

merged_leads as (

    select merged_lead_id as lead_id
    from ({{ merged_leads(ref('stg_raw__crm_leads')) }}) as merges

),

members as (

    select * from {{ ref('identity_members') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

balances as (

    select * from {{ ref('points_balances') }}

),

scores as (

    select * from {{ ref('lead_scores') }}

),

assignments as (

    select * from {{ ref('lead_assignments') }}

),

next_content as (

    select * from {{ ref('lead_next_content') }}

),

policy as (

    select * from {{ ref('contact_policy') }}

),

acknowledgements as (

    {{ latest_acknowledgements(source('sync', 'sync_acknowledgements')) }}

),

thresholds as (

    {{ threshold_row(ref('points_thresholds'), band_thresholds()) }}

),

lead_records as (

    select
        members.lead_key,
        crm_leads.lead_id,
        crm_leads.source,
        crm_leads.converted_contact_id,
        row_number() over (
            partition by crm_leads.converted_contact_id
            order by crm_leads.lead_id
        ) as contact_rank

    from crm_leads

    inner join members
        on {{ identifier_key('crm_lead', 'crm_leads.lead_id') }}
        = members.identifier_key

    inner join leads
        on members.lead_key = leads.lead_key

    where
        not coalesce(crm_leads.is_deleted, false)
        {# A record merged away is gone, unless it is the one to work with: merged
           into itself, into nothing, or in a circle. #}
        and (
            (
                crm_leads.merged_into_lead_id is null
                and crm_leads.lead_id not in (select lead_id from merged_leads)
            )
            or crm_leads.lead_id = leads.crm_lead_id
        )

),

{# The CRM that leads are created in: where several are read, nobody can say in which
   a lead belongs. #}
only_crm as (

    select max(source) as source
    {% if is_fresh() %}
    from (
        select source from crm_leads

        union all

        select source from {{ as_of_the_night(this) }}
    ) as all_records
    {% else %}
    from crm_leads
    {% endif %}
    having count(distinct coalesce(source, '')) <= 1

),

{# A converted lead takes no changes any more: its contact does, and once. #}
keyed as (

    select
        lead_key,
        lead_id as crm_lead_id,
        lead_id as sync_key,
        source,
        case when converted_contact_id is null then 'lead' else 'contact' end as object,
        {{ without_source('source', 'coalesce(converted_contact_id, lead_id)') }} as crm_record_id

    from lead_records

    where converted_contact_id is null or contact_rank = 1

    union all

    select
        leads.lead_key,
        cast(null as string) as crm_lead_id,
        cast(leads.lead_key as string) as sync_key,
        contacts.source,
        'contact' as object,
        {{ without_source('contacts.source', 'contacts.contact_id') }} as crm_record_id

    from leads

    inner join {{ ref('stg_raw__crm_contacts') }} as contacts
        on leads.crm_contact_id = contacts.contact_id

    where
        leads.crm_lead_id is null
        and leads.current_stage is not null
        and not coalesce(contacts.is_deleted, false)

    union all

    {# Sales is to have them, and may contact them. #}
    select
        leads.lead_key,
        cast(null as string) as crm_lead_id,
        cast(leads.lead_key as string) as sync_key,
        only_crm.source,
        'lead' as object,
        cast(null as string) as crm_record_id

    from leads

    cross join only_crm

    inner join policy
        on leads.lead_key = policy.lead_key

    left join assignments
        on leads.lead_key = assignments.lead_key

    where
        leads.crm_lead_id is null
        and leads.crm_contact_id is null
        and leads.has_email
        and (policy.may_email or policy.may_call)
        and (leads.current_stage in ('mql', 'sal', 'sql') or assignments.owner_id is not null)

),

{# What we created keeps our key, also when it comes back among the CRM's records; until
   then its id is known from the CRM's answer. #}
records as (

    select
        coalesce(acknowledgements.sync_key, keyed.sync_key) as sync_key,
        coalesce(keyed.crm_lead_id, acknowledgements.crm_lead_id) as crm_lead_id,
        keyed.source,
        case
            when keyed.crm_record_id is null and acknowledgements.crm_lead_id is null then 'create'
            else 'update'
        end as action,
        keyed.object,
        coalesce(
            keyed.crm_record_id,
            {{ without_source('keyed.source', 'acknowledgements.crm_lead_id') }}
        ) as crm_record_id,
        leads.lead_key,
        leads.current_stage as stage,
        cast(leads.cycle_number as int) as cycle_number,
        scores.scored_by,
        scores.score,
        scores.probability,
        scores.score_band,
        scores.band_value,
        coalesce(scores.points_total, balances.points_total) as points_total,
        coalesce(scores.fit_grade, balances.fit_grade) as fit_grade,
        coalesce(scores.grid_cell, balances.grid_cell) as grid_cell,
        scores.reason_1,
        scores.reason_2,
        scores.reason_3,
        assignments.owner_id,
        assignments.due_at,
        coalesce(assignments.is_exploration, false) as is_exploration,
        next_content.content_id as next_content_id,
        acknowledgements.score_band as acknowledged_band,
        acknowledgements.owner_id as acknowledged_owner_id,
        acknowledgements.due_at as acknowledged_due_at

    from keyed

    inner join leads
        on keyed.lead_key = leads.lead_key

    left join balances
        on leads.lead_key = balances.lead_key

    left join scores
        on leads.lead_key = scores.lead_key

    left join assignments
        on leads.lead_key = assignments.lead_key

    left join next_content
        on leads.lead_key = next_content.lead_key

    left join acknowledgements
        on keyed.sync_key = acknowledgements.record_key

    where
        not leads.is_deleted
        and not leads.is_internal

),

banded as (

    select
        records.*,
        {{ band_number(
            'records.band_value * (1 - thresholds.band_margin)',
            'records.scored_by',
            'thresholds'
        ) }} as lowest_band,
        {{ band_number(
            'records.band_value * (1 + thresholds.band_margin)',
            'records.scored_by',
            'thresholds'
        ) }} as highest_band,
        case records.acknowledged_band
            when 'hot' then 4
            when 'warm' then 3
            when 'cool' then 2
            when 'cold' then 1
        end as acknowledged_number

    from records

    cross join thresholds

),

published as (

    select
        crm_lead_id,
        source,
        crm_record_id,
        sync_key,
        action,
        object,
        lead_key,
        stage,
        cycle_number,
        scored_by,
        score,
        round(probability, 3) as probability,
        case
            when score_band is null then null
            when acknowledged_number between lowest_band and highest_band
                then acknowledged_band
            else score_band
        end as score_band,
        round(points_total) as points_total,
        fit_grade,
        grid_cell,
        reason_1,
        reason_2,
        reason_3,
        owner_id,
        case
            when owner_id = acknowledged_owner_id
                then coalesce(acknowledged_due_at, due_at)
            else due_at
        end as due_at,
        is_exploration,
        next_content_id

    from banded

),

final as (

    select
        *,
        {# One call: a chain of || would write the text anew for each part. #}
        md5(concat(
            sync_key,
            {%- for column in texts %}
            '|{{ column }}=', coalesce(cast({{ column }} as string), ''),
            {%- endfor %}
            '|probability=', coalesce({{ fixed_text('probability', 3) }}, ''),
            '|points_total=', coalesce({{ fixed_text('points_total', 0) }}, ''),
            '|due_at=', coalesce(cast({{ epoch_micros('due_at') }} as string), '')
        )) as row_hash

    from published

)

select * from final

order by sync_key
