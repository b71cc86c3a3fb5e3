{# An account that was merged into another is in no figure. #}
with

accounts as (

    {{ tool_rows('salesforce', ['account', 'accounts'], {
        'account_id': ['id', 'Account ID'],
        'parent_account_id': ['parent_id', 'Parent Account ID'],
        'created_at': ['created_date', 'Create Date'],
        'updated_at': ['last_modified_date', 'system_modstamp', 'Last Modified'],
        'name': ['name', 'Account Name'],
        'domain': ['website'],
        'industry': ['industry'],
        'employee_count': ['number_of_employees', 'Employees'],
        'country_code': ['billing_country_code'],
        'country': ['billing_country', 'Billing Country (text only)', 'Billing Country/Territory'],
        'owner_id': ['owner_id', 'Account Owner ID', 'Account Owner'],
        'master_record_id': ['master_record_id'],
    }) }}

),

final as (

    select
        source,
        account_id,
        parent_account_id,
        created_at,
        updated_at,
        name,
        domain,
        industry,
        employee_count,
        coalesce(country_code, country) as country_code,
        owner_id,
        case when master_record_id is not null then 'true' else is_removed end as is_deleted,
        {{ loaded_since('coalesce(updated_at, created_at)', 'loaded_at') }} as loaded_at

    from accounts

)

select * from final
