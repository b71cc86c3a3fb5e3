{#- Whether a tool's text says yes; null where it says nothing. -#}
{% macro says_yes(text) -%}
    lower({{ text }}) in ('true', 't', 'yes', '1', '1.0')
{%- endmacro %}

{#- What a loader or a tool stamps, as a moment: the year first, or seconds or milliseconds
    since 1970. Null for what people write: staging reads that with more care. -#}
{% macro moment_of(text) -%}
    {{ lead_funnel.to_utc(
        "case when " ~ text ~ " like '____-__-__%' then " ~ text
        ~ " when " ~ lead_funnel.matches(text, "'^[0-9]{10}([0-9]{3})?$'")
        ~ " then cast(" ~ lead_funnel._since_1970(text) ~ " as string) end"
    ) }}
{%- endmacro %}

{#- The first of the ids that a text lists ([501, 502], ["501"], 501;502). -#}
{% macro first_id(text) -%}
    nullif(regexp_extract({{ text }}, '([0-9A-Za-z]+)', 1), '')
{%- endmacro %}

{#- Whether a text is one of Salesforce's ids that begin so (005 a user, 00G a queue). -#}
{% macro is_salesforce_id(text, beginnings) -%}
    {{ lead_funnel.matches(text, "'^(" ~ beginnings | join('|') ~ ")[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$'") }}
{%- endmacro %}

{#- What a property of HubSpot is called: by its own name (with the prefixes that loaders put
    before it), by Stitch, which keeps an object for each, and on the screen. -#}
{% macro hubspot_names(name, labels=[]) %}
    {{ return([name, name ~ '__value'] + labels) }}
{% endmacro %}

{#- Activities with is_completed and loaded_at. What lies after the last load of its
    connection is planned, and not completed. What lay ahead when its row was loaded and has
    come since, is known from then on: loaders do not load again what did not change.
    activities   relation with source, occurred_at, row_loaded_at and more columns, all
                 handed on -#}
{% macro timed_activities(activities) -%}
select
    *,
    case when occurred_moment > last_load then 'false' end as is_completed,
    case
        when occurred_moment > row_load and occurred_moment <= last_load then occurred_at
        else row_loaded_at
    end as loaded_at

from (
    select
        *,
        max(row_load) over (partition by source) as last_load

    from (
        select
            *,
            {{ lead_funnel.moment_of('occurred_at') }} as occurred_moment,
            {{ lead_funnel.moment_of('row_loaded_at') }} as row_load

        from {{ activities }}
    ) as moments
) as bounded
{%- endmacro %}

{#- The channel that a word for a source or a kind of campaign means: the lines of the seed
    channels that name nothing else. -#}
{% macro channels_by_word(channels) -%}
select
    {{ lead_funnel.seed_text('lead_source') }} as word,
    max(channel) as channel

from {{ channels }}

where
    {{ lead_funnel.seed_text('lead_source') }} != ''
    and {{ lead_funnel.seed_text('utm_source') }} = ''
    and {{ lead_funnel.seed_text('utm_medium') }} = ''

group by 1
{%- endmacro %}

{#- When a row of Salesforce arrived: not before what it tells, which Salesforce itself
    stamps. Loaders leave older stamps on rows that they fill up later. -#}
{% macro loaded_since(changed_at, loaded_at) -%}
    case
        when {{ lead_funnel.moment_of(changed_at) }} > {{ lead_funnel.moment_of(loaded_at) }} then {{ changed_at }}
        else {{ loaded_at }}
    end
{%- endmacro %}
