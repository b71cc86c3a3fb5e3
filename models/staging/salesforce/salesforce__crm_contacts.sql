with

contacts as (

    {{ tool_rows('salesforce', ['contact', 'contacts'], {
        'contact_id': ['id', 'Contact ID'],
        'account_id': ['account_id'],
        'created_at': ['created_date', 'Create Date'],
        'updated_at': ['last_modified_date', 'system_modstamp', 'Last Modified'],
        'email': ['email', 'Email Address'],
        'first_name': ['first_name'],
        'last_name': ['last_name'],
        'job_title': ['title', 'Job Title'],
        'phone': ['phone'],
        'mobile_phone': ['mobile_phone', 'Mobile'],
        'country_code': ['mailing_country_code'],
        'country': ['mailing_country', 'Mailing Country (text only)', 'Mailing Country/Territory'],
        'lead_source': ['lead_source'],
        'status': ['contact_status__c', 'status__c', 'Contact Status'],
        'owner_id': ['owner_id', 'Contact Owner ID', 'Contact Owner'],
        'merged_into_contact_id': ['master_record_id'],
        'has_opted_out_of_email': ['has_opted_out_of_email', 'Email Opt Out'],
        'do_not_call': ['do_not_call'],
    }) }}

),

final as (

    select
        source,
        contact_id,
        account_id,
        created_at,
        updated_at,
        email,
        first_name,
        last_name,
        job_title,
        coalesce(phone, mobile_phone) as phone,
        coalesce(country_code, country) as country_code,
        lead_source,
        status,
        owner_id,
        merged_into_contact_id,
        is_removed as is_deleted,
        has_opted_out_of_email,
        do_not_call,
        {{ loaded_since('coalesce(updated_at, created_at)', 'loaded_at') }} as loaded_at

    from contacts

)

select * from final
