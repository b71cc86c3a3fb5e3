{#- The column of a raw table that names a country, or none. -#}
{% macro country_column(raw_table) %}
    {% for name, kind in lead_funnel.raw_columns(raw_table).items() if kind == 'country' %}
        {{ return(name) }}
    {% endfor %}
{% endmacro %}

{#- What countries are compared by: lower case without blanks, points, apostrophes and the like. -#}
{% macro country_name(text) -%}
    case
        when length({{ text }}) = 2 then lower({{ text }})
        else lower({{ lead_funnel.replace_all(text, "'[ .,()&_\u2019' || chr(39) || '-]+'") }})
    end
{%- endmacro %}

{#- The seed of names and codes of countries, one row per name. -#}
{% macro countries_by_name(countries) -%}
select
    {{ lead_funnel.country_name(lead_funnel.seed_text('country_name')) }} as country_name,
    min(country_code) as country_code

from {{ countries }}

group by 1
{%- endmacro %}

{#- The code of two letters; null where the text is neither one nor a name in the seed.
    countries   alias under which the rows of countries_by_name are joined -#}
{% macro country_of(text, countries) -%}
    case
        when {{ countries }}.country_code is not null then {{ countries }}.country_code
        when {{ lead_funnel.matches(text, "'^[A-Za-z]{2}$'") }} then upper({{ text }})
    end
{%- endmacro %}
