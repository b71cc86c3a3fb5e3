{#- A fresh run (make fresh) builds, in a database of its own, the leads that something new
    arrived of, and takes all else from the warehouse that the last whole build left: the
    variable fresh_of is its path. lead_funnel/fresh says which rows lie in that database. -#}
{% macro is_fresh() %}
    {{ return(var('fresh_of') != '' and lead_funnel.is_embedded()) }}
{% endmacro %}

{#- A relation as the last whole build left it. -#}
{% macro as_of_the_night(relation) %}
    {{ return(api.Relation.create(
        database='lead_funnel_night', schema=relation.schema, identifier=relation.identifier
    )) }}
{% endmacro %}

{#- The rows of a model that earlier runs made: its own, or in a fresh run, which begins
    without, those of the warehouse. -#}
{% macro stored_rows() %}
    {{ return(as_of_the_night(this) if lead_funnel.is_fresh() and not is_incremental() else this) }}
{% endmacro %}

{#- Whether there are any. -#}
{% macro has_stored_rows() %}
    {{ return(is_incremental() or lead_funnel.is_fresh()) }}
{% endmacro %}

{#- The rows of a model; in a fresh run also those of all leads that it does not make, as the
    last whole build left them. -#}
{% macro with_other_leads(relation) -%}
    select * from {{ relation }}
    {%- if lead_funnel.is_fresh() %}

    union all by name

    {{ lead_funnel.other_leads(relation) | indent(4) }}
    {%- endif %}
{%- endmacro %}

{#- Only these. -#}
{% macro other_leads(relation) -%}
    select *
    from {{ lead_funnel.as_of_the_night(relation) }}
    where lead_key not in (select lead_key from fresh.lead_keys)
{%- endmacro %}

{#- Opens the warehouse that a fresh run starts from, to read. -#}
{% macro attach_night() %}
    {% if execute and lead_funnel.is_fresh() %}
        {% do run_query(
            "attach if not exists '" ~ var('fresh_of') | replace("'", "''") ~ "' as lead_funnel_night (read_only)"
        ) %}
    {% endif %}
{% endmacro %}
