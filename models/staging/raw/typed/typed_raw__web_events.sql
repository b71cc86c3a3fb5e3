{{ read_rows('web_events', until_as_of=false) }}
