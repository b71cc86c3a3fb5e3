{# One row per lead and win of somebody else at its company, by a deal or by the status of
   a lead. Who had been won before, or is by then, has a win of its own. #}
with

wins as (

    select * from {{ ref('lead_wins') }}

),

lead_accounts as (

    select
        lead_key,
        account_key

    from {{ ref('lead_accounts') }}

),

deals as (

    select
        opportunity_id,
        account_key

    from {{ ref('opportunities') }}

    where account_key is not null

),

account_wins as (

    select distinct
        coalesce(deals.account_key, lead_accounts.account_key) as account_key,
        wins.lead_key,
        wins.won_at

    from wins

    left join deals
        on wins.opportunity_id = deals.opportunity_id

    left join lead_accounts
        on wins.lead_key = lead_accounts.lead_key

),

own_wins as (

    select
        lead_key,
        min(won_at) as won_at

    from wins

    group by lead_key

),

final as (

    select distinct
        lead_accounts.lead_key,
        account_wins.won_at

    from account_wins

    inner join lead_accounts
        on
            account_wins.account_key = lead_accounts.account_key
            and account_wins.lead_key != lead_accounts.lead_key

    left join own_wins
        on
            lead_accounts.lead_key = own_wins.lead_key
            and own_wins.won_at <= account_wins.won_at

    where own_wins.lead_key is null

)

select * from final
