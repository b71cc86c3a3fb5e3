{{ read_rows('crm_opportunity_history', until_as_of=false) }}
