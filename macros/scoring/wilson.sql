{#- The Wilson score interval (95 %) of a share; null without trials.
    Wilson, E. B. (1927), JASA 22, 209-212. -#}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set hits = 'cast(' ~ successes ~ ' as double)' -%}
    {%- set tries = 'nullif(cast(' ~ trials ~ ' as double), 0)' -%}
    case
        when {{ trials }} > 0
            then least(greatest(
                (
                    {{ hits }} + 1.9208
                    {{ '-' if side == 'low' else '+' }} 1.96 * sqrt(
                        {{ hits }} * ({{ tries }} - {{ hits }}) / {{ tries }} + 0.9604
                    )
                ) / ({{ tries }} + 3.8416),
                0
            ), 1)
    end
{%- endmacro %}
