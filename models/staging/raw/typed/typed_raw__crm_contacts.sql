{{ read_rows('crm_contacts', until_as_of=false) }}
