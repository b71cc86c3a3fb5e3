{{ read_rows('campaign_responses', until_as_of=false) }}
