{#- Accounts with more people than one buyer has (largest_account), such as a university or a provider
    of mail: what one of them does says nothing about the others. By whom is known now; without
    the setting no account is a crowd.
    leads: people with account_key; settings: the seed attribution_settings. -#}
{% macro crowd_accounts(leads, settings) -%}
select people.account_key

from {{ leads }} as people

cross join (
    select max(case when setting = 'largest_account' then setting_value end)
        as largest_account

    from {{ settings }}
) as limits

where people.account_key is not null

group by people.account_key, limits.largest_account

having count(*) > limits.largest_account
{%- endmacro %}
