{{ base_rows('campaign_responses', record=event_key('campaign')) }}
