{#- The sum of amounts that are all in one currency, to the cent. Amounts of several
    do not add up: null. -#}
{% macro sum_of_one_currency(amount, currency_code) -%}
    case
        when count(distinct coalesce({{ currency_code }}, '(none)')) = 1
            then cast(round(sum({{ amount }}), 2) as double)
    end
{%- endmacro %}
