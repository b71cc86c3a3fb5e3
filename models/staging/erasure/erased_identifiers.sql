{# A person is named after one of its identifiers: so is what was published of it. #}
{{ config(post_hook=[
    "{{ forget_erased(source('sync', 'sync_acknowledgements'), identifier_key('crm_lead', 'crm_lead_id')) }}",
    "{{ forget_erased(source('sync', 'sync_refusals'), identifier_key('crm_lead', 'crm_lead_id')) }}",
    "{{ forget_erased(source('sync', 'sync_acknowledgements'), 'sync_key') }}",
    "{{ forget_erased(source('sync', 'sync_refusals'), 'sync_key') }}",
    "{{ forget_erased(source('sync', 'published_scores'), 'lead_key') }}",
    "{{ forget_erased(source('sync', 'handoff_decisions_log'), 'lead_key') }}",
    "{{ forget_erased(source('sync', 'published_assignments'), 'lead_key') }}",
]) }}

{# What any request reaches. #}
select distinct identifier_key

from {{ ref('erasure_reach') }}
