{# HubSpot has no leads of its own: its contacts are them. A contact that was merged into
   another vanishes from the tables or stays as deleted; the other names it, or the audit
   of merges does. #}
with

contacts as (

    {{ tool_rows('hubspot', ['contact', 'contacts'], {
        'lead_id': ['id', 'vid', 'contact_id', 'hs_object_id', 'Record ID', 'Record ID - Contact'],
        'created_at': hubspot_names('createdate', ['Create Date', 'createdAt', 'addedAt']),
        'updated_at': hubspot_names('lastmodifieddate', ['hs_lastmodifieddate', 'Last Modified Date', 'updatedAt']),
        'email': hubspot_names('email'),
        'first_name': hubspot_names('firstname', ['First Name']),
        'last_name': hubspot_names('lastname', ['Last Name']),
        'company_name': hubspot_names('company', ['Company Name', 'Associated Company']),
        'website': hubspot_names('website', ['Website URL']),
        'job_title': hubspot_names('jobtitle', ['Job Title']),
        'phone': hubspot_names('phone', ['Phone Number']),
        'mobile_phone': hubspot_names('mobilephone', ['Mobile Phone Number']),
        'industry': hubspot_names('industry'),
        'employee_count': hubspot_names('numemployees', ['numberofemployees', 'Number of Employees', 'company_size', 'Company Size']),
        'country': hubspot_names('country', ['Country/Region']),
        'country_code': hubspot_names('hs_country_region_code', ['Country/Region Code']),
        'ip_country_code': hubspot_names('ip_country_code', ['IP Country Code']),
        'lead_source': hubspot_names('hs_analytics_source', ['Original Source', 'Original Traffic Source', 'Original Source Type']),
        'source_detail_1': hubspot_names('hs_analytics_source_data_1', [
            'Original Source Drill-Down 1', 'Original Source Data 1', 'Original Traffic Source Drill-Down 1',
        ]),
        'source_detail_2': hubspot_names('hs_analytics_source_data_2', [
            'Original Source Drill-Down 2', 'Original Source Data 2', 'Original Traffic Source Drill-Down 2',
        ]),
        'google_click_id': hubspot_names('hs_google_click_id', ['Google ad click id']),
        'facebook_click_id': hubspot_names('hs_facebook_click_id', ['Facebook click id']),
        'status': hubspot_names('lifecyclestage', ['Lifecycle Stage']),
        'second_status': hubspot_names('hs_lead_status', ['Lead Status']),
        'owner_id': hubspot_names('hubspot_owner_id', ['Contact owner', 'HubSpot Owner']),
        'account_id': hubspot_names('associatedcompanyid', ['Primary Associated Company ID', 'Associated Company IDs', 'Associated Company ID']),
        'merged_ids': hubspot_names('hs_merged_object_ids', ['Merged record IDs', 'Merged object IDs']),
        'merged_vids': hubspot_names('hs_calculated_merged_vids', ['Merged Contact IDs', 'merged-vids']),
        'has_opted_out_of_email': hubspot_names('hs_email_optout', ['Unsubscribed from all email', 'Opted out of all email']),
        'legal_basis': hubspot_names('hs_legal_basis', ["Legal basis for processing contact's data"]),
    }) }}

),

contact_companies as (

    {{ tool_rows('hubspot', ['contact_company', 'contact_companies'], {
        'contact_id': ['contact_id'],
        'company_id': ['company_id'],
        'type_id': ['type_id', 'association_type_id'],
    }) }}

),

merge_audit as (

    {{ tool_rows('hubspot', ['contact_merge_audit', 'contacts_merged_audit', 'contact_merges'], {
        'lead_id': ['vid_to_merge'],
        'survivor_id': ['canonical_vid', 'contact_id'],
        'merged_at': ['timestamp'],
    }) }}

),

{# Type 1 is the primary company of a contact. #}
primary_companies as (

    select
        source,
        contact_id,
        min(company_id) as company_id

    from contact_companies

    where coalesce(type_id, '1') = '1' and coalesce(is_removed, 'false') != 'true'

    group by source, contact_id

),

{# Of what the audit tells, what concerns a contact that is there. #}
merges as (

    select
        merge_audit.source,
        merge_audit.lead_id,
        max(merge_audit.survivor_id) as survivor_id,
        max(merge_audit.merged_at) as merged_at,
        max(merge_audit.loaded_at) as loaded_at

    from merge_audit

    inner join contacts as survivors
        on
            merge_audit.source = survivors.source
            and merge_audit.survivor_id = survivors.lead_id

    where merge_audit.lead_id != merge_audit.survivor_id

    group by merge_audit.source, merge_audit.lead_id

),

final as (

    select
        contacts.source,
        contacts.lead_id,
        contacts.created_at,
        contacts.updated_at,
        contacts.email,
        contacts.first_name,
        contacts.last_name,
        contacts.company_name,
        contacts.website,
        contacts.job_title,
        coalesce(contacts.phone, contacts.mobile_phone) as phone,
        contacts.industry,
        contacts.employee_count,
        coalesce(contacts.country_code, contacts.country, contacts.ip_country_code) as country_code,
        contacts.lead_source,
        coalesce(
            contacts.source_detail_1 || ' / ' || contacts.source_detail_2,
            contacts.source_detail_1,
            contacts.source_detail_2
        ) as lead_source_detail,
        coalesce(contacts.google_click_id, 'fbclid=' || contacts.facebook_click_id) as click_id,
        contacts.status,
        contacts.second_status,
        contacts.owner_id,
        coalesce(
            {{ first_id('contacts.account_id') }},
            primary_companies.company_id
        ) as account_id,
        merges.survivor_id as merged_into_lead_id,
        {# With each id, the older list also says when it was merged. #}
        coalesce(
            contacts.merged_ids,
            {{ replace_all('contacts.merged_vids', "':[0-9]+'") }}
        ) as hs_merged_object_ids,
        contacts.is_removed as is_deleted,
        contacts.has_opted_out_of_email,
        case
            when lower(contacts.legal_basis) like '%freely given consent%' then 'true'
        end as consent_marketing,
        contacts.loaded_at

    from contacts

    left join primary_companies
        on
            contacts.source = primary_companies.source
            and contacts.lead_id = primary_companies.contact_id

    left join merges
        on
            contacts.source = merges.source
            and contacts.lead_id = merges.lead_id

    union all

    {{ merged_away_records('merges', 'contacts', [
        'source', 'lead_id', 'created_at', 'updated_at', 'email', 'first_name',
        'last_name', 'company_name', 'website', 'job_title', 'phone', 'industry',
        'employee_count', 'country_code', 'lead_source', 'lead_source_detail',
        'click_id', 'status', 'second_status', 'owner_id', 'account_id',
        'merged_into_lead_id', 'hs_merged_object_ids', 'is_deleted',
        'has_opted_out_of_email', 'consent_marketing', 'loaded_at',
    ]) }}

)

select * from final
