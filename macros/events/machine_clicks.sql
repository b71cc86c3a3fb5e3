{#- Clicks in e-mails that a mail gateway made: adds the CTEs emails, clicks and machine_clicks (event_key).
    events, repeats  relations in scope: events of leads, and those of them that do not count -#}
{% macro machine_clicks(events, repeats) -%}
emails as (

    select
        events.event_key,
        events.lead_key,
        events.event_type,
        events.content_key,
        events.occurred_at,
        {# Of one moment, the delivery came first. #}
        max(
            case
                when events.event_type = 'email_delivered'
                    then events.occurred_at
            end
        ) over (
            partition by events.lead_key
            order by events.occurred_at
            range between unbounded preceding and current row
        ) as delivered_at

    from {{ events }} as events

    left join {{ repeats }} as repeats
        on events.event_key = repeats.event_key

    where
        events.event_type in ('email_delivered', 'email_clicked')
        and repeats.event_key is null

),

clicks as (

    select
        event_key,
        occurred_at,
        delivered_at,
        content_key,
        {% for steps in [1, 2] %}
        lag(occurred_at, {{ steps }}) over click_order as at_{{ steps }}_before,
        lag(content_key, {{ steps }}) over click_order as link_{{ steps }}_before,
        lead(occurred_at, {{ steps }}) over click_order as at_{{ steps }}_after,
        lead(content_key, {{ steps }}) over click_order as link_{{ steps }}_after
        {{- ',' if not loop.last }}
        {% endfor %}

    from emails

    where event_type = 'email_clicked'

    window click_order as (
        partition by lead_key
        order by occurred_at, event_key
    )

),

{# Gateways follow links before they let a message through: at once when it is
   delivered, or three different ones faster than anybody reads. #}
machine_clicks as (

    select event_key

    from clicks

    where
        {{ seconds_between('delivered_at', 'occurred_at') }} <= {{ var('machine_click_seconds') }}
        {% for first, middle, last in [
            ('2_before', '1_before', none), ('1_before', none, '1_after'), (none, '1_after', '2_after'),
        ] %}
        {% set times, links = [], [] %}
        {% for place in [first, middle, last] %}
        {% do times.append('at_' ~ place if place else 'occurred_at') %}
        {% do links.append('link_' ~ place if place else 'content_key') %}
        {% endfor %}
        or (
            {{ seconds_between(times[0], times[2]) }} <= {{ var('machine_click_seconds') }}
            and {{ links[0] }} != {{ links[1] }}
            and {{ links[1] }} != {{ links[2] }}
            and {{ links[0] }} != {{ links[2] }}
        )
        {% endfor %}

)
{%- endmacro %}
