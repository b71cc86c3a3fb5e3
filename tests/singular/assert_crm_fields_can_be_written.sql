{# What check_crm_field_map says of the file, said of the loaded rows: for engines that
   cannot read the file, and for lines that came into the table in another way. #}
{% set map %}(
        select
            cast(null as int) as line_number,
            crm,
            object_type,
            our_column,
            crm_field

        from {{ ref('crm_field_mapping') }}
    )
{%- endset %}
{{ crm_field_mistakes(map) }}
