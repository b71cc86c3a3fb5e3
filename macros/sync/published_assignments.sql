{#- What is remembered of each lead that a published run gave to a rep: to whom, who had
    it in the CRM then, since when and until when. Keys as text, which every engine reads
    from every file. -#}
{% macro published_assignment_columns() %}
    {{ return({
        'lead_key': 'string',
        'as_of': 'timestamp',
        'owner_id': 'string',
        'crm_owner_id': 'string',
        'assigned_at': 'timestamp',
        'due_at': 'timestamp',
        'is_exploration': 'boolean',
    }) }}
{% endmacro %}

{#- To routing only the last published run counts, and the one before it where a build of the
    same as_of takes its place. When a rep was told of a lead is asked for ever: of each
    assignment its first night stays. For a run-operation: it names its relations itself. -#}
{% macro published_assignment_statements() %}
    {% set assigned %}(
        select
            cast(assignments.lead_key as string) as lead_key,
            clock.as_of,
            assignments.owner_id,
            leads.owner_id as crm_owner_id,
            assignments.assigned_at,
            assignments.due_at,
            assignments.is_exploration

        from {{ ref('lead_assignments') }} as assignments

        inner join {{ ref('dim_leads') }} as leads
            on assignments.lead_key = leads.lead_key

        cross join {{ ref('clock') }} as clock

        where assignments.owner_id is not null
    ) as assigned{% endset %}
    {{ return(lead_funnel.remembering_statements(
        source('sync', 'published_assignments'), lead_funnel.published_assignment_columns(), assigned,
        outdated='as_of >= (select as_of from ' ~ ref('clock') ~ ')'
        ~ ' or (as_of < (select ' ~ lead_funnel.add_days('as_of', -14) ~ ' from ' ~ ref('clock') ~ ')'
        ~ ' and coalesce(assigned_at < as_of, true))'
    )) }}
{% endmacro %}
