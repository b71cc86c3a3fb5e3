{# Users. Queues own records too, and are no reps. Reports name owners in words: such a
   name is a rep too. #}
{% set owned = {
    'lead': ['lead', 'leads'],
    'contact': ['contact', 'contacts'],
    'opportunity': ['opportunity', 'opportunities'],
} %}
with

users as (

    {{ tool_rows('salesforce', ['user', 'users'], {
        'rep_id': ['id', 'User ID'],
        'name': ['name', 'Full Name'],
        'first_name': ['first_name'],
        'last_name': ['last_name'],
        'email': ['email'],
        'team_id': ['team__c', 'sales_team__c', 'Team'],
        'role_id': ['user_role_id', 'Role'],
        'is_active': ['is_active', 'Active'],
    }) }}

),

{% for table, names in owned.items() %}
{{ table }}_owners as (

    {{ tool_rows('salesforce', names, {
        'owner_id': ['owner_id', table | title ~ ' Owner ID', table | title ~ ' Owner'],
    }) }}

),

{% endfor %}
named_owners as (

    {% for table in owned %}
    select
        source,
        owner_id

    from {{ table }}_owners
    {% if not loop.last %}

    union distinct

    {% endif %}
    {% endfor %}

),

final as (

    select
        source,
        rep_id,
        coalesce(name, nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')) as name,
        email,
        coalesce(team_id, role_id) as team_id,
        case when is_removed = 'true' then 'false' else is_active end as is_active,
        loaded_at

    from users

    where coalesce(rep_id, '') not like '00G%'

    union all

    {# A name has a blank in it; ids have none. Queues are called so, as a rule. #}
    select
        source,
        owner_id as rep_id,
        owner_id as name,
        cast(null as string) as email,
        cast(null as string) as team_id,
        'true' as is_active,
        cast(null as string) as loaded_at

    from named_owners

    where trim(owner_id) like '% %' and lower(owner_id) not like '%queue%'

)

select * from final
