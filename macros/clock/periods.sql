{#- Weeks and fiscal years as reports tell them: the variables week_starts_day and
    fiscal_year_starts_month. What is counted by week in a mart goes by these.
    Moments of the model's examples and the weeks for which reps have slots and draws are made are
    no report: they begin on Monday (week_start), so that another first day does not make other
    examples or hand out a week's slots twice. -#}

{#- First day of the week that a day lies in, as a date. -#}
{% macro reporting_week(day) -%}
    {%- set shift = (8 - lead_funnel.whole_setting('week_starts_day', 1, 7)) % 7 -%}
    cast({{ lead_funnel.add_days(
        lead_funnel.week_start(lead_funnel.add_days('cast(' ~ day ~ ' as timestamp)', shift)), -shift
    ) }} as date)
{%- endmacro %}

{#- A month of the fiscal year, from 1 to 12, that a day lies in. -#}
{% macro fiscal_month(day) -%}
    (mod(cast(extract(month from {{ day }}) as int) + 12 - {{ lead_funnel.fiscal_start() }}, 12) + 1)
{%- endmacro %}

{#- The fiscal year bears the number of the calendar year in which it ends. -#}
{% macro fiscal_year(day) -%}
    {%- set start = lead_funnel.fiscal_start() -%}
    (
        cast(extract(year from {{ day }}) as int)
        {%- if start > 1 %}
        + case when extract(month from {{ day }}) >= {{ start }} then 1 else 0 end
        {%- endif %}
    )
{%- endmacro %}

{% macro first_day_of_fiscal_year(fiscal_year) -%}
    {%- set start = lead_funnel.fiscal_start() -%}
    make_date({{ fiscal_year }}{{ ' - 1' if start > 1 }}, {{ start }}, 1)
{%- endmacro %}

{% macro fiscal_start() %}
    {{- return(lead_funnel.whole_setting('fiscal_year_starts_month', 1, 12)) -}}
{% endmacro %}

{#- A variable that is a whole number within bounds, or an error that names it. -#}
{% macro whole_setting(name, least, most) %}
    {%- set value = var(name) | string | trim -%}
    {%- if not value.isdigit() or not least <= value | int <= most -%}
        {%- do exceptions.raise_compiler_error(
            'The variable ' ~ name ~ ' is ' ~ value ~ ': set it to a whole number from '
            ~ least ~ ' to ' ~ most ~ ' (dbt_project.yml).'
        ) -%}
    {%- endif -%}
    {{- return(value | int) -}}
{% endmacro %}
