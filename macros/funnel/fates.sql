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

{#- What became of a cycle that entered a stage: open while it still stands there. -#}
{% macro fate_of_entry(entries, cycles) -%}
    case
        when {{ lead_funnel.ended_by_colleague(entries, cycles) }} then 'won_by_colleague'
        when {{ entries }}.next_stage is null then 'open'
        when {{ entries }}.next_stage = 'closed_lost' then 'lost'
        when {{ entries }}.next_stage in ('recycled', 'disqualified', 'expired')
            then {{ entries }}.next_stage
        else 'advanced'
    end
{%- endmacro %}
