"""Verdicts on a world that stays, moves, or tells a model nothing."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from ml.data.examples import Examples, take
from ml.data.features import AGE_FEATURE
from ml.judge.bench import run_bench
from ml.judge.distributions import distributions
from ml.judge.drift import (
    USUAL_LIMITS,
    Drift,
    DriftLimits,
    calibration_by_period,
    measure_drift,
    project_limits,
)
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples

MONTH = 2_629_800_000_000


def dated(examples: Examples, months: int = 6) -> Examples:
    """Spread the examples over months from 2026 on."""
    start = np.datetime64("2026-01-01", "us").astype(np.int64)
    return replace(
        examples, time=start + np.arange(len(examples)) * MONTH * months // len(examples)
    )


def verdict(train: Examples, test: Examples) -> Drift:
    settings = ModelSettings(bootstrap_draws=100)
    return run_bench(train, test, settings, has_time=True).drift


@pytest.fixture(scope="module")
def world() -> tuple[Examples, Examples]:
    examples = dated(small_examples(2000))
    rows = np.arange(2000)
    return take(examples, rows < 1300), take(examples, rows >= 1300)


def test_a_world_that_stays_is_kept(world) -> None:
    found = verdict(*world)
    assert found.verdict == "keep"
    assert not found.periods["is_off"].any()


def test_a_moved_base_rate_asks_for_a_refit_and_names_the_month(world) -> None:
    train, test = world
    more = (test.is_won > 0) | (np.random.default_rng(0).random(len(test)) < 0.5)
    found = verdict(train, replace(test, is_won=more.astype("float64")))
    assert found.verdict == "refit"
    assert "base rate" in found.reason
    assert found.periods["is_off"].iloc[-1]


def test_where_points_order_better_the_verdict_is_points(world) -> None:
    noise = np.random.default_rng(1).normal(scale=0.3, size=2000)
    sides = [
        replace(side, points=side.is_won + noise[: len(side)], weights=np.ones(len(side)))
        for side in world
    ]
    assert verdict(*sides).verdict == "points"


def test_only_the_month_that_misses_is_off(world) -> None:
    _, test = world
    chances = np.full(len(test), 0.3)
    last = test.time >= np.sort(test.time)[-400]
    won = np.random.default_rng(2).random(len(test)) < np.where(last, 0.7, 0.3)
    periods = calibration_by_period(replace(test, is_won=won.astype("float64")), chances)
    assert list(periods["period"]) == sorted(periods["period"])
    assert periods["is_off"].iloc[-1]
    assert not periods["is_off"].iloc[0]


def test_without_time_there_are_no_months(world) -> None:
    _, test = world
    timeless = replace(test, time=np.zeros(len(test), dtype=np.int64))
    chances = np.full(len(test), test.is_won.mean())
    found = measure_drift(timeless, timeless, chances, chances, is_worth_it=True)
    assert found.verdict == "keep"
    assert found.periods.empty


def test_limits_are_those_of_the_project_and_else_the_usual_ones(tmp_path: Path) -> None:
    project = Path(__file__).parents[2]
    said = yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]
    assert {f"drift_{field.name}" for field in fields(DriftLimits)} <= set(said)
    assert project_limits(project) == USUAL_LIMITS
    assert project_limits(tmp_path) == USUAL_LIMITS
    (tmp_path / "dbt_project.yml").write_text("vars: {drift_shifted: 0.5}")
    assert project_limits(tmp_path) == replace(USUAL_LIMITS, shifted=0.5)


def test_another_limit_gives_another_verdict(world) -> None:
    train, test = world
    chances = np.random.default_rng(4).random(len(train))
    now = np.random.default_rng(5).random(len(test)) ** 2
    verdicts = [
        measure_drift(train, test, chances, now, is_worth_it=True, limits=limits).reason
        for limits in (USUAL_LIMITS, replace(USUAL_LIMITS, shifted=10.0))
    ]
    assert ["scores are spread" in reason for reason in verdicts] == [True, False]


def test_what_is_kept_of_training_counts_each_weekly_example_once(world) -> None:
    train, _ = world
    kinds = np.where(np.arange(len(train)) % 4 == 0, "entry", "weekly").astype(object)
    worked = np.arange(len(train)) % 3 > 0
    train = replace(train, kinds=kinds, is_worked=worked)
    found = distributions(train, np.linspace(0, 1, len(train)))
    weekly = int((kinds == "weekly").sum())
    counts = found.groupby("feature")["examples"].sum()
    assert set(counts[[*train.features, "probability"]]) == {weekly}
    assert counts["outcome"] == counts["outcome_leads"] == worked.sum()
    wide = found[found["feature"] == "wide"]
    missing = wide.loc[wide["bin"] == "(missing)", "examples"].item()
    assert missing == train.frame["wide"][kinds == "weekly"].isna().sum()
    assert wide["upper_edge"].notna().sum() == len(wide) - 2
    assert not found.duplicated(["feature", "bin"]).any()


def test_scores_are_kept_by_the_age_of_all_examples(world) -> None:
    train, _ = world
    ages = np.where(np.arange(len(train)) % 2 == 0, 7.0, 200.0)
    aged = replace(train, frame=train.frame.assign(**{AGE_FEATURE: ages}))
    found = distributions(aged, np.linspace(0, 1, len(train)))
    counts = found.groupby("feature")["examples"].sum()
    kept = {name: count for name, count in counts.items() if name.startswith("probability, ")}
    half = len(train) // 2
    assert kept == {"probability, 0 to 7 days": half, "probability, over 180 days": half}
