{#- The stage that content is chosen for. Customers have their own; who was handed
    back, lost or put aside starts again. -#}
{% macro nurture_stage(stage, is_customer) -%}
    case
        when {{ is_customer }} then 'closed_won'
        when {{ stage }} in ('mql', 'sal', 'sql') then {{ stage }}
        else 'inquiry'
    end
{%- endmacro %}
