"""Training on the warehouse: what it writes, when it is due, and which version is champion."""

from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from ml.data import samples
from ml.data.features import declared_features
from ml.judge import evaluate, probes
from ml.model import estimate, penalty, terms, time_proxies, weights
from ml.model.predict import predict_from_terms
from tests.ml.trainings import lead_ml, rows
from tests.ml.warehouse_builder import build, training_examples

pytestmark = pytest.mark.usefixtures("few_trees")


def test_a_good_model_becomes_champion(warehouse, capsys) -> None:
    assert lead_ml(warehouse, "train") == 0
    versions = rows(warehouse, "model_versions")
    report = capsys.readouterr().out
    assert versions["is_champion"].tolist() == [True], report
    assert versions["gate_passed"].tolist() == [True]
    row = versions.iloc[0]
    assert row["train_until"] + pd.Timedelta(days=90) <= row["test_from"]
    assert row["label_policy"] == "weighted"
    terms = rows(warehouse, "model_terms")
    assert set(terms["feature"]) - {""} == set(declared_features(warehouse.parent))
    assert "not_mine" not in set(terms["feature"])
    comparison = rows(warehouse, "score_comparison_log")
    assert set(comparison["scorer"]) == {"model", "points", "boosting", "base_rate"}
    assert set(comparison["subset"]) == {"all", "entry", "handoff"}
    assert len(rows(warehouse, "feature_probes")) == 5
    for command in (["versions"], ["show"], ["show", row["model_version"]], ["compare"]):
        assert lead_ml(warehouse, *command) == 0
    printed = capsys.readouterr().out
    assert "champion" in printed
    assert "Label policies" in printed
    assert "visits_7d" in printed


def test_the_published_terms_know_who_wins(trained) -> None:
    with duckdb.connect(str(trained), read_only=True) as connection:
        frame = connection.sql("from marts.fct_training_examples where is_won is not null").df()
    chances = predict_from_terms(rows(trained, "model_terms"), frame)
    won = frame["is_won"].astype(bool).to_numpy()
    assert chances[won].mean() > chances[~won].mean() + 0.05
    assert ((chances > 0) & (chances < 1)).all()


@pytest.mark.parametrize("sampled", [False, True])
def test_same_rows_same_version_bit_for_bit(
    sampled, tmp_path, good_world, monkeypatch, capsys
) -> None:
    if sampled:
        monkeypatch.setattr(samples, "LARGEST_FIT", 800)
        monkeypatch.setattr(weights, "LARGEST_FIT", 800)
        monkeypatch.setattr(penalty, "CROSS_VALIDATION_ROWS", 500)
        monkeypatch.setattr(time_proxies, "TIME_PROXY_ROWS", 500)
        monkeypatch.setattr(estimate, "MANY_ROWS", 400)
        monkeypatch.setattr(estimate, "ROWS_AT_ONCE", 300)
        monkeypatch.setattr(terms, "ROWS_AT_ONCE", 200)
        monkeypatch.setattr(evaluate, "LARGEST_UNPOOLED", 200)
        monkeypatch.setattr(probes, "PROBED_ROWS", 500)
    found = []
    for name in ("one", "two"):
        path = build(tmp_path / name, good_world)
        if name == "two":
            with duckdb.connect(str(path)) as connection:
                connection.execute(
                    "create or replace table marts.fct_training_examples as "
                    "select * from marts.fct_training_examples order by noise desc"
                )
        assert lead_ml(path, "train") == 0
        found.append({table: rows(path, table) for table in
                      ("model_versions", "model_terms", "model_metrics",
                       "feature_distributions")})  # fmt: skip
    assert ("Sampled: fitted on" in capsys.readouterr().out) == sampled
    for table, one in found[0].items():
        pd.testing.assert_frame_equal(one, found[1][table], check_exact=True)


def test_training_again_replaces_the_same_version(trained, capsys) -> None:
    assert lead_ml(trained, "train") == 0
    assert len(rows(trained, "model_versions")) == 1
    terms = rows(trained, "model_terms")
    assert not terms.duplicated(["model_version", "term_number"]).any()
    assert lead_ml(trained, "train", "--if-due") == 0
    assert "Not due" in capsys.readouterr().out


@pytest.mark.parametrize(("verdict", "is_due"), [("keep", False), ("refit", True)])
def test_a_champion_that_no_longer_holds_is_due_after_a_week(
    verdict, is_due, trained, good_world, capsys
) -> None:
    with duckdb.connect(str(trained)) as connection:
        connection.execute("update ml.model_versions set as_of = as_of - interval 8 day, "
                           "model_version = 'older'")  # fmt: skip
        connection.execute(f"create table marts.model_verdict as select '{verdict}' as verdict")
    capsys.readouterr()
    assert lead_ml(trained, "train", "--if-due") == 0
    assert ("Not due" not in capsys.readouterr().out) == is_due


def test_champion_stays_until_a_challenger_passes_and_rollback_goes_back(
    trained, good_world, capsys
) -> None:
    first = rows(trained, "model_versions")["model_version"].item()
    leaky = training_examples(replace(good_world, leak=True, seed=5, days=480))
    with duckdb.connect(str(trained)) as connection:
        connection.register("leaky", leaky)
        connection.execute("delete from marts.fct_training_examples")
        connection.execute("insert into marts.fct_training_examples by name from leaky")
    assert lead_ml(trained, "train", "--if-due") == 0
    versions = rows(trained, "model_versions").set_index("model_version")["is_champion"]
    second = next(name for name in versions.index if name != first)
    assert versions[first]
    assert not versions[second]
    assert lead_ml(trained, "promote", second) == 2
    assert "has not passed the gate" in capsys.readouterr().err
    assert lead_ml(trained, "promote", second, "--force") == 0
    versions = rows(trained, "model_versions").set_index("model_version")["is_champion"]
    assert versions[second]
    assert not versions[first]
    assert lead_ml(trained, "rollback") == 0
    versions = rows(trained, "model_versions").set_index("model_version")["is_champion"]
    assert versions[first]
    assert not versions[second]
    assert lead_ml(trained, "rollback") == 0
    assert not rows(trained, "model_versions")["is_champion"].any()
    assert lead_ml(trained, "rollback") == 2


def test_an_honest_refresh_is_compared_with_the_champion(trained, good_world) -> None:
    later = training_examples(replace(good_world, leads=4000, days=560))
    with duckdb.connect(str(trained)) as connection:
        connection.register("later", later)
        connection.execute("delete from marts.fct_training_examples")
        connection.execute("insert into marts.fct_training_examples by name from later")
    assert lead_ml(trained, "train") == 0
    versions = rows(trained, "model_versions").sort_values("as_of")
    assert versions["is_champion"].tolist() == [False, True]
    assert "minus champion" in versions["gate_reason"].iloc[-1]


def test_early_wins_of_immature_examples_are_not_used(trained, good_world) -> None:
    before = rows(trained, "model_terms")
    with duckdb.connect(str(trained)) as connection:
        connection.execute(
            "update marts.fct_training_examples set is_won = true, label_state = 'won' "
            "where label_state = 'immature' and hash(lead_key) % 3 = 0"
        )
        connection.execute(
            "update marts.fct_training_examples set label_known_at = "
            "least(as_of + interval 3 day, timestamp '2026-02-24') "
            "where label_state = 'won' and as_of > timestamp '2025-11-20'"
        )
    assert lead_ml(trained, "train") == 0
    after = rows(trained, "model_terms")
    same = after["model_version"].unique()
    assert len(same) == 1
    pd.testing.assert_frame_equal(before, after)
