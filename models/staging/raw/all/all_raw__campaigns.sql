{{ all_raw_rows('campaigns') }}
