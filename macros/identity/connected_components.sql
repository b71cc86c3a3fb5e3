{#- How a model of links becomes a table of connected components: one row per node of
    the links (node_key) with the smallest node of its component (component_key). The
    model itself is the query of the links: left_key and right_key, never null.
    Rounds of contraction run until no link is left. Only the last statement writes
    under the model's name, so that a run that fails before it leaves the table as it
    was; all else is as in the adapter's own tables. -#}

{% materialization connected_components, default %}

    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(
        target_relation, existing_relation.type if existing_relation else 'table'
    ) -%}

    {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set rounds = lead_funnel.run_contraction(compiled_code) -%}

    {%- call statement('main') -%}
        {{ get_create_table_as_sql(
            False, intermediate_relation, lead_funnel.contracted_components(rounds)
        ) }}
    {%- endcall -%}

    {%- if existing_relation is not none -%}
        {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
    {%- do create_indexes(target_relation) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {%- do apply_grants(
        target_relation,
        config.get('grants'),
        should_revoke=should_revoke(existing_relation, full_refresh_mode=True)
    ) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- for round_relation in rounds -%}
        {%- do lead_funnel.drop_working_table(round_relation) -%}
    {%- endfor -%}

    {%- do adapter.commit() -%}

    {%- do drop_relation_if_exists(backup_relation) -%}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}


{# Without transactions the old table is dropped as late as can be: when its
   successor's rounds are done. #}
{% materialization connected_components, adapter='spark' %}

    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set file_format = config.get('file_format', 'parquet') -%}
    {%- set is_replaced = existing_relation is not none and (
        (file_format == 'delta' and existing_relation.is_delta)
        or (file_format == 'iceberg' and existing_relation.is_iceberg)
    ) -%}

    {# What a run left behind that was killed in the midst of its rounds. #}
    {%- for name in lead_funnel.table_names(this.without_identifier())
        if (name | string).startswith(this.identifier ~ '__round_') -%}
        {%- do lead_funnel.drop_working_table(this.incorporate(path={'identifier': name})) -%}
    {%- endfor -%}

    {{ run_hooks(pre_hooks) }}

    {%- set rounds = lead_funnel.run_contraction(compiled_code) -%}

    {%- if existing_relation is not none and not is_replaced -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}

    {%- call statement('main') -%}
        {{ create_table_as(
            False, target_relation, lead_funnel.contracted_components(rounds)
        ) }}
    {%- endcall -%}

    {%- do apply_grants(
        target_relation,
        config.get('grants'),
        should_revoke=should_revoke(existing_relation, full_refresh_mode=True)
    ) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do persist_constraints(target_relation, model) -%}
    {%- for round_relation in rounds -%}
        {%- do lead_funnel.drop_working_table(round_relation) -%}
    {%- endfor -%}

    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}


{#- Contract links round by round until none is left, and give the rounds' relations.
    In every round each component that is not finished loses a node, and as a rule half
    of them: the loop ends, and only a fault makes it meet the limit. -#}
{% macro run_contraction(links) %}
    {%- set most = var('max_contraction_rounds') | int -%}
    {%- set rounds = [] -%}
    {%- set link_counts = [] -%}
    {%- set state = namespace(links=links) -%}
    {%- for number in range(1, most + 1) -%}
        {%- set round_relation = lead_funnel.create_working_table(
            '__round_' ~ number, lead_funnel.contraction_round(state.links, number)
        ) -%}
        {%- do rounds.append(round_relation) -%}
        {%- call statement('remaining_links', fetch_result=True) -%}
            select count(*) from {{ round_relation }} where left_parent_key != right_parent_key
        {%- endcall -%}
        {%- do link_counts.append(load_result('remaining_links')['data'][0][0] | int) -%}
        {%- if link_counts[-1] == 0 -%}{%- break -%}{%- endif -%}
        {%- set state.links = lead_funnel.remaining_links(round_relation) -%}
    {%- endfor -%}
    {%- if link_counts[-1] -%}
        {%- for round_relation in rounds -%}
            {%- do lead_funnel.drop_working_table(round_relation) -%}
        {%- endfor -%}
        {%- do exceptions.raise_compiler_error(
            this.identifier ~ ': links are left after ' ~ most ~ ' rounds; each left '
            ~ link_counts | join(', ') ~ '. If these numbers still fall, raise the variable '
            ~ 'max_contraction_rounds; if they do not, look for faults in the keys of the links.'
        ) -%}
    {%- endif -%}
    {{- return(rounds) -}}
{% endmacro %}
