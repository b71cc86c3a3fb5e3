{#- The join that finds the rate of an amount to the reporting currency: none where the currency
    is not known, or has no rate by then. An amount without a date takes the last rate.
    The relation is joined as `rates`. -#}
{% macro join_rates(relation, currency_code, at) -%}
left join {{ relation }} as rates
        on
            coalesce({{ currency_code }}, '') = rates.currency_code
            and coalesce({{ at }}, timestamp '9999-01-01 00:00:00') >= rates.valid_from
            and coalesce({{ at }}, timestamp '9999-01-01 00:00:00') < rates.valid_until
{%- endmacro %}
