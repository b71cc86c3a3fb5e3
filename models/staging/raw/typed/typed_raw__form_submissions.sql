{{ read_rows('form_submissions', until_as_of=false) }}
