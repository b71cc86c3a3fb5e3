{{ accepted_rows(
    ref('base_raw__crm_accounts'),
    columns=[
        'account_id',
        'parent_account_id',
        'created_at',
        'updated_at',
        'name',
        'domain',
        'industry',
        'employee_count',
        'country_code',
        'owner_id',
    ]
) }}
