{# Owners, each in their primary team. Files that people export name owners in words: such
   a name is a rep too. #}
with

owners as (

    {{ tool_rows('hubspot', ['owner', 'owners'], {
        'rep_id': ['owner_id', 'id'],
        'user_id': ['active_user_id', 'user_id', 'user_id_including_inactive'],
        'email': ['email'],
        'first_name': ['first_name'],
        'last_name': ['last_name'],
        'type': ['type'],
        'is_active': ['is_active'],
        'teams': ['teams'],
    }) }}

),

owner_teams as (

    {{ tool_rows('hubspot', ['owner_team', 'owner_teams', 'owners__teams'], {
        'rep_id': ['owner_id'],
        'team_id': ['team_id', 'id'],
        'is_primary': ['is_team_primary', 'primary'],
    }) }}

),

users as (

    {{ tool_rows('hubspot', ['users', 'user'], {
        'user_id': ['id', 'user_id'],
        'team_id': ['primary_team_id'],
    }) }}

),

contacts as (

    {{ tool_rows('hubspot', ['contact', 'contacts'], {
        'owner_id': hubspot_names('hubspot_owner_id', ['Contact owner', 'HubSpot Owner']),
    }) }}

),

deals as (

    {{ tool_rows('hubspot', ['deal', 'deals'], {
        'owner_id': hubspot_names('hubspot_owner_id', ['owner_id', 'Deal owner', 'HubSpot Owner']),
    }) }}

),

listed_teams as (

    select
        source,
        rep_id,
        {{ json_objects('teams') }} as team

    from owners

    where teams is not null

),

primary_teams as (

    select
        source,
        rep_id,
        min(team_id) as team_id

    from (
        select
            source,
            rep_id,
            team_id

        from owner_teams

        where coalesce({{ says_yes('is_primary') }}, true)

        union all

        select
            source,
            rep_id,
            {{ json_field('team', 'id') }} as team_id

        from listed_teams

        where coalesce({{ says_yes(json_field('team', 'primary')) }}, true)
    ) as told

    group by source, rep_id

),

user_teams as (

    select
        source,
        user_id,
        min(team_id) as team_id

    from users

    group by source, user_id

),

named_owners as (

    select
        source,
        owner_id

    from contacts

    union distinct

    select
        source,
        owner_id

    from deals

),

final as (

    select
        owners.source,
        owners.rep_id,
        nullif(trim(coalesce(owners.first_name, '') || ' ' || coalesce(owners.last_name, '')), '') as name,
        owners.email,
        coalesce(primary_teams.team_id, user_teams.team_id) as team_id,
        case
            when owners.is_removed = 'true' then 'false'
            else coalesce(owners.is_active, 'true')
        end as is_active,
        owners.loaded_at

    from owners

    left join primary_teams
        on
            owners.source = primary_teams.source
            and owners.rep_id = primary_teams.rep_id

    left join user_teams
        on
            owners.source = user_teams.source
            and owners.user_id = user_teams.user_id

    where upper(coalesce(owners.type, 'PERSON')) != 'QUEUE'

    union all

    select
        source,
        owner_id as rep_id,
        owner_id as name,
        cast(null as string) as email,
        cast(null as string) as team_id,
        'true' as is_active,
        cast(null as string) as loaded_at

    from named_owners

    where owner_id is not null and not {{ matches('owner_id', "'^[0-9.]*$'") }}

)

select * from final
