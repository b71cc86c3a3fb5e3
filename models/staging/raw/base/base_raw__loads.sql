{{ config(incremental_strategy='rebuild_whole') }}

{{ loads_in_parts(loaded_raw_tables()) }}
