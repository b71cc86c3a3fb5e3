{#- Which columns of which raw table say that two identifiers belong to one person, and
    under what reason. Read by identity and by the erasure of persons.
    left, right   type of identifier (see identifier_key) and column
    pointers      columns of a CRM record that point to something else: what they say
                  is known since a version of the record first said it, see
                  crm_pointers; none for what happens once
    rows          macro that makes the rows of the table that say it; its rows as they
                  are where it is not given
    occurred_at   when the link came about, over the table under the name records -#}
{% macro identity_link_columns() %}
    {{ return([
        {
            'reason': 'identify_call',
            'raw_table': 'web_events',
            'left': ['email', 'email'],
            'right': ['user', 'user_id'],
            'occurred_at': 'records.occurred_at',
        },
        {
            'reason': 'campaign_response',
            'raw_table': 'campaign_responses',
            'left': ['email', 'email'],
            'right': ['crm_lead', 'crm_lead_id'],
            'occurred_at': 'records.occurred_at',
        },
        {
            'reason': 'campaign_response',
            'raw_table': 'campaign_responses',
            'left': ['email', 'email'],
            'right': ['crm_contact', 'crm_contact_id'],
            'occurred_at': 'records.occurred_at',
        },
        {
            'reason': 'campaign_response',
            'raw_table': 'campaign_responses',
            'left': ['crm_contact', 'crm_contact_id'],
            'right': ['crm_lead', 'crm_lead_id'],
            'occurred_at': 'records.occurred_at',
        },
        {
            'reason': 'crm_lead_email',
            'raw_table': 'crm_leads',
            'left': ['email', 'email'],
            'right': ['crm_lead', 'lead_id'],
            'pointers': ['email'],
            'occurred_at': 'records.created_at',
        },
        {
            'reason': 'crm_contact_email',
            'raw_table': 'crm_contacts',
            'left': ['email', 'email'],
            'right': ['crm_contact', 'contact_id'],
            'pointers': ['email'],
            'occurred_at': 'records.created_at',
        },
        {
            'reason': 'lead_conversion',
            'raw_table': 'crm_leads',
            'left': ['crm_contact', 'converted_contact_id'],
            'right': ['crm_lead', 'lead_id'],
            'pointers': ['converted_contact_id'],
            'occurred_at': 'coalesce(records.converted_at, records.updated_at, records.created_at)',
        },
        {
            'reason': 'lead_merge',
            'raw_table': 'crm_leads',
            'left': ['crm_lead', 'merged_into_lead_id'],
            'right': ['crm_lead', 'lead_id'],
            'pointers': ['merged_into_lead_id'],
            'occurred_at': 'coalesce(records.updated_at, records.created_at)',
        },
        {
            'reason': 'lead_merge',
            'raw_table': 'crm_leads',
            'left': ['crm_lead', 'merged_lead_id'],
            'right': ['crm_lead', 'lead_id'],
            'rows': 'merged_leads',
            'pointers': ['merged_lead_id'],
            'occurred_at': 'coalesce(records.updated_at, records.created_at)',
        },
        {
            'reason': 'contact_merge',
            'raw_table': 'crm_contacts',
            'left': ['crm_contact', 'merged_into_contact_id'],
            'right': ['crm_contact', 'contact_id'],
            'pointers': ['merged_into_contact_id'],
            'occurred_at': 'coalesce(records.updated_at, records.created_at)',
        },
        {
            'reason': 'opportunity',
            'raw_table': 'crm_opportunities',
            'left': ['crm_contact', 'contact_id'],
            'right': ['crm_lead', 'lead_id'],
            'pointers': ['contact_id', 'lead_id'],
            'occurred_at': 'records.created_at',
        },
    ]) }}
{% endmacro %}

{#- Why two identifiers may belong together: the closed list. -#}
{% macro identity_link_reasons() %}
    {{ return(lead_funnel.identity_link_columns() | map(attribute='reason') | unique | sort) }}
{% endmacro %}

{#- The raw tables whose rows link identifiers. -#}
{% macro identity_link_tables() %}
    {{ return(lead_funnel.identity_link_columns() | map(attribute='raw_table') | unique | list) }}
{% endmacro %}

{#- By raw table of CRM records, the columns by which its records are known. -#}
{% macro crm_record_keys() %}
    {{ return({
        'crm_leads': 'lead_id',
        'crm_contacts': 'contact_id',
        'crm_opportunities': 'opportunity_id',
        'crm_accounts': 'account_id',
    }) }}
{% endmacro %}

{#- One row per pair of identifiers and row that says they belong together: left_key,
    right_key and, where pointers are given, link_reason, occurred_at and arrived_at.
    relations   by raw table, the relation that holds its rows
    pointers    relation of crm_pointers, or none -#}
{% macro identity_links(relations, pointers=none) -%}
{%- for link in lead_funnel.identity_link_columns() %}
{%- set relation = relations[link['raw_table']] %}
{%- set pointing = link.get('pointers', []) if pointers else [] %}
{%- set left_type, left_column = link['left'] %}
{%- set right_type, right_column = link['right'] %}
select
    {{ lead_funnel.identifier_key(left_type, 'records.' ~ left_column) }} as left_key,
    {{ lead_funnel.identifier_key(right_type, 'records.' ~ right_column) }} as right_key
    {%- if pointers %},
    '{{ link['reason'] }}' as link_reason,
    {{ link['occurred_at'] }} as occurred_at,
    {% if pointing | length > 1 -%}
    greatest(
        {%- for column in pointing %}
        {{ column }}_pointers.first_loaded_at{{ ',' if not loop.last }}
        {%- endfor %}
    ) as arrived_at
    {%- elif pointing -%}
    {{ pointing[0] }}_pointers.first_loaded_at as arrived_at
    {%- else -%}
    records.loaded_at as arrived_at
    {%- endif %}
    {%- endif %}

from {{ '(' ~ lead_funnel[link['rows']](relation) ~ ')' if link.get('rows') else relation }} as records
{% for column in pointing %}
inner join {{ pointers }} as {{ column }}_pointers
    on
        {{ column }}_pointers.raw_table = '{{ link['raw_table'] }}'
        and {{ column }}_pointers.column_name = '{{ column }}'
        and records.{{ lead_funnel.crm_record_keys()[link['raw_table']] }} = {{ column }}_pointers.record_id
        and records.{{ column }} = {{ column }}_pointers.value
{% endfor %}
where records.{{ left_column }} is not null and records.{{ right_column }} is not null
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}
{%- endmacro %}
