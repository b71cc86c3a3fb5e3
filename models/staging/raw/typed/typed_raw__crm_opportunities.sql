{{ read_rows('crm_opportunities', until_as_of=false) }}
