{#- The points_thresholds seed as one row, a column a name. -#}
{% macro threshold_row(points_thresholds, names) -%}
    select
        {%- for name in names %}
        max(case when name = '{{ name }}' then cast(value as double) end)
            as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ points_thresholds }}
{%- endmacro %}

{% macro band_thresholds() %}
    {{ return([
        'model_hot', 'model_warm', 'model_cool',
        'band_hot', 'band_warm', 'band_cool', 'band_margin',
    ]) }}
{% endmacro %}

{#- The band's number, 4 (hot) to 1 (cold). By points the value is the points;
    by model it is how many times as likely as the average open lead. Rounded first,
    so that a sum's last digits do not decide.
    thresholds  a relation in scope with the columns of band_thresholds -#}
{% macro band_number(value, scored_by, thresholds) -%}
    case
        {%- for name in ['hot', 'warm', 'cool'] %}
        when
            round({{ value }}, 9) >= case
                when {{ scored_by }} = 'model' then {{ thresholds }}.model_{{ name }}
                else {{ thresholds }}.band_{{ name }}
            end
            then {{ 4 - loop.index0 }}
        {%- endfor %}
        else 1
    end
{%- endmacro %}

{#- The band of a cycle's age in days; as in ml/judge/drift.py. -#}
{% macro age_band(days) -%}
    case
        when {{ days }} <= 7 then '0 to 7 days'
        when {{ days }} <= 28 then '8 to 28 days'
        when {{ days }} <= 56 then '29 to 56 days'
        when {{ days }} <= 180 then '57 to 180 days'
        else 'over 180 days'
    end
{%- endmacro %}

{% macro band_name(number) -%}
    case {{ number }}
        when 4 then 'hot'
        when 3 then 'warm'
        when 2 then 'cool'
        else 'cold'
    end
{%- endmacro %}
