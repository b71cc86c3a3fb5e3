{# What leads from one identifier to another when somebody asks to be forgotten: the same
   strong links as in identity_links, but over every version of a row there ever
   was. An address that many share leads nowhere. Neither the variable as_of nor a
   fault in a row gives anything back. #}
{% set raw_links = identity_link_tables() + ['form_submissions'] %}
{% set records = {} %}
{% for raw_table in identity_link_tables() %}{% do records.update({raw_table: raw_table}) %}{% endfor %}
{% do records.update({'web_events': 'web_identities'}) %}
{# Named in any case, so that dbt knows of them before requests exist. #}
{% set lists = [ref('internal_domains'), ref('placeholder_addresses'), ref('role_addresses')] %}
{% do name_typed_rows(raw_links) %}

{% if not has_erasure_requests() %}
select
    {{ no_key() }} as left_key,
    {{ no_key() }} as right_key
where false
{% else %}
with

{% for raw_table in raw_links %}
{{ raw_table }} as (

    select *
    from ({{ typed_rows(raw_table, until_as_of=false, columns=followed_columns(raw_table)) }}) as typed
    where coalesce(reject_reason, '') != 'overlong_row'

),

{% endfor %}

addresses as (

    {% for raw_table in raw_links if 'email' in raw_columns(raw_table) %}
    select email from {{ raw_table }} where email is not null
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

excluded as (

    select {{ identifier_key('email', 'email') }} as identifier_key
    from ({{ excluded_addresses('addresses', *lists) }}) as excluded_emails

),

{# Many rows say the same of a visitor. #}
web_identities as (

    select distinct
        email,
        user_id

    from web_events

    where user_id is not null and (email is not null or user_id like '%@%')

),

found_links as (

    {{ identity_links(records) }}

    union all

    {# A user id that is an address. #}
    select
        {{ identifier_key('email', letters_of_host('lower(user_id)')) }} as left_key,
        {{ identifier_key('user', 'user_id') }} as right_key

    from web_identities

    where user_id like '%@%'

),

final as (

    select
        found_links.left_key,
        found_links.right_key

    from found_links

    left join excluded
        on found_links.left_key = excluded.identifier_key

    where excluded.identifier_key is null

)

select * from final
{% endif %}
