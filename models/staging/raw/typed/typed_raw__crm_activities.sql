{{ read_rows('crm_activities', until_as_of=false) }}
