"""What a night says of the champion is what plain Python says of the same rows."""

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from lead_funnel.warehouse import open_warehouse
from ml.data.columns import numeric_values
from ml.data.examples import take
from ml.data.features import AGE_FEATURE, SILENCE_FEATURE, declared_features
from ml.data.marts import read_examples
from ml.judge.drift import (
    age_bands,
    calibration_by_age,
    calibration_by_period,
    level_index,
    numeric_index,
)
from ml.model.predict import predict_from_terms
from tests.dbt_runs import RunDbt
from tests.pipeline.demo_company import Company

PROJECT = Path(__file__).resolve().parents[2]
KNOWN_SINCE_DAYS = 150


@pytest.fixture(scope="module")
def later(company: Company, run_dbt: RunDbt, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company, as if its champion had been trained 150 days ago."""
    db = tmp_path_factory.mktemp("later") / company.db.name
    shutil.copy(company.db, db)
    with duckdb.connect(str(db)) as connection:
        connection.execute(
            f"update ml.model_versions set as_of = as_of - to_days({KNOWN_SINCE_DAYS})"
        )
    chosen = ["--select", "int_champion+"]
    chosen += ["--exclude-resource-type", "unit_test"]
    run = run_dbt(["build", *chosen], raw=company.truth.parent / "raw", db=db)
    assert run.success, run.log
    return Company(db, company.truth)


def frame(company: Company, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(company.db), read_only=True) as connection:
        return connection.execute(sql).df()


def drift(company: Company, aspect: str) -> pd.DataFrame:
    rows = frame(company, f"from marts.model_drift where aspect = '{aspect}'")
    assert len(rows)
    return rows.set_index("name")


def test_populations_are_compared_as_training_compares_them(later: Company) -> None:
    features = declared_features(PROJECT)
    with open_warehouse(later.db, read_only=True) as connection:
        examples, _ = read_examples(connection, features, 90)
    before = take(examples, examples.kinds == "weekly").frame
    now = frame(later, "from marts.fct_lead_features where days_since_cycle_start <= 56")
    rows = drift(later, "feature")
    assert set(rows["leads"]) == {len(now)}
    for feature, kind in features.items():
        if feature not in rows.index:
            continue
        expected = (
            numeric_index(numeric_values(before[feature]), numeric_values(now[feature]))
            if kind == "numeric"
            else level_index(before[feature], now[feature])
        )
        assert rows.loc[feature, "value"] == pytest.approx(expected, abs=1e-9), feature
        assert rows.loc[feature, "is_moved"] == (expected >= 0.25)
    assert len(rows) >= len(features) - 2


def test_scores_of_each_age_are_compared_over_all_scored_leads(company: Company) -> None:
    now = frame(
        company,
        "select days_since_cycle_start as days from marts.fct_lead_features "
        "inner join marts.lead_scores using (lead_key) where probability is not null",
    )
    leads = pd.Series(age_bands(numeric_values(now["days"]))).value_counts()
    rows = drift(company, "score_at_age")
    assert rows["leads"].sum() == len(now) > 0
    assert rows["leads"][rows["leads"] > 0].to_dict() == leads.to_dict()
    judged = rows[rows["leads"] >= 30]
    assert len(judged) >= 2
    assert judged["value"].notna().all()


def test_outcomes_since_training_are_scored_and_judged_as_in_python(later: Company) -> None:
    with open_warehouse(later.db, read_only=True) as connection:
        examples, as_of = read_examples(connection, declared_features(PROJECT), 90)
    [(trained,)] = later.ask("select epoch_us(as_of) from ml.model_versions where is_champion")
    terms = frame(
        later,
        "select terms.* from ml.model_terms as terms "
        "inner join ml.model_versions as versions using (model_version) where is_champion",
    )
    reach = terms[terms["kind"] == "reach"].set_index("feature")["knot_upper"]
    assert set(reach.index) == {AGE_FEATURE, SILENCE_FEATURE}
    # Nobody knows how long a lead is silent that never engaged.
    scored = np.logical_and.reduce(
        [~(numeric_values(examples.frame[name]) > bound) for name, bound in reach.items()]
    )
    fresh = take(
        examples, (examples.time + examples.horizon > trained) & examples.is_worked & scored
    )
    chances = predict_from_terms(terms, fresh.frame)
    found = frame(later, "from intermediate.int_champion_outcomes")
    assert len(found) == len(fresh) > 200
    assert np.sort(found["probability"]) == pytest.approx(np.sort(chances), abs=1e-9)

    [rate] = drift(later, "base_rate")["observed"]
    assert rate == pytest.approx(fresh.is_won.mean(), abs=1e-9)
    evenly = replace(fresh, weights=np.ones(len(fresh)))
    for aspect, by in (("calibration", calibration_by_period), ("age", calibration_by_age)):
        parts = by(evenly, chances)
        calibration = drift(later, aspect).dropna(subset="value").sort_index()
        assert list(calibration.index) == list(parts["period"])
        assert list(calibration["leads"]) == list(parts["leads"])
        assert list(calibration["is_moved"]) == list(parts["is_off"])
        for ours, theirs in (("expected", "mean_probability"), ("observed", "won_share")):
            assert calibration[ours].to_numpy() == pytest.approx(parts[theirs].to_numpy(), abs=1e-9)


def delong(won: np.ndarray, *scores: np.ndarray) -> np.ndarray:
    """Variance of the AUC, or of a difference of two, pair by pair."""
    wins, losses = won == 1, won == 0
    above = [
        (score[wins][:, None] > score[losses]) + 0.5 * (score[wins][:, None] == score[losses])
        for score in scores
    ]
    gaps = above[0] - (above[1] if len(above) > 1 else 0.0)
    return gaps.mean(axis=1).var(ddof=1) / wins.sum() + gaps.mean(axis=0).var(ddof=1) / losses.sum()


def test_the_order_since_training_is_judged_by_delong(later: Company) -> None:
    first = frame(
        later,
        "select distinct on (lead_key) * from intermediate.int_champion_outcomes "
        "order by lead_key, as_of",
    )
    won = first["won"].to_numpy()
    model, points = first["probability"].round(12), first["points_total"].round(9)
    aucs = [float(roc_auc_score(won, score)) for score in (model, points)]
    error = np.sqrt(delong(won, model.to_numpy()))
    gap_error = np.sqrt(delong(won, model.to_numpy(), points.to_numpy()))
    rows = drift(later, "order")
    assert rows.loc["model", "observed"] == pytest.approx(aucs[0], abs=1e-9)
    assert rows.loc["points", "expected"] == pytest.approx(aucs[1], abs=1e-9)
    assert rows.loc["model", "value"] == pytest.approx(0.5 - aucs[0] + 1.96 * error, abs=1e-9)
    assert rows.loc["points", "value"] == pytest.approx(
        aucs[1] - aucs[0] - 1.96 * gap_error, abs=1e-9
    )


def test_there_is_one_verdict_and_it_names_its_reason(later: Company, company: Company) -> None:
    [(verdict, leads)] = later.ask("select verdict, fresh_leads from marts.model_verdict")
    assert verdict in ("keep", "refit", "points")
    assert leads > 100
    [(reason,)] = company.ask("select reason from marts.model_verdict")
    assert "too few outcomes" in reason
