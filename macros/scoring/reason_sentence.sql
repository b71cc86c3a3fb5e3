{#- A reason in words that a rep reads: what the lead did or is, and against it where it
    speaks against. The words of a feature stand in its metadata: `sentence` with {value}, and
    {often} where the value itself tells how often such leads are won; `none` where the value
    is 0; `missing` where it is not known.
    reasons   the relation of lead_score_reasons in scope
    features  what feature_list gives -#}
{% macro reason_sentence(reasons, features) -%}
    {%- set value = "replace(" ~ reasons ~ ".value_text, '_', ' ')" -%}
    {%- set against = "case when " ~ reasons ~ ".strength < 0 then 'Against it: ' else '' end || " -%}
    {%- set label -%}
        upper(substring({{ reasons }}.label, 1, 1)) || substring({{ reasons }}.label, 2)
    {%- endset -%}
    case
        when {{ reasons }}.scored_by = 'points'
            then {{ against }}{{ reasons }}.label || coalesce(', ' || {{ reasons }}.value_text, '')
        {%- for feature in features if feature.sentence %}
        {%- set words %}replace('{{ feature.sentence }}', '{value}', {{ value }}){% endset %}
        {%- if feature.type == 'numeric' %}
            {%- set words %}replace({{ words }}, ' 1 times', ' once'){% endset %}
            {%- set words %}replace({{ words }}, ' 1 days', ' one day'){% endset %}
        {%- endif %}
        when {{ reasons }}.feature = '{{ feature.name }}' then case
            {%- if feature.missing %}
            when {{ reasons }}.value_text is null then {{ against }}'{{ feature.missing }}'
            {%- endif %}
            {%- if feature.none %}
            when {{ reasons }}.value_text = '0' then {{ against }}'{{ feature.none }}'
            {%- endif %}
            when {{ reasons }}.value_text is null then {{ against }}{{ label }} || ' unknown'
            {%- if '{often}' in feature.sentence %}
            else replace(
                {{ words }},
                '{often}',
                case when {{ reasons }}.strength < 0 then 'rarely' else 'often' end
            )
            {%- else %}
            else {{ against }}{{ words }}
            {%- endif %}
        end
        {%- endfor %}
        else {{ against }}{{ label }} || coalesce(': ' || {{ value }}, ' unknown')
    end
{%- endmacro %}
