{{ read_rows('email_events', until_as_of=false) }}
