{{ read_rows('crm_accounts', until_as_of=false) }}
