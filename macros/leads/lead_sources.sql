{#- A lead source as it is compared: in lower case, without blanks, hyphens, slashes and _. -#}
{% macro compared_source(word) -%}
    {{ lead_funnel.replace_all('lower(' ~ word ~ ')', "'[-_/ ]+'") }}
{%- endmacro %}

{#- How each lead source of a relation is spelt: as the seed channels spells it, whichever of
    its spellings is the channel's own or else has no blank; one that no line maps is in
    lower case, with _ between its words.
    sources   relation with lead_source, each word once
    channels  the seed -#}
{% macro spelt_sources(sources, channels) -%}
    select
        sources.lead_source,
        coalesce(
            words.word,
            {{ lead_funnel.replace_all('lower(sources.lead_source)', "'[-_ ]+'", "'_'") }}
        ) as spelling

    from {{ sources }} as sources

    left join (
        select
            {{ lead_funnel.compared_source(lead_funnel.seed_text('lead_source')) }} as compared_word,
            lower({{ lead_funnel.seed_text('lead_source') }}) as word,
            row_number() over (
                partition by {{ lead_funnel.compared_source(lead_funnel.seed_text('lead_source')) }}
                order by
                    case when lower({{ lead_funnel.seed_text('lead_source') }}) = channel then 0 else 1 end,
                    case when instr({{ lead_funnel.seed_text('lead_source') }}, ' ') = 0 then 0 else 1 end,
                    lower({{ lead_funnel.seed_text('lead_source') }}),
                    channel
            ) as preference_rank

        from {{ channels }}

        where {{ lead_funnel.seed_text('lead_source') }} != ''
    ) as words
        on
            {{ lead_funnel.compared_source('sources.lead_source') }} = words.compared_word
            and words.preference_rank = 1
{%- endmacro %}
