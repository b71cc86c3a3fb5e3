{# What to send each person next: unseen, for the persona or for everybody, of
   the stage where there is such a piece, then by the rate of advancing. A
   recycled lead starts again at inquiry. #}
with

leads as (

    select * from {{ ref('dim_leads') }}

),

content as (

    select * from {{ ref('content_performance') }}

),

consumption as (

    select * from {{ ref('int_content_consumption') }}

),

reachable as (

    select
        leads.lead_key,
        leads.persona,
        leads.top_topic,
        case
            when leads.current_stage = 'recycled' then 'inquiry'
            else leads.current_stage
        end as stage

    from leads

    inner join {{ ref('contact_policy') }} as policy
        on leads.lead_key = policy.lead_key

    where
        policy.may_email
        and leads.current_stage in ('inquiry', 'mql', 'sal', 'sql', 'recycled')

),

choices as (

    select
        reachable.lead_key,
        content.content_id,
        row_number() over (
            partition by reachable.lead_key
            order by
                case
                    when coalesce(content.stage, reachable.stage) = reachable.stage
                        then 0
                    else 1
                end,
                round(content.advance_rate, 9) desc,
                case when content.topic = reachable.top_topic then 0 else 1 end,
                content.content_id
        ) as choice_rank

    from reachable

    inner join content
        on
            content.persona is null
            or content.persona = reachable.persona

    left join consumption
        on
            reachable.lead_key = consumption.lead_key
            and content.content_id = consumption.content_id

    where consumption.lead_key is null

),

final as (

    select
        lead_key,
        content_id

    from choices

    where choice_rank = 1

)

select * from final
