{{ accepted_rows(
    ref('base_raw__form_submissions'),
    columns=[
        'submission_id',
        'form_id',
        'occurred_at',
        'anonymous_id',
        'device_key',
        'email',
        'first_name',
        'last_name',
        'company_name',
        'job_title',
        'phone',
        'country_code',
        'employee_count',
        'consent_marketing',
        'page_key',
        'utm_source',
        'utm_medium',
        'utm_campaign',
    ]
) }}
