{#- Reads the field map as people wrote it, before anything is loaded, and stops at a
    line that a push could not carry out, or should not. Where files cannot be read
    (other engines) the same mistakes fail the test assert_crm_fields_can_be_written.
    A file that is not in place yet: dbt run-operation check_crm_field_map --args '{file: my_map.csv}'. -#}
{% macro check_crm_field_map(file='') %}
    {% if execute and lead_funnel.is_embedded() %}
        {% set path = file or lead_funnel.seed_path('crm_field_map') %}
        {% set name = file or 'seeds/crm_field_map.csv' %}
        {% do lead_funnel.stop_at_mistakes(name, lead_funnel.crm_field_mistakes(
            lead_funnel.csv_relation(path, name, ['crm', 'object_type', 'our_column', 'crm_field'])
        )) %}
    {% endif %}
{% endmacro %}

{#- The columns that a CRM can be told: those of the mart. -#}
{% macro crm_columns() %}
    {% if not execute %}{{ return([]) }}{% endif %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.name == 'crm_lead_sync_changes' %}
        {{ return(node.columns.keys() | list) }}
    {% endfor %}
{% endmacro %}

{#- What a CRM is told of a person when it creates the record, and never again. -#}
{% macro columns_of_new_records() %}
    {{ return(['email', 'first_name', 'last_name', 'company_name', 'job_title', 'phone']) }}
{% endmacro %}

{#- Fields that reps fill in or the CRM itself keeps, in lower case. -#}
{% macro fields_of_reps() %}
    {{ return([
        'id', 'hs_object_id', 'ownerid', 'status', 'rating', 'leadsource', 'firstname', 'lastname', 'email', 'phone',
        'company', 'title', 'description', 'hubspot_owner_id', 'hs_lead_status', 'lifecyclestage', 'jobtitle',
    ]) }}
{% endmacro %}

{#- A query with one row for each mistake: line_number, mistake. Takes a relation whose
    cells are all text; line_number may be null. -#}
{% macro crm_field_mistakes(map) %}
{%- set on_line = "coalesce(', as on line ' || cast(min(line_number) as string), '')" -%}
with

lines as (

    select * from {{ map }} as written

),

wrong_cells as (

    select
        line_number,
        case
            when crm not in ('hubspot', 'salesforce')
                then 'there is no CRM ' || crm || '. Write hubspot or salesforce.'
            when object_type = ''
                then 'the line names no object_type. Write the kind of object that takes the field, such as contacts or Lead.'
            when our_column not in ({{ literals(crm_columns() + columns_of_new_records()) }})
                then 'crm_lead_sync has no column ' || our_column || '. Write one of {{ (crm_columns() + columns_of_new_records()) | join(', ') }}.'
            when crm_field = ''
                then 'the line names no crm_field for ' || our_column || '. Write the field of the CRM, or delete the line.'
            when instr(crm_field, ' ') > 0
                then 'no field is called ' || crm_field || '. Write its name in the interface, which has no spaces, and not its label.'
            when our_column = 'crm_lead_id' and lower(crm_field) <> 'id'
                then 'crm_lead_id goes into ' || crm_field || '. It is the CRM id by which the record is found: write id for hubspot, Id for salesforce.'
            when
                our_column not in ('crm_lead_id', {{ literals(columns_of_new_records()) }})
                and lower(crm_field) in ({{ literals(fields_of_reps()) }})
                then crm_field || ' belongs to reps or to the CRM, and ' || our_column || ' would overwrite it. Make a field of your own in the CRM and write its name.'
        end as mistake

    from lines

),

repeated_columns as (

    select
        max(line_number) as line_number,
        our_column || ' of ' || crm || ' ' || object_type || ' is mapped again' || {{ on_line }}
        || '. Keep one of the lines.' as mistake

    from lines

    group by crm, object_type, our_column

    having count(*) > 1

),

repeated_fields as (

    select
        max(line_number) as line_number,
        crm || ' ' || object_type || ' would write two columns into ' || max(crm_field) || {{ on_line }}
        || '. Give each a field of its own.' as mistake

    from lines

    where crm_field <> ''

    group by crm, object_type, lower(crm_field)

    having count(distinct our_column) > 1

),

without_key as (

    select
        min(line_number) as line_number,
        crm || ' ' || object_type || ' has no line for crm_lead_id, so no record would be found. Add '
        || crm || ',' || object_type || ',crm_lead_id,' || case when crm = 'salesforce' then 'Id' else 'id' end || '.' as mistake

    from lines

    where crm in ('hubspot', 'salesforce') and object_type <> ''

    group by crm, object_type

    having max(case when our_column = 'crm_lead_id' then 1 else 0 end) = 0

)

select * from wrong_cells where mistake is not null
{%- for other in ['repeated_columns', 'repeated_fields', 'without_key'] %}
union all
select * from {{ other }}
{%- endfor %}
{%- endmacro %}
