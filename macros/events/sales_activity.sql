{#- The kind of a sales activity: a row of activity_signatures.
    activities  the relation in scope -#}
{% macro activity_signature_key(activities) -%}
    {{ lead_funnel.key([
        "coalesce(" ~ activities ~ ".activity_type, '')",
        "coalesce(" ~ activities ~ ".direction, '')",
        "coalesce(" ~ activities ~ ".outcome, '')",
    ]) }}
{%- endmacro %}

{#- What a sales activity counts as: contact (the lead was reached), touch, work (a person
    wrote something down and no touch) or none. A message that went out in nobody's
    name was sent by a program; and what a program did is nobody's doing.
    activities        the relation of activities in scope
    kind_counts_as    what the seed activity_kinds says of its kind
    automation_rep_id the automation user who did it; null where it was none -#}
{% macro activity_counts_as(activities, kind_counts_as, automation_rep_id) -%}
    case
        when {{ automation_rep_id }} is not null then 'none'
        when
            {{ activities }}.rep_id is null
            and {{ activities }}.activity_type in ('email', 'message')
            and coalesce({{ activities }}.direction, 'outbound') = 'outbound'
            then 'none'
        when {{ kind_counts_as }} in ('contact', 'touch') then {{ kind_counts_as }}
        when {{ activities }}.rep_id is not null and {{ activities }}.activity_type = 'note'
            then 'work'
        else 'none'
    end
{%- endmacro %}
