{#- How one value of a raw table is read, by the kind of its column, in steps: raw_value
    gives tidy text, given_value takes out what stands for nothing, spelled_value writes
    times, numbers and ids in the one way that typed_value reads. Each step is a CTE of
    read_rows: nested into each other they would be very long. What cannot be read as
    its kind is null; unreadable_values counts it. -#}

{#- A raw column as text without invisible characters around it; real times as they are.
    Most texts have none, which a cheap test tells. -#}
{% macro raw_value(expression, storage) -%}
    {%- if storage == 'time' -%}
        cast({{ expression }} as timestamp)
    {%- elif storage == 'text' -%}
        {%- set text = 'cast(' ~ expression ~ ' as string)' -%}
        case
            when {{ lead_funnel.is_ascii(text) }}
                and {{ text }} >= '!'
                and right({{ text }}, 1) >= '!'
                then {{ text }}
            else nullif({{ lead_funnel.trim_characters(text, lead_funnel.invisible_characters()) }}, '')
        end
    {%- endif -%}
{%- endmacro %}

{#- Tidy text; null where it is a word for nothing. Long texts and those that begin like
    none of the words are passed over first. -#}
{% macro given_value(text, kind) -%}
    case
        when length({{ text }}) > 9
            or {{ text }} between 'o' and 'u'
            or {{ text }} between 'a' and 'n'
            or {{ text }} between '0' and ':'
            then {{ text }}
        when not {{ lead_funnel.is_one_of(text, lead_funnel.null_words(kind)) }} and {{ text }} != chr(92) || 'N'
            then {{ text }}
    end
{%- endmacro %}

{#- Whether a text is one of some words: as `in`, which takes an engine long to plan where
    the words are many. -#}
{% macro is_one_of(text, words) -%}
    instr('|{{ words | join('|') }}|', '|' || {{ text }} || '|') > 0
{%- endmacro %}

{#- Times with the year first, numbers with nothing but digits, a point and a sign, ids in
    one form each.
    date_order   expression of which of two numbers is the day, see date_orders -#}
{% macro spelled_value(text, kind, date_order) -%}
    {%- if kind in ['time', 'date'] -%}
        {{ lead_funnel.year_first(text, date_order) }}
    {%- elif kind == 'number' -%}
        {{ lead_funnel.plain_number(text) }}
    {%- elif kind == 'integer' -%}
        {{ lead_funnel.plain_integer(text) }}
    {%- elif kind == 'id' -%}
        {{ lead_funnel.clean_id(text) }}
    {%- else -%}
        {{ text }}
    {%- endif -%}
{%- endmacro %}

{#- A spelled value by its kind; null where it cannot be read as that.
    words        of a closed vocabulary, what else its words are called
    storage      'time' for a real time, 'text', none where the raw table has no such column
    flag_words   what yes and no are called in this column besides -#}
{% macro typed_value(expression, kind, storage='text', words=none, flag_words=none) -%}
    {%- set types = {'date': 'date', 'time': 'timestamp', 'integer': 'int', 'number': 'double', 'boolean': 'boolean'} -%}
    {%- if not storage -%}
        cast(null as {{ types.get(kind, 'string') }})
    {%- elif kind == 'date' -%}
        cast({{ lead_funnel.typed_value(expression, 'time', storage) }} as date)
    {%- elif kind == 'time' and storage == 'time' -%}
        case
            when {{ expression }}
                between timestamp '1970-01-01 00:00:00' and timestamp '2261-12-31 00:00:00'
                then {{ expression }}
        end
    {%- elif kind == 'time' -%}
        {{ lead_funnel.to_utc(expression) }}
    {%- elif kind == 'lower' and words -%}
        {{ lead_funnel._known_word(expression, words) }}
    {%- elif kind == 'lower' -%}
        {{ lead_funnel.clean_word(expression) }}
    {%- elif kind == 'upper' -%}
        upper({{ expression }})
    {%- elif kind == 'tag' -%}
        {{ lead_funnel.clean_tag(expression) }}
    {%- elif kind == 'email' -%}
        {{ lead_funnel.clean_email(expression) }}
    {%- elif kind == 'phone' -%}
        {{ lead_funnel.clean_phone(expression) }}
    {%- elif kind == 'host' -%}
        {{ lead_funnel.clean_host(expression) }}
    {%- elif kind == 'integer' -%}
        try_cast(round(try_cast({{ expression }} as double)) as int)
    {%- elif kind == 'number' -%}
        case
            when abs(try_cast({{ expression }} as double)) < cast(1e300 as double)
                then try_cast({{ expression }} as double)
        end
    {%- elif kind == 'boolean' -%}
        {{ lead_funnel.read_boolean(expression, flag_words or {}) }}
    {%- else -%}
        {{ expression }}
    {%- endif -%}
{%- endmacro %}

{#- The columns of a raw table whose values may turn out not to be what they should be:
    null then, and counted. A required time costs the row instead. -#}
{% macro checked_columns(raw_table) %}
    {% set contract = lead_funnel.raw_tables()[raw_table] %}
    {% set names = [] %}
    {% for name, kind in contract['columns'].items() %}
        {% if kind in ['time', 'date', 'integer', 'number', 'boolean', 'email', 'phone', 'country', 'host']
            and (name not in contract['required'] or name in contract.get('fallbacks', {})) %}
            {% do names.append(name) %}
        {% endif %}
    {% endfor %}
    {{ return(names + ['loaded_at']) }}
{% endmacro %}

{#- What a value looks like, without saying it: letters as A, digits as 9. -#}
{% macro shape(text) -%}
    {%- set letters = lead_funnel.replace_all(lead_funnel.replace_all(text, "'[A-Za-z]'", "'A'"), "'[^ -~]'", "'A'") -%}
    substr(replace({{ lead_funnel.replace_all(letters, "'[0-9]'", "'9'") }}, '|', ' '), 1, 40)
{%- endmacro %}

{#- Characters that are not seen: blanks of all kinds, zero-width characters, byte order
    marks. -#}
{% macro invisible_characters() -%}
    ' {{ '\t\n\x0b\x0c\r\u00a0\u2007\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u2060\u3000\ufeff' }}'
{%- endmacro %}

{#- Those of them that take no room. -#}
{% macro zero_width_characters() -%}
    '{{ '\u200b\u200c\u200d\u200e\u200f\u2060\ufeff' }}'
{%- endmacro %}

{#- Words that programs write where there is no value. A word that is also a name (Null,
    Nan) stays one but where only an id can stand; NA is a country too. -#}
{% macro null_words(kind) %}
    {% set words = [
        'NULL', 'null', '(null)', '(NULL)', '<null>', 'None', 'none', 'NONE', 'nan', 'NaN', 'NaT',
        '<NA>', 'N/A', 'n/a', '#N/A', '#NULL!', '#REF!', '#VALUE!', '#NAME?', '#DIV/0!',
        'undefined', '-', '--', '\u2013', '\u2014',
    ] %}
    {% if kind != 'country' %}{% do words.append('NA') %}{% endif %}
    {% if kind in ['id', 'tag'] %}{% do words.extend(['Null', 'NAN', 'Nan', 'nil', 'Undefined']) %}{% endif %}
    {{ return(words) }}
{% endmacro %}

{#- Words are compared in lower case, with single blanks. -#}
{% macro clean_word(text) -%}
    case
        when {{ text }} like '%  %' then lower({{ lead_funnel.replace_all(text, "' +'", "' '") }})
        else lower({{ text }})
    end
{%- endmacro %}

{#- A word of a closed vocabulary by what a source calls it; unknown words stay. -#}
{% macro _known_word(text, words) -%}
    case
        when lower({{ text }}) in ('{{ words.keys() | join("', '") }}') then lower({{ text }})
        {%- for word, others in words.items() %}
        when {{ lead_funnel.is_one_of(lead_funnel._squeezed(text), [word] + others) }} then '{{ word }}'
        {%- endfor %}
        else lower({{ text }})
    end
{%- endmacro %}

{% macro _squeezed(text) -%}
    translate(lower({{ text }}), ' _-', '')
{%- endmacro %}
