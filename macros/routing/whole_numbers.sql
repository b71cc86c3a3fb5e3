{#- The whole numbers from 1 to 10 to the power of `digits`, in a column
    `number`; no engine's own series needed. -#}
{% macro whole_numbers(digits=3) -%}
    select
        cast(
            {%- for digit in range(digits) %}
            {{ '+ ' if not loop.first }}digit_{{ digit }}.digit * {{ 10 ** digit }}
            {%- endfor %} + 1 as int
        ) as number

    from
    {%- for digit in range(digits) %}
        {{ 'cross join ' if not loop.first }}(
            {%- for value in range(10) %}
            select {{ value }} as digit{{ ' union all' if not loop.last }}
            {%- endfor %}
        ) as digit_{{ digit }}
    {%- endfor %}
{%- endmacro %}
