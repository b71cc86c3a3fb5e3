{#- Of the moments of a group, those that count for a rule that rests after it counted:
    the first, and each that lies at least so many days after the last one that
    counted. An aggregate; cool_down_days must be grouped by. -#}
{% macro rested_moments(moment, cool_down_days) %}
    {{- return(adapter.dispatch('rested_moments', 'lead_funnel')(moment, cool_down_days)) -}}
{% endmacro %}

{% macro default__rested_moments(moment, cool_down_days) -%}
    list_reduce(
        list_sort(list([{{ lead_funnel.epoch_micros(moment) }}])),
        lambda counted, candidate: case
            when candidate[1] - counted[len(counted)] >= {{ cool_down_days }} * 86400000000
                then list_concat(counted, candidate)
            else counted
        end
    )
{%- endmacro %}

{% macro spark__rested_moments(moment, cool_down_days) -%}
    aggregate(
        sort_array(collect_list({{ lead_funnel.epoch_micros(moment) }})),
        cast(array() as array<bigint>),
        (counted, candidate) -> case
            when
                size(counted) = 0
                or candidate - element_at(counted, -1) >= {{ cool_down_days }} * 86400000000
                then concat(counted, array(candidate))
            else counted
        end
    )
{%- endmacro %}

{#- Whether a moment is one of them. -#}
{% macro is_among(moment, moments) %}
    {{- return(adapter.dispatch('is_among', 'lead_funnel')(moment, moments)) -}}
{% endmacro %}

{% macro default__is_among(moment, moments) -%}
    list_contains({{ moments }}, {{ lead_funnel.epoch_micros(moment) }})
{%- endmacro %}

{% macro spark__is_among(moment, moments) -%}
    array_contains({{ moments }}, {{ lead_funnel.epoch_micros(moment) }})
{%- endmacro %}
