{#- Words that all reasons share, by their feature_value in the seed reason_sentences. -#}
{% macro reason_words() %}{{ return(['against', 'often', 'rarely', 'once', 'times']) }}{% endmacro %}

{#- What a reason is about. Of the reasons of one topic a rep reads the strongest alone:
    source and channel say the same, and so do activity in 7, 30 and 90 days. -#}
{% macro reason_topic(feature, features) -%}
    {%- set in_topics = features | selectattr('topic') | list -%}
    {%- if in_topics -%}
    case
        {%- for one in in_topics %}
        when {{ feature }} = '{{ one.name }}' then '{{ one.topic }}'
        {%- endfor %}
        else {{ feature }}
    end
    {%- else -%}
    {{ feature }}
    {%- endif -%}
{%- endmacro %}

{#- A reason as a sentence in the CRM's language, with the seed reason_sentences: a query.
    chosen     relation: lead_key, place, scored_by, feature, label, value_text, strength
    sentences  relation of the seed
    features   what feature_list gives -#}
{% macro reason_sentences(chosen, sentences, features) -%}
    {%- set numbers = features | selectattr('type', 'equalto', 'numeric') | map(attribute='name') | list -%}
    select
        worded.lead_key,
        worded.place,
        case
            when worded.strength < 0 and not worded.is_two_sided
                then replace(worded.word_against, '{reason}', worded.reason)
            else replace(
                worded.reason,
                '{often}',
                case when worded.strength < 0 then worded.word_rarely else worded.word_often end
            )
        end as reason_text

    from (
        select
            keyed.lead_key,
            keyed.place,
            keyed.strength,
            {%- for word in reason_words() %}
            words.word_{{ word }},
            {%- endfor %}
            case
                when keyed.scored_by = 'points' then 1 = 0
                else coalesce(by_value.sentence, by_feature.sentence, '') like '%{often}%'
            end as is_two_sided,
            case
                when keyed.scored_by = 'points' then case
                    when keyed.value_text is null then keyed.label
                    when keyed.value_text = 'once' then replace(words.word_once, '{reason}', keyed.label)
                    else replace(
                        replace(words.word_times, '{reason}', keyed.label),
                        '{value}', replace(keyed.value_text, ' times', '')
                    )
                end
                else replace(
                    coalesce(by_value.sentence, by_feature.sentence, keyed.label || ' {value}'),
                    '{value}', replace(keyed.shown_value, '_', ' ')
                )
            end as reason

        from (
            select
                lead_key,
                place,
                scored_by,
                feature,
                label,
                value_text,
                strength,
                {#- Days and counts without decimals. #}
                coalesce(
                    {%- if numbers %}
                    case
                        when feature in ({{ literals(numbers) }}) and value_text like '%.%'
                            then substring(value_text, 1, length(value_text) - 2)
                    end,
                    {%- endif %}
                    value_text, 'unknown'
                ) as shown_value

            from {{ chosen }}
        ) as keyed

        left join {{ sentences }} as by_value
            on
                keyed.feature = by_value.feature
                and lower(keyed.shown_value) = by_value.feature_value
                and by_value.language = '{{ var("crm_language") }}'

        left join {{ sentences }} as by_feature
            on
                keyed.feature = by_feature.feature
                and by_feature.feature_value = 'any'
                and by_feature.language = '{{ var("crm_language") }}'

        cross join (
            select
                {%- for word in reason_words() %}
                coalesce(max(case when feature_value = '{{ word }}' then sentence end), '{reason}')
                    as word_{{ word }}{{ ',' if not loop.last }}
                {%- endfor %}

            from {{ sentences }}

            where feature = 'any' and language = '{{ var("crm_language") }}'
        ) as words
    ) as worded
{%- endmacro %}
