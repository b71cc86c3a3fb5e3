{#- How far the wins that come may lie from those promised: chance, and that the level moves. Leads of
    one quarter close better than those of another, all together, and no model sees it in
    advance. The level is a shift of the log odds of all leads of a week, of mean 0; with it the
    variance of the wins is V + (deviation * V)^2, where V, the sum of p (1 - p), is that of chance
    alone (Williams 1982, Extra-binomial variation in logistic linear models, Applied Statistics 31,
    144-148). So what chance adds shrinks with size, and what the level adds does not.

    The range holds about 19 of 20 outcomes, and allows half a win because wins are whole. Not
    exactly: weeks of one quarter share their level, but count as if each told of its own, so
    the first years know the deviation less well than their number of weeks says. -#}
{% macro promise_reach(variance, level_deviation) -%}
    1.96 * sqrt({{ variance }} + power({{ level_deviation }} * ({{ variance }}), 2)) + 0.5
{%- endmacro %}

{#- What a settled week says of the variance of the level: what it missed beyond chance, in log
    odds, by the method of moments. A week counts by how well it can tell, large weeks
    all alike: they share one level, however many leads they have. ml/judge/forecast.py has the same. -#}
{% macro level_weight(variance) -%}
    power(({{ variance }}) / (1 + {{ level_prior_variance() }} * ({{ variance }})), 2)
{%- endmacro %}

{% macro level_excess(wins, expected, variance) -%}
    (power({{ wins }} - {{ expected }}, 2) - ({{ variance }}))
    / power(1 + {{ level_prior_variance() }} * ({{ variance }}), 2)
{%- endmacro %}

{#- The deviation of the level, from what training took of it before any later week (null: the
    prior), which counts as level_prior_weeks large weeks, and what weeks say (sums of level_excess
    and level_weight; null where there are none). With a prior of 0 nothing is allowed for the
    level; with 0 prior weeks the weeks alone decide, as soon as there are any. -#}
{% macro level_deviation(trained_variance, excess, weight) -%}
    {%- if var('level_prior_deviation') == 0 -%}
    cast(0 as double)
    {%- else -%}
    {%- set before = 'coalesce(' ~ trained_variance ~ ', ' ~ level_prior_variance() ~ ')' -%}
    {%- set prior_weight =
        'cast(' ~ var('level_prior_weeks') / var('level_prior_deviation') ** 4 ~ ' as double)' -%}
    sqrt(greatest(
        coalesce(
            ({{ prior_weight }} * {{ before }} + coalesce({{ excess }}, 0))
            / nullif({{ prior_weight }} + coalesce({{ weight }}, 0), 0),
            {{ before }}
        ),
        0
    ))
    {%- endif -%}
{%- endmacro %}

{#- Whether a week tells a version of its level, each week once: those that it was tested on, and of
    those published the ones after its test. What it was trained on is in its level_variance.
    week: alias of rows of weeks; version: the version; test_until: until when it was tested. -#}
{% macro tells_of_level(week, version, test_until) -%}
    (
        ({{ week }}.basis = 'tested' and {{ week }}.model_version = {{ version }})
        or (
            {{ week }}.basis = 'published'
            and {{ week }}.week_date
            > coalesce({{ lead_funnel.reporting_week(lead_funnel.reporting_time(test_until)) }}, date '1970-01-01')
        )
    )
{%- endmacro %}

{% macro level_prior_variance() -%}
    cast({{ var('level_prior_deviation') ** 2 }} as double)
{%- endmacro %}

{#- What training took of the variance of the level, by version.
    metrics: ml.model_metrics. -#}
{% macro trained_levels(metrics) -%}
select
    model_version,
    max(value) as level_variance

from {{ metrics }}

where metric = 'level_variance'

group by model_version
{%- endmacro %}
