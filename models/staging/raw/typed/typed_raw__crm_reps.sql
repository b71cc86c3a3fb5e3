{{ read_rows('crm_reps', until_as_of=false) }}
