{# Forms that contacts sent off; from the tables by contact, else from the submissions
   of each form, which name nobody but by what was filled in. #}
{% set filled_in = {
    'email': ['email'],
    'first_name': ['firstname'],
    'last_name': ['lastname'],
    'company_name': ['company'],
    'job_title': ['jobtitle'],
    'phone': ['phone', 'mobilephone'],
    'country_code': ['country'],
    'employee_count': ['numemployees', 'company_size'],
} %}
with

contact_forms as (

    {{ tool_rows('hubspot', ['contact_form_submission', 'contacts_form_submissions'], {
        'submission_id': ['conversion_id'],
        'form_id': ['form_id'],
        'crm_lead_id': ['contact_id', 'canonical_vid', 'vid'],
        'occurred_at': ['timestamp'],
        'page_url': ['page_url', 'canonical_url'],
        'title': ['title'],
    }) }}

),

submissions as (

    {{ tool_rows('hubspot', ['form_submission', 'form_submissions'], {
        'submission_id': ['conversion_id'],
        'form_id': ['form_id'],
        'occurred_at': ['submitted_at'],
        'page_url': ['page_url'],
        'filled_in': ['values'],
    }) }}

),

forms as (

    {{ tool_rows('hubspot', ['form', 'forms'], {
        'form_id': ['guid', 'id', 'form_id'],
        'name': ['name'],
    }) }}

),

form_names as (

    select
        source,
        form_id,
        max(name) as name

    from forms

    group by source, form_id

),

contact_submissions as (

    select distinct
        source,
        submission_id

    from contact_forms

),

filled_in_fields as (

    select
        source,
        submission_key,
        lower({{ json_field('field', 'name') }}) as name,
        {{ json_field('field', 'value') }} as value

    from (
        select
            source,
            coalesce(submission_id, form_id || '|' || occurred_at) as submission_key,
            {{ json_objects('filled_in') }} as field

        from submissions

        where filled_in is not null
    ) as listed

),

filled_in as (

    select
        source,
        submission_key,
        {% for name, properties in filled_in.items() %}
        {% set values = [] %}
        {% for property in properties %}
        {% do values.append("max(case when name = '" ~ property ~ "' then value end)") %}
        {% endfor %}
        {{ 'coalesce(' ~ values | join(', ') ~ ')' if values | length > 1 else values[0] }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}

    from filled_in_fields

    group by source, submission_key

),

told as (

    select
        contact_forms.source,
        contact_forms.submission_id,
        contact_forms.form_id,
        contact_forms.title,
        contact_forms.occurred_at,
        contact_forms.crm_lead_id,
        contact_forms.page_url,
        {% for name in filled_in %}
        cast(null as string) as {{ name }},
        {% endfor %}
        contact_forms.loaded_at

    from contact_forms

    where coalesce(contact_forms.is_removed, 'false') != 'true'

    union all

    select
        submissions.source,
        {# Two people may send off one form in one millisecond. #}
        coalesce(
            submissions.submission_id,
            submissions.form_id || '|' || submissions.occurred_at || coalesce('|' || filled_in.email, '')
        ) as submission_id,
        submissions.form_id,
        cast(null as string) as title,
        submissions.occurred_at,
        cast(null as string) as crm_lead_id,
        submissions.page_url,
        {% for name in filled_in %}
        filled_in.{{ name }},
        {% endfor %}
        submissions.loaded_at

    from submissions

    left join filled_in
        on
            submissions.source = filled_in.source
            and coalesce(submissions.submission_id, submissions.form_id || '|' || submissions.occurred_at)
            = filled_in.submission_key

    left join contact_submissions
        on
            submissions.source = contact_submissions.source
            and submissions.submission_id = contact_submissions.submission_id

    where contact_submissions.submission_id is null

),

final as (

    select
        told.source,
        told.submission_id,
        coalesce(form_names.name, told.title, told.form_id) as form_id,
        told.occurred_at,
        told.crm_lead_id,
        {% for name in filled_in %}
        told.{{ name }},
        {% endfor %}
        told.page_url,
        told.loaded_at

    from told

    left join form_names
        on
            told.source = form_names.source
            and told.form_id = form_names.form_id

)

select * from final
