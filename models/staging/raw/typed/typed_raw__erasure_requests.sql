{{ read_rows('erasure_requests', until_as_of=false) }}
