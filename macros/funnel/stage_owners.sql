{#- Stages that somebody owns. -#}
{% macro owned_stages() %}
    {{ return(lead_funnel.open_stages() + ['closed_won']) }}
{% endmacro %}

{#- Of a row of cycle_dimensions, who owns a stage.
    stage       the expression of the stage
    dimensions  the relation in scope -#}
{% macro stage_owner(stage, dimensions) -%}
    case {{ stage }}
        {%- for owned in lead_funnel.owned_stages() %}
        when '{{ owned }}' then {{ dimensions }}.{{ owned }}_owner
        {%- endfor %}
    end
{%- endmacro %}
