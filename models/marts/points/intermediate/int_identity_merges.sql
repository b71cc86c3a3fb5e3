{# One row per moment at which a person turned out to be the same as one known
   before: a record, an address or a user that stood for itself until then. #}
with

clock as (

    select * from {{ ref('clock') }}

),

members as (

    select * from {{ ref('identity_members') }}

),

final as (

    select
        {{ key(["'merged'", 'members.lead_key', 'members.joined_at']) }} as merge_key,
        members.lead_key,
        members.joined_at as merged_at

    from members

    cross join clock

    where
        members.identifier_key != members.lead_key
        and {{ known_at('members.first_seen_at', 'members.first_loaded_at', 'clock') }}
        < members.joined_at

    group by members.lead_key, members.joined_at

)

select * from final
