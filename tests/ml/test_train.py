"""Training on the warehouse, and the gate before routing."""

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from ml.commands.cli import main
from ml.data import samples
from ml.data.features import declared_features
from ml.judge import evaluate, probes, scorers
from ml.model import estimate, time_proxies, weights
from ml.model.predict import predict_from_terms
from tests.ml.warehouse_builder import World, build, training_examples

# What is said of boosting is held by these. It takes a third of a training, and nothing hangs on it
# but its own rows of the comparison.
WITH_ALL_TREES = (
    "test_a_good_model_becomes_champion",
    "test_same_rows_same_version_bit_for_bit",
    "test_reps_ratings_are_judged_on_the_leads_they_rated",
)


@pytest.fixture(autouse=True)
def few_trees(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.originalname not in WITH_ALL_TREES:
        monkeypatch.setattr(scorers, "TREES", 3)


def lead_ml(path: Path, *arguments: str) -> int:
    return main([*arguments, "--db", str(path), "--project-dir", str(path.parent)])


def rows(path: Path, table: str) -> pd.DataFrame:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql(f"select * from ml.{table}").df()


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
        monkeypatch.setattr(estimate, "CROSS_VALIDATION_ROWS", 500)
        monkeypatch.setattr(time_proxies, "TIME_PROXY_ROWS", 500)
        monkeypatch.setattr(estimate, "MANY_ROWS", 400)
        monkeypatch.setattr(estimate, "ROWS_AT_ONCE", 300)
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


@pytest.mark.slow
def test_no_signal_is_promoted_at_most_once_in_twenty_worlds(tmp_path) -> None:
    promoted = []
    for seed in range(20):
        world = World(
            leads=900, seed=seed, signal=0.0, points_signal=0.0, constant_points=seed % 2 == 0
        )
        path = build(tmp_path / str(seed), world)
        assert lead_ml(path, "train") == 0
        [version] = rows(path, "model_versions").to_dict("records")
        promoted.append(bool(version["is_champion"]))
        if not promoted[-1]:
            assert "not clearly better than" in version["gate_reason"]
    assert sum(promoted) <= 1


@pytest.mark.slow
def test_model_worse_than_good_points_stays_challenger(tmp_path) -> None:
    path = build(tmp_path, World(leads=1500, signal=1.0, points_signal=3.0))
    assert lead_ml(path, "train") == 0
    versions = rows(path, "model_versions")
    assert not versions["is_champion"].any()
    assert "not clearly better than points" in versions["gate_reason"].item()


def test_a_leak_is_never_promoted(tmp_path, good_world) -> None:
    path = build(tmp_path, replace(good_world, leak=True))
    assert lead_ml(path, "train") == 0
    versions = rows(path, "model_versions")
    assert not versions["is_champion"].any()
    assert "leak suspects: noise" in versions["gate_reason"].item()
    probes = rows(path, "feature_probes").set_index("feature")["verdict"]
    assert probes["noise"] == "leak"


def test_reps_ratings_are_judged_on_the_leads_they_rated(tmp_path, good_world, capsys) -> None:
    path = build(tmp_path, replace(good_world, rated=True))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table marts.capacity_plan as "
            "select 'all' as team_id, 30 as weekly_capacity, 400 as candidates"
        )
    assert lead_ml(path, "train") == 0
    assert lead_ml(path, "compare") == 0
    report = capsys.readouterr().out
    assert "Sales can take 7.5% of the waiting leads" in report
    assert "Leads that a rep had rated by then" in report
    judged = rows(path, "score_comparison_log")
    scorers = judged.groupby("subset")["scorer"].unique().map(set).to_dict()
    assert scorers["rated"] == {"model", "points", "boosting", "base_rate", "reps_rating"}
    assert "reps_rating" not in scorers["all"]
    found = judged[judged["subset"] == "rated"].set_index(["scorer", "metric"])
    rating = found.loc[("reps_rating", "roc_auc")]
    assert 0.6 < rating["value"] < 0.9
    assert rating["difference_low"] > 0
    lift = found.loc[("model", "lift_at_capacity"), "value"]
    captured = found.loc[("model", "wins_captured_at_capacity"), "value"]
    assert lift == pytest.approx(captured / 0.075)
    metrics = rows(path, "model_metrics")
    measured = set(metrics["subset"])
    assert {"policy all", "policy worked", "policy weighted", "rated"} <= measured
    assert "only in its best fifth" in measured


@pytest.mark.slow
def test_a_field_written_after_the_win_is_caught_and_named(tmp_path, capsys) -> None:
    world = World(leads=2500, signal=1.2, points_signal=0.1, intercept=-3.2, written_later=True)
    path = build(tmp_path, world)
    assert lead_ml(path, "train") == 0
    report = capsys.readouterr().out
    assert "noise: alone it orders wins" in report
    assert "almost certainly a leak" in report
    versions = rows(path, "model_versions")
    assert not versions["is_champion"].any()
    assert versions["gate_reason"].item() == "leak suspects: noise"
    probes = rows(path, "feature_probes").set_index("feature")
    assert probes["verdict"].to_dict() == {
        "noise": "leak", "visits_7d": "clean", "recency_days": "clean",
        "source": "clean", "has_phone": "clean",
    }  # fmt: skip
    # Alone it is far from 0.95: half of the winners have nothing there.
    assert probes.loc["noise", "auc"] < 0.85
    assert probes.loc["noise", "purest_share"] > 0.8
    assert probes.loc["noise", "drop_left_out"] > 0.05
    assert probes["drop_shuffled"].idxmax() == "noise"


def test_below_forty_wins_there_is_no_model(tmp_path, capsys) -> None:
    path = build(tmp_path, World(leads=300, intercept=-4.0, signal=0.5))
    assert lead_ml(path, "train") == 0
    assert "No model" in capsys.readouterr().out
    assert rows(path, "model_versions").empty


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


def test_unobserved_work_counts_as_worked(warehouse) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update marts.fct_training_examples set is_worked = null, "
            "label_state = case when label_state = 'never_worked' then 'lost' else label_state end"
        )
    assert lead_ml(warehouse, "train", "--label-policy", "worked") == 0
    row = rows(warehouse, "model_versions").iloc[0]
    assert row["train_examples"] > 0
    assert np.isfinite(row["train_wins"])


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        ("drop table ml.model_terms", "no table ml.model_terms. Run dbt build"),
        ("drop table marts.fct_training_examples", "Run dbt build first"),
        ("alter table marts.fct_training_examples drop column visits_7d", "column visits_7d"),
        ("alter table marts.fct_training_examples drop column is_won", "column is_won"),
    ],
)
def test_broken_warehouses(warehouse, capsys, breakage, expected) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(breakage)
    assert lead_ml(warehouse, "train") == 2
    error = capsys.readouterr().err
    assert expected in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("delete from marts.fct_training_examples", "holds no rows"),
        ("update marts.fct_training_examples set is_won = null", "no outcome is settled"),
        ("update marts.fct_training_examples set as_of = timestamp '2025-01-01'", "settled"),
        (
            "update marts.fct_training_examples set is_won = false, label_state = 'lost' "
            "where is_won",
            "0 won leads",
        ),
    ],
)
def test_young_warehouses_stay_on_points_without_an_error(
    warehouse, capsys, change, expected
) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(change)
    assert lead_ml(warehouse, "train") == 0
    report = capsys.readouterr().out
    assert report.startswith("No model: ")
    assert expected in report
    assert rows(warehouse, "model_versions").empty


@pytest.mark.parametrize("value", ["null", "3"])
def test_features_that_say_nothing_do_no_harm(warehouse, value) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            f"update marts.fct_training_examples set noise = {value}, source = null "
            "where as_of < timestamp '2025-09-01'"
        )
    assert lead_ml(warehouse, "train") == 0
    terms = rows(warehouse, "model_terms")
    assert terms["coefficient"].notna().all()


def test_bad_warehouse_arguments(warehouse, tmp_path, capsys) -> None:
    assert lead_ml(tmp_path / "none.duckdb", "versions") == 2
    assert "no warehouse" in capsys.readouterr().err
    text = tmp_path / "text.duckdb"
    text.write_text("not a database, only a few words of text")
    assert lead_ml(text, "versions") == 2
    assert "cannot be opened" in capsys.readouterr().err
    assert lead_ml(warehouse, "show", "v0") == 0
    assert "No versions yet" in capsys.readouterr().out
    assert lead_ml(warehouse, "promote", "v0") == 2
    assert "no version 'v0'" in capsys.readouterr().err
    declared = warehouse.parent / "models" / "marts" / "_scoring__models.yml"
    declared.write_text("models: []")
    assert lead_ml(warehouse, "train") == 2
    assert "declared as a feature" in capsys.readouterr().err
    declared.write_text("fct_training_examples: [")
    assert lead_ml(warehouse, "train") == 2
    assert "cannot be read as YAML" in capsys.readouterr().err


def test_database_comes_from_the_profile(warehouse, monkeypatch, capsys) -> None:
    monkeypatch.setenv("LEAD_FUNNEL_DB", str(warehouse))
    (warehouse.parent / "profiles.yml").write_text(
        "lead_funnel:\n  target: duckdb\n  outputs:\n    duckdb:\n      type: duckdb\n"
        "      path: \"{{ env_var('LEAD_FUNNEL_DB', 'data/warehouse.duckdb') }}\"\n"
    )
    assert main(["versions", "--project-dir", str(warehouse.parent)]) == 0
    assert "No versions yet" in capsys.readouterr().out
