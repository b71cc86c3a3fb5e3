{# A company that was merged into another is named by it, and is then deleted. #}
with

companies as (

    {{ tool_rows('hubspot', ['company', 'companies'], {
        'account_id': ['id', 'company_id', 'hs_object_id', 'Record ID', 'Record ID - Company'],
        'parent_account_id': hubspot_names('hs_parent_company_id', ['Parent Company ID', 'Parent Company']),
        'created_at': hubspot_names('createdate', ['Create Date', 'createdAt']),
        'updated_at': hubspot_names('hs_lastmodifieddate', ['Last Modified Date', 'updatedAt']),
        'name': hubspot_names('name', ['Company name']),
        'domain': hubspot_names('domain', ['Company Domain Name']),
        'website': hubspot_names('website', ['Website URL']),
        'industry': hubspot_names('industry'),
        'employee_count': hubspot_names('numberofemployees', ['Number of Employees']),
        'country_code': hubspot_names('hs_country_code', ['country', 'country__value', 'Country/Region']),
        'owner_id': hubspot_names('hubspot_owner_id', ['Company owner', 'HubSpot Owner']),
        'merged_ids': hubspot_names('hs_merged_object_ids', ['Merged record IDs', 'Merged object IDs']),
    }) }}

),

merged as (

    select distinct
        source,
        merged_id

    from (
        select
            source,
            {{ words('merged_ids') }} as merged_id

        from companies

        where merged_ids is not null
    ) as listed

    where merged_id != ''

),

final as (

    select
        companies.source,
        companies.account_id,
        companies.parent_account_id,
        companies.created_at,
        companies.updated_at,
        companies.name,
        coalesce(companies.domain, companies.website) as domain,
        companies.industry,
        companies.employee_count,
        companies.country_code,
        companies.owner_id,
        case when merged.merged_id is not null then 'true' else companies.is_removed end as is_deleted,
        companies.loaded_at

    from companies

    left join merged
        on
            companies.source = merged.source
            and companies.account_id = merged.merged_id

)

select * from final
