{#- Since when each company is a customer: one row per account, the moment null where it is one
    and nobody knows since when. A win counts from when the lead was won, that of a deal of nobody
    we know from its end. Who expands or renews bought before, whether or not that deal is known.
    wins, accounts, opportunities  the relations of lead_wins, lead_accounts and opportunities -#}
{% macro customer_accounts(wins, accounts, opportunities) -%}
select
    account_key,
    min(since_at) as customer_since_at

from (
    select
        coalesce(deals.account_key, accounts.account_key) as account_key,
        wins.won_at as since_at

    from {{ wins }} as wins

    left join {{ opportunities }} as deals
        on wins.opportunity_id = deals.opportunity_id

    left join {{ accounts }} as accounts
        on wins.lead_key = accounts.lead_key

    union all

    select
        deals.account_key,
        deals.ended_at as since_at

    from {{ opportunities }} as deals

    left join {{ wins }} as wins
        on deals.opportunity_id = wins.opportunity_id

    where deals.closed_as = 'closed_won' and wins.opportunity_id is null

    union all

    select
        account_key,
        created_at as since_at

    from {{ opportunities }}

    where is_expansion and closed_as is distinct from 'closed_lost'
) as occasions

where account_key is not null

group by account_key
{%- endmacro %}
