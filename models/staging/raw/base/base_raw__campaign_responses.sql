{{ base_rows('campaign_responses') }}
