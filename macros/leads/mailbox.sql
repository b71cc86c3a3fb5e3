{#- The mailbox that an address in lower case reaches: what stands behind a plus sign
    only sorts the mail in it. -#}
{% macro mailbox(email) -%}
    split_part(split_part({{ email }}, '@', 1), '+', 1) || '@' || split_part({{ email }}, '@', 2)
{%- endmacro %}
