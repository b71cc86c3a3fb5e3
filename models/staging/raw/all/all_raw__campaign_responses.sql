{{ all_raw_rows('campaign_responses') }}
