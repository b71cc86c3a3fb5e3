{#- A time as a source writes it as text with the year first, which to_utc reads; null
    where it is no such time, or could be another day: a number of seconds, milliseconds,
    microseconds or nanoseconds since 1970; a date in another order; one with the month
    in English.
    date_order   expression that says day_first or month_first, where it is known, see
                 date_orders; dates with points have the day first -#}
{% macro year_first(text, date_order) -%}
    {%- set numbers = "'^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})(?:,? *$|,?[ T]+([0-9:.]+.*)$)'" -%}
    {%- set day_named = "'^(?:[A-Za-z]{3,9},? )?([0-9]{1,2})[. -]+([A-Za-z]{3})[a-z]*[. ,-]+([0-9]{4}),?(.*)$'" -%}
    {%- set month_named = "'^(?:[A-Za-z]{3,9},? )?([A-Za-z]{3})[a-z]*[. ]+([0-9]{1,2}),? ([0-9]{4}),?(.*)$'" -%}
    case
        when {{ lead_funnel.starts_with_year(text) }} and {{ text }} not like '% % %' and {{ text }} not like '%,%'
            then {{ text }}
        when {{ lead_funnel.matches(text, "'^[1-9][0-9]{9}([0-9]{3}){0,3}([.][0-9]*)?$'") }}
            then cast({{ lead_funnel._since_1970(text) }} as string)
        when {{ lead_funnel.matches(text, "'^[12][0-9]{7}$'") }}
            then {{ lead_funnel.rearranged(text, "'^(....)(..)(..)$'", [1, '-', 2, '-', 3]) }}
        when {{ lead_funnel.matches(text, "'^[12][0-9]{7}T?[0-2][0-9]{5}Z?$'") }}
            then {{ lead_funnel.rearranged(text, "'^(....)(..)(..)T?(..)(..)(..)Z?$'", [1, '-', 2, '-', 3, ' ', 4, ':', 5, ':', 6]) }}
        else {{ lead_funnel._on_the_clock(lead_funnel._in_numbers(
            lead_funnel.rearranged(
                lead_funnel.rearranged(
                    "case when substr(" ~ text ~ ", 1, 3) like '%.%' or " ~ date_order ~ " = 'day_first'"
                    ~ " then " ~ lead_funnel.rearranged(text, numbers, [3, '-', 2, '-', 1, ' ', 4])
                    ~ " when " ~ date_order ~ " = 'month_first'"
                    ~ " then " ~ lead_funnel.rearranged(text, numbers, [3, '-', 1, '-', 2, ' ', 4])
                    ~ " else " ~ text ~ " end",
                    day_named, [3, '-', 2, '-', 1, ' ', 4]
                ),
                month_named, [3, '-', 1, '-', 2, ' ', 4]
            )
        )) }}
    end
{%- endmacro %}

{#- Whether a date can begin with its year, by its signs alone: nearly all do. In 1/13/2025 and
    13-1-2025, too, the fifth sign parts two numbers. The text is named once: most are times that
    are written as text to be read here, and each mention would write them again. -#}
{% macro starts_with_year(text) -%}
    {{ lead_funnel.matches(text, "'^.[^/-][^/-].[/-]'") }}
{%- endmacro %}

{#- The number of digits tells the unit: ten are seconds from 2001 to 2286, thirteen
    milliseconds of the same years, and so on. -#}
{% macro _since_1970(text) -%}
    {%- set whole = "split_part(" ~ text ~ ", '.', 1)" -%}
    {{ lead_funnel.add_micros(
        "timestamp '1970-01-01 00:00:00'",
        "case when length(" ~ whole ~ ") = 10 then cast(round(try_cast(" ~ text ~ " as double) * 1000000) as bigint)"
        ~ " else try_cast(substr(" ~ whole ~ " || '000', 1, 16) as bigint) end"
    ) }}
{%- endmacro %}

{#- The name of a month between two hyphens as its number. -#}
{% macro _in_numbers(text) -%}
    {%- set found = namespace(text=text) -%}
    {%- for month in ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] -%}
        {%- set found.text = "regexp_replace(" ~ found.text ~ ", '(?i)-" ~ month ~ "-', '-" ~ '%02d' % loop.index ~ "-')" -%}
    {%- endfor -%}
    {{ found.text }}
{%- endmacro %}

{#- What stands behind a date without what to_utc does not read: blanks around it and
    before an offset, the name of a zone beside its offset, a comma for a point. An hour
    after noon is one of a zone that is twelve hours behind. -#}
{% macro _on_the_clock(text) -%}
    {%- set found = namespace(text="replace(trim(" ~ text ~ "), ',', '.')") -%}
    {%- set found.text = lead_funnel.rearranged(found.text, "' ?(?:UTC|GMT)?([+-][0-9]{2}:?[0-9]{2}|Z)(?: [(].*)?$'", [1]) -%}
    {%- for hour, half, offset in [('12', 'a', '+12:00'), ('12', 'p', ''), ('0?[1-9]|1[01]', 'p', '-12:00'), ('0?[1-9]|1[01]', 'a', '')] -%}
        {%- set found.text = lead_funnel.rearranged(
            found.text, "'(?i)[ T]+(" ~ hour ~ ")(:[0-9:.]+) ?" ~ half ~ "[.]?m[.]?$'", [' ', 1, 2, offset]
        ) -%}
    {%- endfor -%}
    {{ found.text }}
{%- endmacro %}
