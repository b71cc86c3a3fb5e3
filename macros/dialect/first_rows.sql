{#- The first row of each group in an order, with its columns or those that are named.
    The order must end in what is unique in the group. Not every engine knows
    `qualify`.
    rows      a relation
    by        the columns of the group; none: all rows are one -#}
{% macro first_rows(rows, by, order_by, columns='*') -%}
    select {{ columns }}

    from (
        select
            *,
            row_number() over (
                {{ 'partition by ' ~ by if by }}
                order by {{ order_by }}
            ) as row_rank

        from {{ rows }}
    ) as ranked_rows

    where row_rank = 1
{%- endmacro %}
