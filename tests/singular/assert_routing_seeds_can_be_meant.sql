{# What check_routing_seeds says of the files, said of the loaded rows: for engines that
   cannot read the files, and for rows that came into the tables in another way. #}
{% set seeds = {} %}
{% for name, columns in routing_seed_columns().items() %}
{% set relation %}(
        select
            cast(null as int) as line_number,
            {%- for column in columns %}
            {{ seed_text(column) }} as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}

        from {{ ref(name) }}
    )
{%- endset %}
{% do seeds.update({name: relation}) %}
{% endfor %}
{% for name, mistakes in routing_seed_mistakes(seeds).items() %}
select
    '{{ name }}' as seed,
    mistake

from ({{ mistakes }}) as mistakes_of_{{ name }}

{{ 'union all' if not loop.last }}
{% endfor %}
