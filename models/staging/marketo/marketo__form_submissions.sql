with

fillings as (

    {{ tool_rows('marketo', ['activity_fill_out_form', 'activities_fill_out_form'], {
        'submission_id': ['id', 'marketo_guid'],
        'crm_lead_id': ['lead_id'],
        'form_id': ['webform_id', 'primary_attribute_value_id'],
        'occurred_at': ['activity_date'],
        'page_url': ['referrer_url'],
        'query_parameters': ['query_parameters'],
    }, versions='all') }}

),

{# The page a form is on is called the referrer; the query may stand apart. #}
final as (

    select
        source,
        submission_id,
        form_id,
        occurred_at,
        crm_lead_id,
        case
            when page_url like '%?%' or query_parameters is null then page_url
            else page_url || '?' || query_parameters
        end as page_url,
        loaded_at

    from fillings

)

select * from final
