"""Scoring, replayed on made-up rows."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.model.estimate import fold_into_terms
from ml.model.terms import AdditiveTerms
from tests.dbt_runs import PROJECT
from tests.marts.scratch import AS_OF, Compiled, Warehouse, keys


def random_features(
    compiled: Compiled, rows: int, random: np.random.Generator, *, extreme: bool
) -> pd.DataFrame:
    """Features with nulls; extreme ones lie far outside, with levels never seen."""
    frame = pd.DataFrame({"lead_key": keys(rows, random)})
    for feature, kind in compiled.features.items():
        if kind == "numeric":
            shape = random.integers(3)
            values = [
                random.poisson(2, rows).astype(float),
                random.lognormal(3, 2, rows),
                random.normal(0, 10, rows),
            ][shape]
            if extreme:
                values = values * random.choice([-1e6, 1.0, 1e6], rows)
            frame[feature] = np.where(random.random(rows) < 0.15, np.nan, values)
        else:
            levels = np.array(["a", "b", "(missing)", "x'y", "é", ""], dtype=object)
            values = random.choice(levels, rows)
            if extreme:
                values = np.where(random.random(rows) < 0.3, "never seen", values)
            frame[feature] = np.where(random.random(rows) < 0.15, None, values)
    return frame


def put_model(warehouse: Warehouse, terms: pd.DataFrame) -> None:
    """Write a fitted model as the rows that scoring reads."""
    warehouse.put(
        "model_terms",
        terms.assign(model_version="v1"),
        {"term_number": "int", "level": "varchar", "feature": "varchar"}
        | dict.fromkeys(("knot", "knot_upper", "coefficient"), "double"),
    )
    champion = {"model_version": ["v1"], "expansion_cycles": [0], "longest_age_days": [np.nan]}
    warehouse.put("int_champion", pd.DataFrame(champion))


def put_scoring_inputs(warehouse: Warehouse, features: pd.DataFrame) -> None:
    """Write all that scoring reads besides the model."""
    frame = features.assign(
        as_of=AS_OF, stage="inquiry", cycle_number=1, is_customer_asking=False,
        points_behavior=1.0, points_fit=1.0, points_total=2.0,
    )  # fmt: skip
    types = {"lead_key": "uuid"} | {
        feature: "double" if kind == "numeric" else "varchar"
        for feature, kind in warehouse.compiled.features.items()
    }
    warehouse.put("fct_lead_features", frame, types)
    warehouse.put("clock", pd.DataFrame({"as_of": [AS_OF]}))
    warehouse.put("points_thresholds", pd.read_csv(PROJECT / "seeds" / "points_thresholds.csv"))
    warehouse.put("reason_sentences", pd.read_csv(PROJECT / "seeds" / "reason_sentences.csv"))
    warehouse.put(
        "points_balances",
        features[["lead_key"]].assign(fit_grade="C", grid_cell="C3"),
        {"lead_key": "uuid"},
    )
    ledger = "lead_key uuid, cycle_number int, rule_id varchar, rule_description varchar, " \
        "dimension varchar, entry_type varchar, points double, half_life_days int, " \
        "occurred_at timestamp, known_at timestamp"  # fmt: skip
    for name, columns in (
        ("fct_points_ledger", ledger),
        ("dim_leads", "lead_key uuid, segment varchar, industry varchar"),
        ("expected_deals", "segment varchar, industry varchar, expected_amount double"),
    ):
        relation = warehouse.compiled.relations[name]
        warehouse.connection.execute(f"create schema if not exists {relation.rsplit('.', 1)[0]}")
        warehouse.connection.execute(f"create or replace table {relation} ({columns})")


@pytest.mark.parametrize("seed", range(4))
def test_the_score_in_sql_is_predict_proba(compiled: Compiled, seed: int) -> None:
    random = np.random.default_rng(seed)
    training = random_features(compiled, 1500, random, extreme=False)
    won = random.random(len(training)) < 0.3
    pipeline = Pipeline(
        [
            ("terms", AdditiveTerms(compiled.features, min_level_count=10)),
            ("logistic", LogisticRegression(C=10.0, max_iter=5000)),
        ]
    ).fit(training, won)
    terms = fold_into_terms(pipeline, pipeline["terms"].transform(training).mean(axis=0))
    features = pd.concat(
        [
            random_features(compiled, 500, random, extreme=False),
            random_features(compiled, 500, random, extreme=True),
        ]
    )

    warehouse = Warehouse(compiled)
    put_model(warehouse, terms)
    put_scoring_inputs(warehouse, features)
    put = warehouse.run("int_lead_contributions")
    reasons = warehouse.run("lead_score_reasons")
    scores = warehouse.run("lead_scores")

    expected = pd.Series(pipeline.predict_proba(features)[:, 1], index=list(features["lead_key"]))
    actual = scores.assign(lead_key=scores["lead_key"].astype(str)).set_index("lead_key")
    assert set(actual["scored_by"]) == {"model"}
    np.testing.assert_allclose(
        actual["probability"].loc[expected.index], expected, rtol=0, atol=1e-9
    )
    # Each strength is the score in percent, less what it is with the feature at its average.
    names = list(compiled.features)
    strengths = put[[f"strength_{name}" for name in names]].to_numpy()
    row = pd.Index(put["lead_key"].astype(str)).get_indexer(reasons["lead_key"].astype(str))
    logit = put["logit"].to_numpy()
    without = logit[row] - strengths[row, pd.Index(names).get_indexer(reasons["feature"])]
    np.testing.assert_allclose(
        reasons["strength"], 100 * (expit(logit[row]) - expit(without)), rtol=0, atol=1e-7
    )
    np.testing.assert_allclose(
        strengths.sum(axis=1) + put["average_logit"], logit, rtol=0, atol=1e-9
    )
    best = actual.sort_values("priority_rank")["probability"].round(9)
    assert best.is_monotonic_decreasing
