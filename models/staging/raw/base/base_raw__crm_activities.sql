{{ base_rows('crm_activities', record=event_key('activity')) }}
