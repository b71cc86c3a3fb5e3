{#- Reads what sales decides about teams, reps, rules and effort as people wrote it,
    before anything is loaded, and stops at an invalid line. Where files
    cannot be read (other engines) the same mistakes fail the test
    assert_routing_seeds_can_be_meant. `folder` holds other files to check. -#}
{% macro check_routing_seeds(folder='') %}
    {% if execute and lead_funnel.is_embedded() and not var('points_rules_file') %}
        {% set seeds = {} %}
        {% for name, columns in lead_funnel.routing_seed_columns().items() %}
            {% set path = folder ~ '/' ~ name ~ '.csv' if folder else lead_funnel.seed_path(name) %}
            {% do seeds.update({name: lead_funnel.csv_relation(path, 'seeds/' ~ name ~ '.csv', columns)}) %}
        {% endfor %}
        {% for name, mistakes in lead_funnel.routing_seed_mistakes(seeds).items() %}
            {% do lead_funnel.stop_at_mistakes('seeds/' ~ name ~ '.csv', mistakes) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro routing_seed_columns() %}
    {{ return({
        'sales_teams': ['team_id', 'name', 'time_zone'],
        'sales_reps': ['rep_id', 'team_id', 'weekly_capacity', 'absent_from', 'absent_to', 'experience', 'daily_capacity'],
        'routing_rules': [
            'priority', 'rule_id', 'country_code', 'segment', 'topic', 'language', 'min_score', 'min_experience',
            'only_when_open', 'team_id', 'description',
        ],
        'lead_effort': ['lead_source', 'slots', 'description'],
        'country_languages': ['country_code', 'language'],
        'stage_owners': ['stage', 'campaign_id', 'country_code', 'segment', 'owner', 'description'],
    }) }}
{% endmacro %}

{#- By seed, a query with one row for each mistake: line_number, mistake. Takes
    relations whose cells are all text; line_number may be null. -#}
{% macro routing_seed_mistakes(seeds) %}
    {% set experience = "('', " ~ lead_funnel.literals(lead_funnel.experience_levels()) ~ ")" %}
    {% set or_empty = lead_funnel.experience_levels() | join(', ') ~ ', or leave it empty' %}
    {% set sentences = {
        'sales_teams': {
            "team_id = ''": "'the team has no team_id. Give it one.'",
            "team_id = 'all'": "'a team cannot be called all, which stands for all teams together. Give it another team_id.'",
        },
        'sales_reps': {
            "rep_id = ''": "'the rep has no rep_id. Write the one of the CRM.'",
            "team_id != '' and team_id not in (select team_id from " ~ seeds['sales_teams'] ~ " as teams)":
                "'rep ' || rep_id || ' is in the unknown team ' || team_id || '. Write a team_id of seeds/sales_teams.csv, or leave it to the CRM.'",
            lead_funnel.is_no_count('weekly_capacity'):
                "'rep ' || rep_id || ' has the weekly_capacity ' || weekly_capacity || '. Write a whole number of slots, or leave it empty for the usual one.'",
            lead_funnel.is_no_count('daily_capacity'):
                "'rep ' || rep_id || ' has the daily_capacity ' || daily_capacity || '. Write a whole number of slots a day, or leave it empty for the usual one.'",
            "(absent_from != '' and try_cast(absent_from as date) is null) or (absent_to != '' and try_cast(absent_to as date) is null)":
                "'rep ' || rep_id || ' is absent from ' || absent_from || ' to ' || absent_to || ', which are not two days. Write days such as 2026-01-31.'",
            "try_cast(absent_from as date) > try_cast(absent_to as date)":
                "'rep ' || rep_id || ' is absent from ' || absent_from || ' to ' || absent_to || ', which lies before. Swap the two.'",
            "experience not in " ~ experience:
                "'rep ' || rep_id || ' has the experience ' || experience || '. Write " ~ or_empty ~ ".'",
        },
        'routing_rules': {
            "rule_id = ''": "'the rule has no rule_id. Give it a name.'",
            "priority = '' or " ~ lead_funnel.is_no_count('priority'):
                "'rule ' || rule_id || ' has the priority ' || priority || '. Write a whole number; the lowest goes first.'",
            "team_id not in (select team_id from " ~ seeds['sales_teams'] ~ " as teams)":
                "'rule ' || rule_id || ' gives leads to the unknown team ' || team_id || '. Write a team_id of seeds/sales_teams.csv.'",
            "country_code != '' and (length(country_code) != 2 or country_code != upper(country_code))":
                "'rule ' || rule_id || ' asks for the country ' || country_code || '. Write a code of two capital letters such as DE.'",
            "segment not in ('', 'small', 'medium', 'large', 'unknown')":
                "'rule ' || rule_id || ' asks for the unknown segment ' || segment || '. Write small, medium, large or unknown.'",
            "language != '' and language not in (select language from " ~ seeds['country_languages'] ~ " as languages)":
                "'rule ' || rule_id || ' asks for the language ' || language || ', which no country has. Write one of seeds/country_languages.csv, or add the country there.'",
            "min_score != '' and (try_cast(min_score as double) is null or try_cast(min_score as double) < 0 or try_cast(min_score as double) > 100)":
                "'rule ' || rule_id || ' has the min_score ' || min_score || '. Write a number from 0 to 100.'",
            "min_experience not in " ~ experience:
                "'rule ' || rule_id || ' asks for the experience ' || min_experience || '. Write " ~ or_empty ~ ".'",
            "only_when_open not in ('', '0', '1')":
                "'rule ' || rule_id || ' has only_when_open ' || only_when_open || '. Write 1 (it takes leads only while its team is at work) or 0.'",
        },
        'lead_effort': {
            "lead_source = ''": "'the line has no lead_source. Write one as the CRM knows it.'",
            "slots not in ('1', '2')":
                "'leads of ' || lead_source || ' take ' || slots || ' slots. Write 1, or 2 for twice the work.'",
        },
        'stage_owners': {
            'stage not in (' ~ lead_funnel.literals(lead_funnel.owned_stages()) ~ ')':
                "'there is no stage ' || stage || ' with an owner. Write inquiry, mql, sal, sql or closed_won.'",
            "owner not in ('marketing', 'sales', 'agency')":
                "'stage ' || stage || ' has the owner ' || owner || '. Write marketing, sales or agency.'",
            "campaign_id = '' and country_code = '' and segment = ''":
                "'the owner of ' || stage || ' holds for everybody. Write it into seeds/funnel_stages.csv, or fill campaign_id, country_code or segment.'",
            "country_code != '' and (length(country_code) != 2 or country_code != upper(country_code))":
                "'the owner of ' || stage || ' asks for the country ' || country_code || '. Write a code of two capital letters such as DE.'",
            "segment not in ('', 'small', 'medium', 'large', 'unknown')":
                "'the owner of ' || stage || ' asks for the unknown segment ' || segment || '. Write small, medium, large or unknown.'",
        },
    } %}
    {% set is_unknown = lead_funnel.is_unknown_time_zone('time_zone') %}
    {% if is_unknown %}
        {% do sentences['sales_teams'].update({
            "time_zone != '' and " ~ is_unknown:
                "'team ' || team_id || ' has the unknown time_zone ' || time_zone || '. Write one such as Europe/Berlin, or leave it empty for the one of reports.'",
        }) %}
    {% endif %}
    {% set keys = {'sales_teams': 'team_id', 'sales_reps': 'rep_id', 'routing_rules': 'rule_id', 'lead_effort': 'lead_source'} %}
    {% set whole_lines = "stage || ' ' || campaign_id || ' ' || country_code || ' ' || segment" %}
    {% set queries = {} %}
    {% for name, cases in sentences.items() %}
        {% set query %}
            select
                line_number,
                mistake

            from (
                select
                    line_number,
                    case
                        {%- for condition, sentence in cases.items() %}
                        when {{ condition }} then {{ sentence }}
                        {%- endfor %}
                    end as mistake

                from {{ seeds[name] }} as written

                union all

                select
                    max(line_number) as line_number,
                    '{{ keys.get(name, 'the line') }} ' || lower({{ keys.get(name, whole_lines) }}) || ' stands in the file ' || cast(count(*) as string)
                    || ' times. Keep one line.' as mistake

                from {{ seeds[name] }} as written

                where {{ keys.get(name, "'-'") }} != ''

                group by lower({{ keys.get(name, whole_lines) }})

                having count(*) > 1
            ) as all_mistakes

            where mistake is not null
        {% endset %}
        {% do queries.update({name: query}) %}
    {% endfor %}
    {{ return(queries) }}
{% endmacro %}

{#- Whether a cell is neither empty nor a whole number from 0. -#}
{% macro is_no_count(column) -%}
    {{ column }} != '' and (
        try_cast({{ column }} as double) is null
        or try_cast({{ column }} as double) < 0
        or try_cast({{ column }} as double) != floor(try_cast({{ column }} as double))
    )
{%- endmacro %}
