{#- In the CRM's language, every feature has a sentence for any value, and so have the words
    that all reasons share. Lists those that have none. -#}
{% test reasons_have_sentences(model) %}
    {% set wanted = [] %}
    {% for feature in feature_list() %}
        {% do wanted.append([feature.name, 'any']) %}
    {% endfor %}
    {% for word in reason_words() %}
        {% do wanted.append(['any', word]) %}
    {% endfor %}
    select
        wanted.feature,
        wanted.feature_value

    from (
        {%- for feature, value in wanted %}
        select
            '{{ feature }}' as feature,
            '{{ value }}' as feature_value
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as wanted

    left join {{ model }} as sentences
        on
            wanted.feature = sentences.feature
            and wanted.feature_value = sentences.feature_value
            and sentences.language = '{{ var("crm_language") }}'

    where sentences.sentence is null
{% endtest %}
