{#- Whether the outcome of an example became known after the champion was trained: what it says
    of such examples can be held against what came. -#}
{% macro is_new_outcome(example, champion) -%}
{{ example }}.is_won is not null and {{ example }}.label_known_at > {{ champion }}.as_of
{%- endmacro %}
