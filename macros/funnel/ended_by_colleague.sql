{#- Whether the stay of a cycle in a stage ended with a colleague's win: it is the stage that the
    cycle stood in then, be it that it expired later.
    entries  the relation of stage_entries
    cycles   the relation of fct_lead_cycles -#}
{% macro ended_by_colleague(entries, cycles) -%}
    (
        coalesce({{ cycles }}.outcome, '') = 'won_by_colleague'
        and coalesce({{ entries }}.next_stage, 'expired') = 'expired'
        and {{ entries }}.stage != 'expired'
    )
{%- endmacro %}
