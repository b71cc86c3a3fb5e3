{#- Stages in which a lead is open, in order. -#}
{% macro open_stages() %}
    {{ return(['inquiry', 'mql', 'sal', 'sql']) }}
{% endmacro %}

{#- Stages in which it is not decided yet whether there will be a deal. -#}
{% macro stages_before_sql() %}
    {{ return(lead_funnel.open_stages() | reject('equalto', 'sql') | list) }}
{% endmacro %}
