{#- What the people of accounts did, and since when it counts for others of the
    account: adds the CTEs account_leads and account_engagements.
    lead_accounts, lead_events  relations of those models' rows -#}
{% macro account_engagements(lead_accounts, lead_events) -%}
{# Only accounts with several people have anything to add. #}
shared_accounts as (

    select account_key
    from {{ lead_accounts }}
    where account_known_at is not null
    group by account_key
    having count(*) > 1

),

account_leads as (

    select
        accounts.account_key,
        accounts.lead_key,
        accounts.account_known_at

    from {{ lead_accounts }} as accounts

    inner join shared_accounts
        on accounts.account_key = shared_accounts.account_key

    where accounts.account_known_at is not null

),

account_engagements as (

    select
        account_leads.account_key,
        account_leads.lead_key,
        greatest(
            account_leads.account_known_at, events.known_at, events.occurred_at
        ) as counts_from,
        {{ add_days('events.occurred_at', 30) }} as counts_until_30d,
        {{ add_days('events.occurred_at', 90) }} as counts_until_90d

    from account_leads

    inner join {{ lead_events }} as events
        on account_leads.lead_key = events.lead_key

    where events.is_engagement

)
{%- endmacro %}

{#- What the people of an account did, at the moments of its leads. Adds the CTE
    account_activity with one row per (lead_key, as_of) of `spine` whose
    account was known by then and where somebody had engaged: the engagements of
    the whole account, the lead's own among them. Summed once per account and
    moment, so that a large account costs no more than its events. Only what was
    known at as_of enters.
    account_leads, account_engagements  the CTEs that the macro account_engagements adds -#}
{% macro account_activity(spine, account_leads, account_engagements) -%}
lead_moments as (

    select
        spine.lead_key,
        spine.as_of,
        account_leads.account_key

    from {{ spine }} as spine

    inner join {{ account_leads }} as account_leads
        on
            spine.lead_key = account_leads.lead_key
            and spine.as_of >= account_leads.account_known_at

),

account_moments as (

    select distinct
        account_key,
        as_of

    from lead_moments

),

{# By lead first: the distinct leads of all pairs take longer to count. #}
lead_sums as (

    select
        account_moments.account_key,
        account_moments.as_of,
        sum(
            case
                when engagements.counts_until_30d > account_moments.as_of then 1
                else 0
            end
        ) as engagements_30d

    from account_moments

    inner join {{ account_engagements }} as engagements
        on
            account_moments.account_key = engagements.account_key
            and account_moments.as_of >= engagements.counts_from
            and account_moments.as_of < engagements.counts_until_90d

    group by account_moments.account_key, account_moments.as_of, engagements.lead_key

),

account_sums as (

    select
        account_key,
        as_of,
        sum(engagements_30d) as engagements_30d,
        count(*) as engaged_leads_90d

    from lead_sums

    group by account_key, as_of

),

account_activity as (

    select
        lead_moments.lead_key,
        lead_moments.as_of,
        account_sums.engagements_30d,
        account_sums.engaged_leads_90d

    from lead_moments

    inner join account_sums
        on
            lead_moments.account_key = account_sums.account_key
            and lead_moments.as_of = account_sums.as_of

)
{%- endmacro %}
