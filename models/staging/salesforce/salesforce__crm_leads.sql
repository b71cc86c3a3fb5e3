{# When a lead was converted is a day in its record; the history of leads knows the
   moment. #}
with

leads as (

    {{ tool_rows('salesforce', ['lead', 'leads'], {
        'lead_id': ['id', 'Lead ID'],
        'created_at': ['created_date', 'Create Date'],
        'updated_at': ['last_modified_date', 'system_modstamp', 'Last Modified'],
        'email': ['email', 'Email Address'],
        'first_name': ['first_name'],
        'last_name': ['last_name'],
        'company_name': ['company', 'Company / Account', 'Company Name'],
        'website': ['website'],
        'job_title': ['title', 'Job Title'],
        'phone': ['phone'],
        'mobile_phone': ['mobile_phone', 'Mobile'],
        'industry': ['industry'],
        'employee_count': ['number_of_employees', 'No. of Employees', 'Employees'],
        'country_code': ['country_code', 'Country Code'],
        'country': ['country', 'Country (text only)', 'Country/Territory'],
        'lead_source': ['lead_source'],
        'lead_source_detail': ['lead_source_detail__c', 'lead_source_details__c', 'Lead Source Detail'],
        'click_id': ['gclid__c', 'google_click_id__c', 'GCLID'],
        'status': ['status', 'Lead Status'],
        'rating': ['rating'],
        'owner_id': ['owner_id', 'Lead Owner ID', 'Lead Owner'],
        'converted_at': ['converted_date'],
        'converted_contact_id': ['converted_contact_id', 'Contact ID'],
        'converted_account_id': ['converted_account_id', 'Account ID'],
        'converted_opportunity_id': ['converted_opportunity_id', 'Opportunity ID'],
        'merged_into_lead_id': ['master_record_id'],
        'has_opted_out_of_email': ['has_opted_out_of_email', 'Email Opt Out'],
        'do_not_call': ['do_not_call'],
    }) }}

),

changes as (

    {{ tool_rows('salesforce', ['lead_history', 'lead_histories'], {
        'history_id': ['id'],
        'lead_id': ['lead_id'],
        'field': ['field'],
        'changed_at': ['created_date'],
    }, versions='all') }}

),

conversions as (

    select
        source,
        lead_id,
        min(changed_at) as converted_at

    from changes

    where lower(field) = 'leadconverted'

    group by source, lead_id

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
        coalesce(leads.country_code, leads.country) as country_code,
        leads.lead_source,
        leads.lead_source_detail,
        leads.click_id,
        leads.status,
        leads.rating,
        leads.owner_id,
        coalesce(conversions.converted_at, leads.converted_at) as converted_at,
        leads.converted_contact_id,
        leads.converted_account_id,
        leads.converted_opportunity_id,
        leads.merged_into_lead_id,
        leads.is_removed as is_deleted,
        leads.has_opted_out_of_email,
        leads.do_not_call,
        {{ loaded_since('coalesce(leads.updated_at, leads.created_at)', 'leads.loaded_at') }} as loaded_at

    from leads

    left join conversions
        on
            leads.source = conversions.source
            and leads.lead_id = conversions.lead_id

)

select * from final
