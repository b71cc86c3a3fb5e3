{# Leads, with what activities tell of them: into which they were merged, and that they
   were deleted. A merged lead is gone from the table of leads. #}
with

leads as (

    {{ tool_rows('marketo', ['lead', 'leads'], {
        'lead_id': ['id', 'lead_id', 'Marketo ID', 'Id'],
        'created_at': ['created_at'],
        'updated_at': ['updated_at'],
        'email': ['email', 'Email Address'],
        'first_name': ['first_name'],
        'last_name': ['last_name'],
        'company_name': ['company', 'Company Name'],
        'website': ['website'],
        'job_title': ['title', 'Job Title'],
        'phone': ['phone', 'Phone Number'],
        'mobile_phone': ['mobile_phone', 'Mobile Phone Number'],
        'industry': ['industry'],
        'employee_count': ['number_of_employees', 'Num Employees'],
        'country_code': ['country'],
        'lead_source': ['lead_source', 'Person Source'],
        'original_source': ['original_source_type'],
        'original_source_info': ['original_source_info'],
        'status': ['lead_status', 'Person Status'],
        'rating': ['rating', 'lead_rating'],
        'has_opted_out_of_email': ['unsubscribed'],
        'do_not_call': ['do_not_call'],
    }) }}

),

merge_activities as (

    {{ tool_rows('marketo', ['activity_merge_leads', 'activities_merge_leads'], {
        'activity_id': ['id', 'marketo_guid'],
        'survivor_id': ['lead_id'],
        'merge_ids': ['merge_ids'],
        'merged_at': ['activity_date'],
    }, versions='all') }}

),

deletions as (

    {{ tool_rows('marketo', ['activity_delete_lead', 'activities_delete_lead'], {
        'activity_id': ['id', 'marketo_guid'],
        'lead_id': ['lead_id'],
    }, versions='all') }}

),

listed_merges as (

    select
        source,
        {{ words('merge_ids') }} as lead_id,
        survivor_id,
        merged_at,
        loaded_at

    from merge_activities

    where merge_ids is not null

),

merges as (

    select
        source,
        lead_id,
        max(survivor_id) as survivor_id,
        max(merged_at) as merged_at,
        max(loaded_at) as loaded_at

    from listed_merges

    where lead_id != '' and lead_id != survivor_id

    group by source, lead_id

),

deleted as (

    select distinct
        source,
        lead_id

    from deletions

),

final as (

    select
        leads.source,
        leads.lead_id,
        leads.created_at,
        leads.updated_at,
        leads.email,
        leads.first_name,
        leads.last_name,
        leads.company_name,
        leads.website,
        leads.job_title,
        coalesce(leads.phone, leads.mobile_phone) as phone,
        leads.industry,
        leads.employee_count,
        leads.country_code,
        coalesce(leads.lead_source, leads.original_source) as lead_source,
        leads.original_source_info as lead_source_detail,
        leads.status,
        leads.rating,
        merges.survivor_id as merged_into_lead_id,
        case when deleted.lead_id is not null then 'true' else leads.is_removed end as is_deleted,
        leads.has_opted_out_of_email,
        leads.do_not_call,
        leads.loaded_at

    from leads

    left join merges
        on
            leads.source = merges.source
            and leads.lead_id = merges.lead_id

    left join deleted
        on
            leads.source = deleted.source
            and leads.lead_id = deleted.lead_id

    union all

    {{ merged_away_records('merges', 'leads', [
        'source', 'lead_id', 'created_at', 'updated_at', 'email', 'first_name',
        'last_name', 'company_name', 'website', 'job_title', 'phone', 'industry',
        'employee_count', 'country_code', 'lead_source', 'lead_source_detail', 'status',
        'rating', 'merged_into_lead_id', 'is_deleted', 'has_opted_out_of_email',
        'do_not_call', 'loaded_at',
    ]) }}

)

select * from final
