{#- What a numeric feature adds to the logit. Its terms are columns of one wide
    row, the relation `terms`, where a term that the model does not have
    adds nothing. -#}
{% macro numeric_contribution(feature, value, terms) -%}
    case
        when {{ value }} is null then {{ terms }}.{{ feature }}_missing
        else
            {%- for ramp in range(1, lead_funnel.max_ramps() + 1) %}
            {% if not loop.first %}+ {% endif -%}
            {{ terms }}.{{ feature }}_coefficient_{{ ramp }} * least(greatest(
                ({{ value }} - {{ terms }}.{{ feature }}_knot_{{ ramp }})
                / {{ terms }}.{{ feature }}_width_{{ ramp }},
                0
            ), 1)
            {%- endfor %}
    end
{%- endmacro %}

{#- The probability of a logit; null stays null, which least and greatest alone
    would not do. Beyond 700 the exponential leaves the range of a double. -#}
{% macro logistic(logit) -%}
    case
        when {{ logit }} is not null
            then 1 / (1 + exp(least(greatest(-{{ logit }}, -700), 700)))
    end
{%- endmacro %}
