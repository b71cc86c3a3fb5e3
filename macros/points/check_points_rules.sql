{#- Reads the points rules as people wrote them, before anything is loaded, and stops
    at a line that is invalid: an unknown event type, a version that overlaps
    another, a rule that can never match. The file of a what-if is read the same way.
    Where files cannot be read (other engines) the same mistakes fail the test
    assert_points_rules_can_match. -#}
{% macro check_points_rules() %}
    {% if execute and lead_funnel.is_embedded() %}
        {% set path = lead_funnel.points_rules_path() %}
        {% set name = path if var('points_rules_file') else 'seeds/points_rules.csv' %}
        {% do lead_funnel.stop_at_mistakes(name, lead_funnel.points_rule_mistakes(
            lead_funnel.points_rules_file(),
            lead_funnel.csv_relation(lead_funnel.seed_path('event_types'), 'seeds/event_types.csv', ['source', 'raw_name', 'path_pattern', 'event_type', 'content_type', 'topic']),
            lead_funnel.csv_relation(lead_funnel.seed_path('personas'), 'seeds/personas.csv', ['title_pattern', 'persona', 'job_level']),
            lead_funnel.points_caps_file(),
        )) %}
        {% do lead_funnel.check_points_grid() %}
    {% endif %}
{% endmacro %}

{#- The rules that count: the seed's file, or that of a what-if. -#}
{% macro points_rules_path() %}
    {{ return(var('points_rules_file') or lead_funnel.seed_path('points_rules')) }}
{% endmacro %}

{#- Its lines as a relation. Columns that rules can do without may be missing in the
    file of a what-if, so that a scorecard in the columns of old can be tried. -#}
{% macro points_rules_file() %}
    {{ return(lead_funnel.csv_relation(
        lead_funnel.points_rules_path(),
        var('points_rules_file') or 'seeds/points_rules.csv',
        lead_funnel.points_rules_columns(),
        optional=['campaign_type', 'cool_down_days', 'blocks_mql', 'rule_group'] if var('points_rules_file') else [],
    )) }}
{% endmacro %}

{% macro points_rules_columns() %}
    {{ return([
        'rule_id', 'dimension', 'event_type', 'path_pattern', 'content_type', 'topic', 'form_id', 'campaign_type',
        'field', 'operator', 'value', 'points', 'max_awards', 'period_days', 'cool_down_days', 'half_life_days',
        'blocks_mql', 'rule_group', 'valid_from', 'valid_to', 'description',
    ]) }}
{% endmacro %}

{#- Attributes of a person that fit rules may ask for. -#}
{% macro fit_fields() %}
    {{ return([
        'industry', 'employee_count', 'country_code', 'persona', 'job_level', 'email_class', 'email_domain', 'lead_source',
    ]) }}
{% endmacro %}

{#- Shorter half-lives would leave the range of a double within one cycle of the
    funnel, see running_points. -#}
{% macro shortest_half_life_days() %}{{ return(7) }}{% endmacro %}

{#- A what-if must not change what other people read. -#}
{% macro check_what_if_selection() %}
    {% if execute and var('points_rules_file') %}
        {% for key in selected_resources if key in graph.nodes and graph.nodes[key].resource_type in ['model', 'seed'] and 'what_if' not in graph.nodes[key].tags %}
            {% do exceptions.raise_compiler_error(
                "The variable points_rules_file tries other rules beside the published tables, and " ~ graph.nodes[key].name
                ~ " is one of those. Use make what-if, or select tag:what_if."
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#- A query with one row for each mistake: line_number, rule_id, mistake. Takes
    relations whose cells are all text; line_number may be null. -#}
{% macro points_rule_mistakes(rules, event_types, personas, caps) %}
{%- set numbers = ['at_least', 'at_most', 'between'] -%}
{%- set conditions = ['event_type', 'path_pattern', 'content_type', 'topic', 'form_id', 'campaign_type'] -%}
{%- set counts = {
    'max_awards': 'no cap', 'period_days': 'no period', 'cool_down_days': 'no rest', 'half_life_days': 'no fading',
} -%}
with

rules as (

    select
        *,
        try_cast(points as double) as points_number,
        {%- for name in counts %}
        try_cast(case when {{ name }} = '' then '0' else {{ name }} end as double) as {{ name }}_number,
        {%- endfor %}
        {{ ' || ' .join(conditions) }} as all_conditions,
        field || operator || value as all_attributes,
        try_cast(valid_from as date) as from_date,
        try_cast(valid_to as date) as to_date,
        'rule ' || rule_id as this_rule

    from {{ rules }} as written

),

event_types as (

    select
        source,
        raw_name,
        path_pattern,
        event_type,
        content_type,
        topic

    from {{ event_types }} as written

    {#- Not in the file, because nobody can decide about them. #}
    {%- for event_type in ['lead_created', 'status_changed', 'opportunity_created', 'opportunity_won', 'opportunity_lost'] %}
    union all
    select 'crm', '{{ event_type }}', '', '{{ event_type }}', '', ''
    {%- endfor %}
    union all
    select 'derived', '', '', 'went_silent', '', ''

),

personas as (

    select
        persona,
        job_level

    from {{ personas }} as written

),

wrong_cells as (

    select
        line_number,
        rule_id,
        case
            when rule_id = '' then 'the rule has no rule_id. Give it a name.'
            when dimension not in ('behavior', 'fit')
                then this_rule || ' has the dimension ' || dimension || '. Write behavior (what people do) or fit (who they are).'
            when points_number is null and points != ''
                then this_rule || ' has points that are not a number: ' || points || '. Write a number such as 5 or -10.'
            when coalesce(points_number, 0) = 0
                then this_rule || ' gives no points. Write a number other than 0, or delete the line.'
            {%- for name, nothing in counts.items() %}
            when {{ name }}_number is null or {{ name }}_number < 0
                {%- if name in ['max_awards', 'period_days'] %} or {{ name }}_number != floor({{ name }}_number){% endif %}
                then this_rule || ' has {{ name }} ' || {{ name }} || '. Write a {{ 'whole ' if name in ['max_awards', 'period_days'] }}number, or 0 for {{ nothing }}.'
            {%- endfor %}
            when half_life_days_number > 0 and half_life_days_number < {{ lead_funnel.shortest_half_life_days() }}
                then this_rule || ' has half_life_days ' || half_life_days || ', which is too short. Write {{ lead_funnel.shortest_half_life_days() }} or more, or 0 for no fading.'
            when blocks_mql not in ('', '0', '1')
                then this_rule || ' has blocks_mql ' || blocks_mql || '. Write 1 (who earns it is not handed over by points) or 0.'
            when rule_group != '' and dimension = 'fit'
                then this_rule || ' has the rule_group ' || rule_group || ', but an attribute is paid once. Empty the cell.'
            when rule_group != '' and points_number < 0
                then this_rule || ' has the rule_group ' || rule_group || ', whose cap is on points given, and takes points away. Empty the cell.'
            when from_date is null or to_date is null
                then this_rule || ' is valid from ' || valid_from || ' to ' || valid_to || ', which are not two days. Write days such as 2026-01-31; 2000-01-01 and 9999-12-31 where there is no limit.'
            when from_date > to_date
                then this_rule || ' can never match: its valid_to ' || valid_to || ' lies before its valid_from ' || valid_from || '. Swap the two.'
            when dimension = 'behavior' and all_attributes != ''
                then this_rule || ' is about behaviour but has a field, an operator or a value. Empty these cells, or make the dimension fit.'
            when dimension = 'behavior' and all_conditions = ''
                then this_rule || ' has no condition, so every event would earn it. Fill one of {{ conditions | join(', ') }}.'
            when dimension = 'fit' and all_conditions != ''
                then this_rule || ' is about fit but asks for an event: ' || all_conditions || '. Empty these cells, or make the dimension behavior.'
            when dimension = 'fit' and field not in ({{ lead_funnel.literals(lead_funnel.fit_fields()) }})
                then this_rule || ' asks for the unknown field ' || field || '. Write one of {{ lead_funnel.fit_fields() | join(', ') }}.'
            when dimension = 'fit' and operator not in ({{ lead_funnel.literals(['in', 'like'] + numbers) }})
                then this_rule || ' has the unknown operator ' || operator || '. Write one of in, like, {{ numbers | join(', ') }}.'
            when dimension = 'fit' and value = ''
                then this_rule || ' can never match: it has no value. Write the value that ' || field || ' must have.'
            when
                operator in ({{ lead_funnel.literals(numbers) }})
                and try_cast(split_part(value, '|', 1) as double) is null
                then this_rule || ' can never match: its value is not a number: ' || value || '. Write a number such as 50.'
            when operator = 'between' and try_cast(split_part(value, '|', 2) as double) is null
                then this_rule || ' can never match: its value is not two numbers with a bar between: ' || value || '. Write it like 50|999.'
            when operator = 'between' and try_cast(split_part(value, '|', 1) as double) > try_cast(split_part(value, '|', 2) as double)
                then this_rule || ' can never match: no number is between ' || replace(value, '|', ' and ') || '. Swap the two.'
            when operator in ({{ lead_funnel.literals(numbers) }}) and field != 'employee_count'
                then this_rule || ' can never match: ' || field || ' is not a number. Use in or like.'
            when path_pattern != '' and substr(path_pattern, 1, 1) not in ('/', '%')
                then this_rule || ' can never match: a path begins with a slash, and its path_pattern is ' || path_pattern || '. Write it without scheme and host, such as /pricing%.'
            when path_pattern != lower(path_pattern)
                then this_rule || ' can never match: paths are compared in lower case, and its path_pattern is ' || path_pattern || '. Write ' || lower(path_pattern) || '.'
            when path_pattern like '%?%' or path_pattern like '%#%'
                then this_rule || ' can never match: paths have no query and no anchor, and its path_pattern is ' || path_pattern || '. Write only what comes before.'
            when path_pattern like '_%/'
                then this_rule || ' can never match: paths do not end in a slash, and its path_pattern is ' || path_pattern || '. Put a % at its end, or leave the slash out.'
        end as mistake

    from rules

),

unknown_words as (

    {#- A fit rule that names a word nobody can have; one of several words may be right. #}
    {%- for field in ['persona', 'job_level'] %}
    select
        rules.line_number,
        rules.rule_id,
        rules.this_rule || ' can never match: no line of seeds/personas.csv gives the {{ field }} ' || rules.value || '. Correct the value, or add a line there.' as mistake

    from rules

    left join personas
        on instr('|' || lower(rules.value) || '|', '|' || lower(personas.{{ field }}) || '|') > 0

    where
        rules.dimension = 'fit'
        and rules.field = '{{ field }}'
        and rules.operator = 'in'
        and rules.value != ''
        and personas.{{ field }} is null

    union all
    {% endfor %}

    select
        line_number,
        rule_id,
        this_rule || ' can never match: there is no email_class ' || value || '. Write business, free_mail or none.' as mistake

    from rules

    where
        dimension = 'fit'
        and field = 'email_class'
        and operator = 'in'
        and value != ''
        and not (
            {%- for word in ['business', 'free_mail', 'none'] %}
            instr('|' || lower(value) || '|', '|{{ word }}|') > 0{{ ' or' if not loop.last }}
            {%- endfor %}
        )

),

unknown_groups as (

    select
        rules.line_number,
        rules.rule_id,
        rules.this_rule || ' has the rule_group ' || rules.rule_group || ', which has no line in {{ 'the file of caps' if var('points_caps_file') else 'seeds/points_caps.csv' }}. Correct the name, or add a line there.' as mistake

    from rules

    left join {{ caps }} as caps
        on rules.rule_group = caps.rule_group

    where rules.rule_group != '' and caps.rule_group is null

),

unknown_event_types as (

    select
        line_number,
        rule_id,
        this_rule || ' asks for the unknown event_type ' || event_type || '. Write one that docs/criteria.md lists.' as mistake

    from rules

    where
        dimension = 'behavior'
        and event_type != ''
        and event_type not in ({{ lead_funnel.literals(lead_funnel.event_types_of_points()) }})

),

{# Whether any line of event_types makes an event that the rule asks for. Two
   patterns can both fit a path only if what stands before the first wildcard of
   one begins that of the other. #}
matching_lines as (

    select
        rules.line_number,
        rules.rule_id,
        rules.valid_from

    from rules

    inner join event_types
        on
            (rules.event_type = '' or rules.event_type = event_types.event_type)
            and (rules.content_type = '' or rules.content_type = event_types.content_type)
            and (rules.topic = '' or rules.topic = event_types.topic)
            and (
                rules.form_id = ''
                or (
                    event_types.source = 'form'
                    and (event_types.raw_name = '' or event_types.raw_name = rules.form_id)
                )
            )
            and (
                rules.campaign_type = ''
                or event_types.source in ('web', 'form', 'email', 'campaign')
            )
            and (
                rules.path_pattern = ''
                or (
                    event_types.source in ('web', 'form')
                    and (
                        substr({{ lead_funnel._before_wildcard('event_types.path_pattern') }}, 1, length({{ lead_funnel._before_wildcard('rules.path_pattern') }}))
                        = {{ lead_funnel._before_wildcard('rules.path_pattern') }}
                        or substr({{ lead_funnel._before_wildcard('rules.path_pattern') }}, 1, length({{ lead_funnel._before_wildcard('event_types.path_pattern') }}))
                        = {{ lead_funnel._before_wildcard('event_types.path_pattern') }}
                    )
                )
            )

    group by 1, 2, 3

),

matching_nothing as (

    select
        rules.line_number,
        rules.rule_id,
        rules.this_rule || ' can never match: no line of seeds/event_types.csv gives an event with'
        {%- for name in conditions %}
        || case when rules.{{ name }} != '' then ' {{ name }} ' || rules.{{ name }} else '' end
        {%- endfor %}
        || '. Correct these cells, or add a line there.' as mistake

    from rules

    left join matching_lines
        on
            rules.rule_id = matching_lines.rule_id
            and rules.valid_from = matching_lines.valid_from
            and rules.line_number is not distinct from matching_lines.line_number

    left join wrong_cells
        on
            rules.rule_id = wrong_cells.rule_id
            and rules.line_number is not distinct from wrong_cells.line_number
            and wrong_cells.mistake is not null

    where
        rules.dimension = 'behavior'
        and rules.all_conditions != ''
        and (rules.event_type = '' or rules.event_type in ({{ lead_funnel.literals(lead_funnel.event_types_of_points()) }}))
        and matching_lines.rule_id is null
        and wrong_cells.rule_id is null

),

same_day as (

    select
        max(line_number) as line_number,
        rule_id,
        'rule ' || rule_id || ' is in the file '
        || case when count(*) = 2 then 'twice' else cast(count(*) as string) || ' times' end
        || ' with valid_from ' || valid_from
        || coalesce(', first on line ' || cast(min(line_number) as string), '')
        || '. Give one of them another rule_id, or delete it.' as mistake

    from rules

    group by rule_id, valid_from

    having count(*) > 1

),

overlapping as (

    select
        later.line_number,
        later.rule_id,
        'rule ' || later.rule_id || ' from ' || later.valid_from || ' overlaps its version from ' || earlier.valid_from
        || coalesce(' on line ' || cast(earlier.line_number as string), '')
        || ', which is valid to ' || earlier.valid_to || '. End that one on the day before ' || later.valid_from || '.' as mistake

    from rules as earlier

    inner join rules as later
        on
            earlier.rule_id = later.rule_id
            and earlier.from_date < later.from_date
            and earlier.to_date >= later.from_date

),

too_many_half_lives as (

    select
        max(line_number) as line_number,
        max(rule_id) as rule_id,
        'the behaviour rules use ' || cast(count(distinct half_life_days_number) as string)
        || ' different half-lives. Use at most {{ lead_funnel.max_half_lives() }}.' as mistake

    from rules

    where dimension = 'behavior' and half_life_days_number > 0

    having count(distinct half_life_days_number) > {{ lead_funnel.max_half_lives() }}

),

all_mistakes as (

    select * from wrong_cells where mistake is not null
    {%- for other in ['unknown_words', 'unknown_groups', 'unknown_event_types', 'matching_nothing', 'same_day', 'overlapping', 'too_many_half_lives'] %}
    union all
    select * from {{ other }}
    {%- endfor %}

)

select * from all_mistakes
{%- endmacro %}

{#- Event types that can earn points: all but what points themselves bring about. -#}
{% macro event_types_of_points() %}
    {{ return(
        lead_funnel.engagement_event_types() + lead_funnel.sales_event_types()
        + lead_funnel.other_event_types() + ['went_silent']
    ) }}
{% endmacro %}

{% macro _before_wildcard(pattern) -%}
    split_part(split_part({{ pattern }}, '%', 1), '_', 1)
{%- endmacro %}
