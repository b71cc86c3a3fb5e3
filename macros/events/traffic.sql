{#- Where a visitor came from, as addresses and tags tell it. -#}

{#- What a click on an advertisement leaves in the address of the page it leads to, by
    where the advertisement stood. -#}
{% macro click_ids() %}
    {{ return({
        'google': ['gclid', 'gbraid', 'wbraid'],
        'bing': ['msclkid'],
        'facebook': ['fbclid'],
        'linkedin': ['li_fat_id'],
        'tiktok': ['ttclid'],
        'twitter': ['twclid'],
    }) }}
{% endmacro %}

{#- The tags of the address of a page, for a base model: it is the last that sees it.
    click_id  column of a click id that was given apart from the address -#}
{% macro url_tags(url, click_id) %}
    {{ return({
        'url_source': lead_funnel.url_tag(url, 'utm_source'),
        'url_medium': lead_funnel.url_tag(url, 'utm_medium'),
        'url_campaign': lead_funnel.url_tag(url, 'utm_campaign'),
        'clicked_on': 'coalesce(' ~ lead_funnel.platform_of_click(click_id) ~ ', ' ~ lead_funnel.clicked_on(url) ~ ')',
    }) }}
{% endmacro %}

{#- One tag out of the query of an address, in lower case; null without it. Addresses
    without any tag are passed over quickly. -#}
{% macro url_tag(url, name) -%}
    case
        when {{ lead_funnel._has_no_query(url) }} then null
        when lower({{ url }}) like '%{{ name }}=%'
            then nullif(trim(
                {%- for _ in range(4) %}replace({% endfor -%}
                    regexp_extract(lower({{ url }}), '[?&]{{ name }}=([^&#]*)', 1)
                {%- for code, sign in [('+', ' '), ('%20', ' '), ('%7b', '{'), ('%7d', '}')] %}, '{{ code }}', '{{ sign }}')
                {%- endfor -%}
            ), '')
    end
{%- endmacro %}

{#- Most addresses: one look at them instead of a dozen. -#}
{% macro _has_no_query(url) -%}
    {{ url }} not like '%?%' and {{ url }} not like '%&%'
{%- endmacro %}

{% macro clicked_on(url) -%}
    case
        when {{ lead_funnel._has_no_query(url) }} then null
        {%- for platform, names in lead_funnel.click_ids().items() %}
        when {% for name in names -%}
            lower({{ url }}) like '%?{{ name }}=_%' or lower({{ url }}) like '%&{{ name }}=_%'{{ ' or ' if not loop.last }}
        {%- endfor %} then '{{ platform }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Where the advertisement stood that left a click id, told by the parameter in front of
    it, or by its form; a bare one of no other form is Google's. -#}
{% macro platform_of_click(click_id) -%}
    case
        when {{ click_id }} is null then null
        {%- for platform, names in lead_funnel.click_ids().items() %}
        when {{ lead_funnel.matches('lower(' ~ click_id ~ ')', "'^[?&]?(" ~ names | join('|') ~ ")[=:].'") }} then '{{ platform }}'
        {%- endfor %}
        when {{ lead_funnel.matches(click_id, "'^[0-9a-f]{32}$'") }} then 'bing'
        when {{ lead_funnel.matches(click_id, "'^(IwAR|IwZX|IwY2)'") }} then 'facebook'
        when {{ lead_funnel.matches(click_id, "'^E[._]C[._]P[._]'") }} then 'tiktok'
        when {{ lead_funnel.matches(click_id, "'^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-'") }} then 'linkedin'
        when {{ lead_funnel.matches(click_id, "'^[A-Za-z0-9_.-]{6,}$'") }} then 'google'
    end
{%- endmacro %}

{#- By what means a click came. Facebook marks each of its links, paid or not. -#}
{% macro medium_of_click(platform) -%}
    case
        when {{ platform }} in ('google', 'bing') then 'cpc'
        when {{ platform }} = 'facebook' then 'social'
        when {{ platform }} is not null then 'paid_social'
    end
{%- endmacro %}

{#- An address without its query and fragment but for its tags: url_tags makes the same
    of it as of the whole. -#}
{% macro url_with_tags(url) -%}
    {{ lead_funnel.url_without_query(url) }}
    {%- for name in ['utm_source', 'utm_medium', 'utm_campaign'] %}
    || coalesce('{{ '?' if loop.first else '&' }}{{ name }}=' || {{ lead_funnel.url_tag(url, name) }}, '{{ '?' if loop.first }}')
    {%- endfor %}
    || case {{ lead_funnel.clicked_on(url) }}
        {%- for platform, names in lead_funnel.click_ids().items() %}
        when '{{ platform }}' then '&{{ names[0] }}=1'
        {%- endfor %}
        else ''
    end
{%- endmacro %}

{#- A tag as somebody meant it: what a tool wrote because it had none, or a name that was
    never filled in, is none. -#}
{% macro meant_tag(tag) -%}
    case
        when
            {{ tag }} like '(%)'
            or instr({{ tag }}, '{') > 0
            or instr({{ tag }}, '}') > 0
            or {{ tag }} like '[%]'
            {# Two short lists: DuckDB joins a long one, whether somebody reads the tag or not. #}
            or {{ tag }} in ('null', 'none', 'undefined')
            or {{ tag }} in ('nan', 'n/a', '-')
            then null
        else {{ tag }}
    end
{%- endmacro %}

{#- Rows of a staging model with came_from, came_by and came_through: source, medium and
    campaign. Tags come first, then the address itself, then a click id, then the site
    that the visitor came from.
    referrers  relation of int_referrers, where rows tell of the page before -#}
{% macro tagged_rows(relation, referrers=none) -%}
select
    tagged.*,
    {# Tags are copied from page to page; a click id is the platform's own word that
       somebody paid. #}
    case
        when clicked_on in ('google', 'bing') then clicked_on
        else coalesce(tag_source, case when tag_medium is null then coalesce(clicked_on, referrer_source) end)
    end as came_from,
    case
        when clicked_on != 'facebook' then {{ lead_funnel.medium_of_click('clicked_on') }}
        when tag_medium is not null or tag_source is not null then tag_medium
        when clicked_on is not null then {{ lead_funnel.medium_of_click('clicked_on') }}
        else referrer_medium
    end as came_by,
    tag_campaign as came_through

from (
    select
        given.*,
        {% for part in ['source', 'medium', 'campaign'] -%}
        coalesce({{ lead_funnel.meant_tag('given.utm_' ~ part) }}, {{ lead_funnel.meant_tag('given.url_' ~ part) }})
            as tag_{{ part }},
        {% endfor -%}
        {{ 'referrers.utm_source' if referrers else 'cast(null as string)' }} as referrer_source,
        {{ 'referrers.utm_medium' if referrers else 'cast(null as string)' }} as referrer_medium

    from {{ relation }} as given
    {% if referrers %}
    left join {{ referrers }} as referrers
        on given.referrer_host = referrers.referrer_host
    {% endif %}
) as tagged
{%- endmacro %}
