{#- What a numeric feature adds to the logit, by its terms: the columns <terms>_ramps, a list of
    its spline pieces, and <terms>_missing. -#}
{% macro numeric_contribution(value, terms) -%}
    case
        when {{ value }} is null then {{ terms }}_missing
        else {{ lead_funnel.sum_over_list(
            terms ~ '_ramps',
            'ramp',
            'ramp.coefficient * least(greatest((' ~ value ~ ' - ramp.knot) / ramp.width, 0), 1)'
        ) }}
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
