{{ read_rows('campaign_costs', until_as_of=false) }}
