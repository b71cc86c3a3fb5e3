{#- The tables that lead-ml writes and scoring reads. They exist, empty, before
    any model was trained, so that `dbt build` always works by itself. -#}
{% macro ml_tables() %}
    {{ return({
        'model_versions': 'model_version string, as_of timestamp, label_horizon_days int, label_policy string, train_from timestamp, train_until timestamp, test_from timestamp, test_until timestamp, train_examples bigint, train_wins bigint, test_examples bigint, test_wins bigint, fingerprint string, is_champion boolean, gate_passed boolean, gate_reason string',
        'model_terms': 'model_version string, term_number int, feature string, kind string, knot double, knot_upper double, level string, coefficient double',
        'model_metrics': 'model_version string, scorer string, subset string, metric string, value double, interval_low double, interval_high double',
        'score_comparison_log': 'model_version string, subset string, scorer string, metric string, value double, interval_low double, interval_high double, reference string, difference double, difference_low double, difference_high double',
        'feature_distributions': 'model_version string, feature string, bin string, upper_edge double, examples bigint',
        'feature_probes': 'model_version string, feature string, auc double, purest_value string, purest_share double, auc_later double, drop_shuffled double, drop_left_out double, verdict string',
    }) }}
{% endmacro %}

{% macro prepare_ml() %}
    {% if execute %}
        {% do run_query('create schema if not exists ml') %}
        {% for name, columns in ml_tables().items() %}
            {% do run_query('create table if not exists ml.' ~ name ~ ' (' ~ columns ~ ')') %}
        {% endfor %}
        {% do take_over_score_comparison() %}
    {% endif %}
{% endmacro %}

{#- An older warehouse holds the log under the name of the mart, with differences to points
    only. A version that the new table already has was copied by an older version of this
    project, which was killed. -#}
{% macro take_over_score_comparison() %}
    {% if 'score_comparison' in lead_funnel.table_names('ml') %}
        {% set statements = [
            "insert into ml.score_comparison_log select model_version, subset, scorer, metric, value,"
            ~ " interval_low, interval_high, case when difference_to_points is not null then 'points' end,"
            ~ " difference_to_points, difference_low, difference_high from ml.score_comparison"
            ~ " where model_version not in (select model_version from ml.score_comparison_log)",
            'drop table ml.score_comparison',
        ] %}
        {# What such a warehouse calls a time proxy. #}
        {% do statements.append("update ml.feature_probes set verdict = 'time_proxy' where verdict = 'clock'") if lead_funnel.can_update() %}
        {% do lead_funnel.run_together(statements) %}
    {% endif %}
{% endmacro %}
