{#- Every value is one of the closed vocabulary of event types
    (macros/events/vocabulary.sql). -#}
{% test in_vocabulary(model, column_name) %}
    select distinct {{ column_name }}

    from {{ model }}

    where {{ column_name }} not in (
        {{ literals(
            engagement_event_types() + sales_event_types()
            + other_event_types() + derived_event_types()
        ) }}
    )
{% endtest %}
