{#- The tables that lead-ml writes and scoring reads. They exist, empty, before
    any model was trained, so that `dbt build` always works by itself. -#}
{% macro ml_tables() %}
    {{ return({
        'model_versions': 'model_version string, as_of timestamp, label_horizon_days int, label_policy string, train_from timestamp, train_until timestamp, test_from timestamp, test_until timestamp, train_examples bigint, train_wins bigint, test_examples bigint, test_wins bigint, fingerprint string, is_champion boolean, gate_passed boolean, gate_reason string',
        'model_terms': 'model_version string, term_number int, feature string, kind string, knot double, knot_upper double, level string, coefficient double',
        'model_metrics': 'model_version string, scorer string, subset string, metric string, value double, interval_low double, interval_high double',
        'score_comparison': 'model_version string, subset string, scorer string, metric string, value double, interval_low double, interval_high double, difference_to_points double, difference_low double, difference_high double',
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
    {% endif %}
{% endmacro %}
