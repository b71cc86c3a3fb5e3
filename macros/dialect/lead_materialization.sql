{#- How models are kept that are rebuilt lead by lead: in increments where a delete
    and an insert are one transaction, else whole. -#}
{% macro lead_materialization() %}
    {{- return(adapter.dispatch('lead_materialization', 'lead_funnel')()) -}}
{% endmacro %}

{% macro default__lead_materialization() %}
    {{- return('incremental') -}}
{% endmacro %}

{% macro spark__lead_materialization() %}
    {{- return('table') -}}
{% endmacro %}
