{# No address leaves by what other people's jobs read. #}
{% for model, columns in {
    'crm_lead_sync': ['reason_1', 'reason_2', 'reason_3', 'owner_id', 'next_content_id'],
    'routable_leads': ['reason_1', 'reason_2', 'reason_3', 'owner_id', 'next_content_id'],
}.items() %}
select
    '{{ model }}' as model,
    cast(lead_key as string) as lead_key

from {{ ref(model) }}

where
    {% for column in columns %}
    {{ 'or ' if not loop.first }}coalesce({{ column }}, '') like '%@%'
    {% endfor %}

{% if not loop.last %}union all{% endif %}
{% endfor %}
