{#- The 95 % interval of a Kaplan-Meier estimate on the scale of log(-log), so that
    it stays between 0 and 1; null where nobody or everybody is left. `spread` is
    Greenwood's sum. Kalbfleisch and Prentice (1980), The Statistical Analysis of
    Failure Time Data, section 1.3. -#}
{% macro survival_bound(survival, spread, side) -%}
    case
        when {{ survival }} > 0 and {{ survival }} < 1
            then round(
                power(
                    {{ survival }},
                    exp(
                        {{ '-' if side == 'low' else '' }} 1.96 * sqrt({{ spread }})
                        / ln({{ survival }})
                    )
                ),
                12
            )
    end
{%- endmacro %}
