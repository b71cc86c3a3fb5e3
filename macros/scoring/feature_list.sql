{#- The features of the model, in the order they are declared: a list of
    {name, type, label, topic, for_sales}, read from the metadata of fct_lead_features, where each
    feature is declared once. Of one topic, reps read one reason; their sentences are in the seed
    reason_sentences. Empty while parsing, when there is no graph yet;
    unit tests have none either and override this macro. -#}
{% macro feature_list() %}
    {% set features = [] %}
    {% set nodes = (graph.nodes or {}) if execute else {} %}
    {% for node in nodes.values() if node.resource_type == 'model' and node.name == 'fct_lead_features' %}
        {% for column in node.columns.values() %}
            {% set meta = column.get('meta') or (column.get('config') or {}).get('meta') or {} %}
            {% if meta.get('feature') %}
                {% do features.append({
                    'name': column.name,
                    'type': meta.feature,
                    'label': (meta.get('label') or column.name | replace('_', ' ')) | replace("'", "''"),
                    'topic': meta.get('topic', ''),
                    'for_sales': meta.get('for_sales', true),
                }) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(features) }}
{% endmacro %}
