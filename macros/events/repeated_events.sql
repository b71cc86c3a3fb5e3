{#- Events on a site that were told twice: adds the CTEs numbered, repeats (event_key, lead_key), which do
    not count, and repeated (event_key, repeat_count), those that do.
    events  relation in scope; windows sort their rows, so it has no more columns than they look at -#}
{% macro repeated_events(events) -%}
numbered as (

    select
        event_key,
        lead_key,
        source,
        signature_key,
        device_key,
        content_key,
        occurred_at,
        row_number() over told_order as told_number,
        lag(occurred_at) over told_order as last_told_at,
        count(*) over (
            partition by lead_key, source, signature_key, device_key, content_key
        ) as times_told

    from {{ events }}

    window told_order as (
        partition by lead_key, source, signature_key, device_key, content_key
        order by occurred_at, event_key
    )

),

{# A form sent off by a double click, a page whose tracker is installed twice: the
   same thing under two ids. The first of a row of them stays. #}
repeats as (

    select
        event_key,
        lead_key

    from numbered

    where
        {{ seconds_between('last_told_at', 'occurred_at') }}
        <= case
            when source = 'form' then {{ var('repeated_form_seconds') }}
            else {{ var('repeated_view_seconds') }}
        end

),

{# Few leads have any. #}
repeated as (

    select
        numbered.event_key,
        coalesce(
            lead(numbered.told_number) over (
                partition by
                    numbered.lead_key, numbered.source, numbered.signature_key,
                    numbered.device_key, numbered.content_key
                order by numbered.occurred_at, numbered.event_key
            ),
            numbered.times_told + 1
        ) - numbered.told_number - 1 as repeat_count

    from numbered

    left join repeats
        on numbered.event_key = repeats.event_key

    where
        repeats.event_key is null
        and numbered.lead_key in (select lead_key from repeats)

)
{%- endmacro %}
