{{ accepted_rows(ref('base_raw__campaigns'), raw_columns('campaigns')) }}
