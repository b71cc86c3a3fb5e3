{#- How many uses the rate of a group is worth to each of its parts: a query with one
    row and the column prior_weight. From the excess of the spread between parts over
    what chance alone makes of it, pooled over the groups, as an intra-class
    correlation r: the weight of a beta prior is then 1 / r - 1. Kept between two
    bounds, because few parts tell little of their spread. Takes two CTEs with uses
    and advanced as doubles. -#}
{% macro empirical_weight(parts, groups, keys, least_weight, most_weight) -%}
    select
        case
            when coalesce(excess, 0) <= 0 or coalesce(noise, 0) <= 0
                then cast({{ most_weight }} as double)
            else least(greatest(
                noise / excess - 1,
                cast({{ least_weight }} as double)
            ), cast({{ most_weight }} as double))
        end as prior_weight

    from (
        select
            sum(spread - (parts - 1)) as excess,
            sum(noise) as noise

        from (
            select
                {%- for key in keys %}
                {{ groups }}.{{ key }},
                {%- endfor %}
                count(*) as parts,
                sum(
                    {{ parts }}.uses
                    * ({{ parts }}.advanced / {{ parts }}.uses - {{ groups }}.advanced / {{ groups }}.uses)
                    * ({{ parts }}.advanced / {{ parts }}.uses - {{ groups }}.advanced / {{ groups }}.uses)
                    / ({{ groups }}.advanced / {{ groups }}.uses * (1 - {{ groups }}.advanced / {{ groups }}.uses))
                ) as spread,
                max({{ groups }}.uses) - sum({{ parts }}.uses * {{ parts }}.uses) / max({{ groups }}.uses)
                - (count(*) - 1) as noise

            from {{ parts }}

            inner join {{ groups }}
                on
                    {%- for key in keys %}
                    {{ 'and ' if not loop.first }}{{ parts }}.{{ key }} = {{ groups }}.{{ key }}
                    {%- endfor %}

            where
                {{ groups }}.advanced > 0
                and {{ groups }}.advanced < {{ groups }}.uses

            group by
                {%- for key in keys %}
                {{ groups }}.{{ key }}{{ ',' if not loop.last }}
                {%- endfor %}
        ) as spreads
    ) as pooled
{%- endmacro %}
