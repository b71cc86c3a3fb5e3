{{ base_rows('crm_lead_history', more={
    'identifier_key': identifier_key('crm_lead', 'lead_id'),
}, record=event_key('lead_history')) }}
