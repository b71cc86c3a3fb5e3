{{ accepted_rows(
    ref('base_raw__crm_contacts'),
    columns=[
        'contact_id',
        'account_id',
        'created_at',
        'updated_at',
        'email',
        'first_name',
        'last_name',
        'job_title',
        'phone',
        'country_code',
        'owner_id',
        'is_deleted',
        'has_opted_out',
    ]
) }}
