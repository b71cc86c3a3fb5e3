{# Marketing e-mails as they were sent; events of e-mails name them. #}
with

campaigns as (

    {{ tool_rows('hubspot', ['email_campaign', 'email_campaigns', 'campaigns'], {
        'campaign_id': ['id', 'email_campaign_id'],
        'name': ['name'],
        'subject': ['subject'],
    }) }}

),

final as (

    select
        source,
        campaign_id,
        coalesce(name, subject) as name,
        'email' as channel,
        loaded_at

    from campaigns

    where coalesce(is_removed, 'false') != 'true'

)

select * from final
