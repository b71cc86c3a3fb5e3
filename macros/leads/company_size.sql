{#- The size of a company by its employees: small (under 50), medium (under 1000), large
    or unknown. -#}
{% macro company_size(employee_count) -%}
    case
        when {{ employee_count }} is null then 'unknown'
        when {{ employee_count }} < 50 then 'small'
        when {{ employee_count }} < 1000 then 'medium'
        else 'large'
    end
{%- endmacro %}
