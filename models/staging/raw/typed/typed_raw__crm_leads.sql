{{ read_rows('crm_leads', until_as_of=false) }}
