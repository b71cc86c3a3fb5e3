{{ all_raw_rows('form_submissions') }}
