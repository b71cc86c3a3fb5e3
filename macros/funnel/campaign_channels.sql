{#- The channel of each campaign: what the seed channels makes of the CRM's word for its kind,
    else that word; null where the CRM says none. Its cost is told there. -#}
{% macro campaign_channels(campaigns, channels) -%}
select
    campaigns.campaign_id,
    coalesce(words.channel, lower(campaigns.channel)) as channel

from {{ campaigns }} as campaigns

left join (
    {{ lead_funnel.channels_by_word(channels) | indent(4) }}
) as words
    on lower(campaigns.channel) = words.word
{%- endmacro %}
