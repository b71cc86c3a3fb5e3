{{ read_rows('crm_lead_history', until_as_of=false) }}
