{#- So many different half-lives may the points rules have: each is a column where
    running balances are made. -#}
{% macro max_half_lives() %}{{ return(8) }}{% endmacro %}
