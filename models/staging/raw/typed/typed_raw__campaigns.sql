{{ read_rows('campaigns', until_as_of=false) }}
