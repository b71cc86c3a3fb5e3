{{ read_rows('crm_opportunity_contacts', until_as_of=false) }}
