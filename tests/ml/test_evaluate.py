"""Metrics equal scikit-learn's, and intervals come from drawing leads."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from ml.judge.calibration import calibration_beyond_chance
from ml.judge.capture import is_accepted
from ml.judge.evaluate import METRICS, draw_metrics, judge, lookup, weighted_metrics
from ml.judge.ranking import rank
from tests.ml.small_examples import small_examples


@pytest.mark.parametrize("decimals", [1, 8])
def test_weighted_metrics_equal_scikit_learn(decimals: int) -> None:
    examples = small_examples(300)
    random = np.random.default_rng(0)
    chances = np.clip(np.round(random.random(300), decimals), 0.05, 0.95)
    weights = random.integers(0, 4, (3, 300)).astype("float64")
    got = weighted_metrics(rank(chances, examples), weights)
    for row, own in zip(got, weights, strict=True):
        value = dict(zip(METRICS, row, strict=True))
        won = examples.is_won
        expected = {
            "roc_auc": metrics.roc_auc_score(won, chances, sample_weight=own),
            "pr_auc": metrics.average_precision_score(won, chances, sample_weight=own),
            "log_loss": metrics.log_loss(won, chances, sample_weight=own),
            "brier": metrics.brier_score_loss(won, chances, sample_weight=own),
        }
        for name, number in expected.items():
            assert value[name] == pytest.approx(number, abs=1e-12), name


def test_capture_of_a_perfect_and_of_a_constant_score() -> None:
    examples = small_examples(1000)
    examples = replace(examples, amounts=examples.is_won * 7)
    rate = examples.is_won.mean()
    scores = {"perfect": examples.is_won * 0.8 + 0.1, "constant": np.full(1000, 0.3)}
    judged = judge(scores, examples, "all", 20, 0)
    top = lookup(judged, "perfect", "wins_captured_at_10pct", "all")["value"]
    assert top == pytest.approx(0.1 / rate)
    for metric in ("wins_captured_at_20pct", "value_captured_at_20pct"):
        assert lookup(judged, "constant", metric, "all")["value"] == pytest.approx(0.2)
    assert lookup(judged, "constant", "roc_auc", "all")["value"] == pytest.approx(0.5)


def test_the_rule_of_acceptance_counts_wins_from_the_best_lead_down() -> None:
    examples = small_examples(100)
    won = np.zeros(100)
    won[[0, 1, 2, 3, 5, 30, 40, 50, 60, 90]] = 1
    examples = replace(examples, is_won=won)
    falling = np.linspace(0.9, 0.1, 100)
    judged = judge({"falling": falling}, examples, "all", 5, 0, capacity=0.04)
    value = judged.set_index("metric")["value"]
    # The sixth of ten wins is the 31st lead; five of the best 20 against one of the worst.
    assert value["share_holding_60pct_of_wins"] == pytest.approx(0.31)
    assert value["best_fifth_to_worst_fifth"] == pytest.approx(5.5 / 1.5)
    assert value["wins_captured_at_capacity"] == pytest.approx(0.4)
    assert value["lift_at_capacity"] == pytest.approx(10)
    assert not is_accepted(0.31, 5.5 / 1.5)
    assert is_accepted(0.35, 10.0)


def test_rows_of_a_lead_do_not_narrow_the_interval() -> None:
    once = small_examples(200)
    rows = np.repeat(np.arange(200), 9)
    values = {name: getattr(once, name) for name in once.__dataclass_fields__}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            values[name] = value[rows]
    values["frame"] = once.frame.iloc[rows]
    often = type(once)(**values)
    chances = np.random.default_rng(1).random(200) * 0.8 + 0.1
    narrow = draw_metrics({"model": chances}, once, 200, 3)[1:, 0, 0].std()
    same = draw_metrics({"model": chances[rows]}, often, 200, 3)[1:, 0, 0].std()
    assert same == pytest.approx(narrow, rel=0.05)


def test_differences_are_paired() -> None:
    examples = small_examples(500)
    chances = np.random.default_rng(2).random(500) * 0.8 + 0.1
    judged = judge({"model": chances, "points": chances}, examples, "all", 100, 0)
    row = lookup(judged, "model", "roc_auc", "all")
    assert row["difference_low"] == row["difference_high"] == 0
    assert row["interval_low"] < row["value"] < row["interval_high"]


def test_calibration_beyond_chance_sees_a_miss_and_forgives_chance() -> None:
    random = np.random.default_rng(4)
    examples = small_examples(600)
    chances = random.uniform(0.05, 0.5, 600)
    honest = replace(examples, is_won=(random.random(600) < chances).astype("float64"))
    assert calibration_beyond_chance(chances, honest) < 0.02
    assert calibration_beyond_chance(chances + 0.3, honest) > 0.2
