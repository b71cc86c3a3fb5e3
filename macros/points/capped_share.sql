{#- What a cap on the sum of awards leaves to one of them: the sum until it, cut at the cap,
    less the sum before it, cut too. Awards are above 0.
    points  the column of points
    cap     the column of the cap; 0 means none
    so_far  the window of the awards until this one; Spark takes its name and a minus after it
            for one word -#}
{% macro capped_share(points, cap, so_far) -%}
    case
        when {{ cap }} > 0
            then greatest(
                least({{ points }}, {{ cap }} - ((sum({{ points }}) over {{ so_far }}) - {{ points }})),
                0
            )
        else {{ points }}
    end
{%- endmacro %}
