{#- A host, or an address with one, whose labels in punycode (xn--mller-kva) are written
    in their letters, where the engine can do that; other text as it is, and so is a
    label that is none. -#}
{% macro letters_of_host(text) %}
    {{- return(adapter.dispatch('letters_of_host', 'lead_funnel')(text)) -}}
{% endmacro %}

{% macro default__letters_of_host(text) -%}
    case
        when {{ text }} like '%xn--%'
            then list_transform([{{ text }}], lambda whole:
                regexp_extract(whole, '^.*@') || array_to_string(
                    list_transform(string_split(split_part(whole, '@', -1), '.'), lambda label:
                        case
                            when regexp_full_match(label, 'xn--([a-z0-9-]*-)?[a-z0-9]{1,40}')
                                then coalesce({{ lead_funnel._letters_of_label('substr(label, 5)') }}, label)
                            else label
                        end
                    ),
                    '.'
                )
            )[1]
        else {{ text }}
    end
{%- endmacro %}

{% macro spark__letters_of_host(text) -%}
    {{ text }}
{%- endmacro %}

{#- RFC 3492: what stands behind the last hyphen are differences of code points and
    places, each a number of several digits, and what stands before it the other letters.
    Null for what no letters give: numbers are bounded, so that nothing overflows. -#}
{% macro _letters_of_label(code) -%}
    {%- set digits = "regexp_extract(" ~ code ~ ", '[^-]*$')" -%}
    list_transform([list_reduce(
        list_transform(string_split({{ digits }}, ''), lambda digit:
            case when digit between '0' and '9' then ascii(digit) - 22 else ascii(digit) - 97 end
        ),
        lambda done, digit: list_transform(
            [{
                'least_digit': greatest(1, least(26, done.step - done.bias)),
                'place': least(done.place + digit * done.weight, 1000000000000)
            }],
            lambda now: case
                when digit >= now.least_digit
                    then {
                        'letters': done.letters, 'point': done.point, 'place': now.place, 'last': done.last,
                        'weight': least(done.weight * (36 - now.least_digit), 1000000000), 'step': done.step + 36, 'bias': done.bias
                    }
                else list_transform(
                    [{
                        'count': len(done.letters) + 1,
                        'halved': (now.place - done.last) // case when done.last = 0 then 700 else 2 end
                    }],
                    lambda all_of: {
                        'letters': done.letters[:now.place % all_of.count]
                        || [chr(case
                            when done.point + now.place // all_of.count between 55296 and 57343 then 65533
                            else least(done.point + now.place // all_of.count, 1114111)
                        end::int)]
                        || done.letters[now.place % all_of.count + 1:],
                        'point': done.point + now.place // all_of.count,
                        'place': now.place % all_of.count + 1,
                        'last': now.place % all_of.count + 1,
                        'weight': 1::bigint,
                        'step': 36::bigint,
                        'bias': list_transform(
                            [all_of.halved + all_of.halved // all_of.count],
                            lambda change: list_transform(
                                [case
                                    when change < 456 then 0
                                    when change < 456 * 35 then 1
                                    when change < 456 * 35 * 35 then 2
                                    else 3
                                end],
                                lambda times: times * 36
                                + 36 * (change // (35 ** times)::bigint) // (change // (35 ** times)::bigint + 38)
                            )[1]
                        )[1]
                    }
                )[1]
            end
        )[1],
        {
            'letters': regexp_extract_all(left({{ code }}, greatest(length({{ code }}) - length({{ digits }}) - 1, 0)), '.'),
            'point': 128::bigint, 'place': 0::bigint, 'last': 0::bigint,
            'weight': 1::bigint, 'step': 36::bigint, 'bias': 72::bigint
        }
    )], lambda read: case
        when
            read.point <= 1114111
            and read.weight = 1
            and regexp_full_match(array_to_string(read.letters, ''), '[\p{L}\p{M}\p{N}-]+')
            then array_to_string(read.letters, '')
    end)[1]
{%- endmacro %}
