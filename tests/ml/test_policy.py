"""What another threshold would have brought is told right, where only counting misleads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from ml.commands import cli
from ml.data.columns import Floats
from ml.judge.policy import Decisions, judge, policy_table, rate_of, wilson

WEEKS, POOL, ABOVE, DRAWN = 8, 200, 40, 8


def world(random: np.random.Generator) -> tuple[Decisions, Floats]:
    """Eight weeks of decisions: the best are handed over, a few of the others are drawn.

    Returns
    -------
    decisions : Decisions
        ``is_won`` is an outcome only where handed over: nobody is won otherwise.
    chances : numpy.ndarray
        The truth: how likely each is to be won if it is handed over.
    """
    quality = random.normal(size=WEEKS * POOL)
    chances = 0.5 / (1 + np.exp(1.5 - 1.2 * quality))
    values = quality + random.normal(scale=0.5, size=len(quality))
    propensity = np.ones(len(values))
    is_handed_over = np.zeros(len(values), dtype=bool)
    for week in range(WEEKS):
        rows = np.arange(week * POOL, (week + 1) * POOL)
        ranked = rows[np.argsort(-values[rows])]
        is_handed_over[ranked[:ABOVE]] = True
        propensity[ranked[ABOVE:]] = DRAWN / (POOL - ABOVE)
        is_handed_over[random.choice(ranked[ABOVE:], DRAWN, replace=False)] = True
    is_won = (is_handed_over & (random.random(len(values)) < chances)).astype("float64")
    leads = np.arange(len(values), dtype=np.int64)
    return Decisions(leads, propensity, is_handed_over, is_won, values), chances


@pytest.mark.parametrize("threshold", [-0.5, -9.0])
def test_the_estimate_covers_the_truth_and_counting_does_not(threshold: float) -> None:
    random = np.random.default_rng(5)
    draws = 300
    errors, covered, counted_covers, counted = [], 0, 0, []
    for _ in range(draws):
        decisions, chances = world(random)
        estimate = judge(decisions, threshold)
        truth = chances[decisions.values >= threshold].sum()
        assert estimate.judged == estimate.chosen and estimate.without_propensity == 0
        errors.append(estimate.wins - truth)
        covered += estimate.low <= truth <= estimate.high
        seen = int((decisions.is_handed_over & (decisions.values >= threshold)).sum())
        low, high = wilson(estimate.naive / estimate.judged, seen)
        counted_covers += low <= truth / estimate.judged <= high
        counted.append(estimate.naive - truth)
    # Unbiased up to the noise of 300 worlds, and 95 % intervals that are.
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(draws)
    assert 0.92 <= covered / draws <= 0.99
    assert np.mean(counted) > 10 * abs(np.mean(errors))
    assert counted_covers / draws < 0.1


def test_another_score_is_judged_by_the_same_decisions() -> None:
    """The truth itself as the score: nobody was handed over by it, yet it can be judged."""
    random = np.random.default_rng(6)
    covered = 0
    for _ in range(200):
        decisions, chances = world(random)
        other = replace(decisions, values=chances)
        estimate = judge(other, 0.15)
        covered += estimate.low <= chances[chances >= 0.15].sum() <= estimate.high
    assert covered / 200 >= 0.92


def test_a_wrong_chance_gives_a_wrong_estimate() -> None:
    """The estimate hangs on the logged probability: the test above could not pass without it."""
    random = np.random.default_rng(7)
    covered = 0
    for _ in range(100):
        decisions, chances = world(random)
        # As if the draw had favoured those just below the cut-off, and nobody had logged it.
        wrong = np.where(
            decisions.propensity < 1,
            decisions.propensity * np.where(decisions.values > 0.0, 0.2, 2.0),
            1.0,
        )
        estimate = judge(replace(decisions, propensity=wrong), -9.0)
        covered += estimate.low <= chances.sum() <= estimate.high
    assert covered / 100 < 0.8


def small(**columns: list[float]) -> Decisions:
    rows = len(columns["propensity"])
    given = {name: np.asarray(values, dtype="float64") for name, values in columns.items()}
    return Decisions(
        leads=given.get("leads", np.arange(rows, dtype="float64")).astype(np.int64),
        propensity=given["propensity"],
        is_handed_over=given["is_handed_over"].astype(bool),
        is_won=given["is_won"],
        values=given.get("values", np.zeros(rows)),
    )


def test_one_drawn_of_four_stands_for_four() -> None:
    decisions = small(
        propensity=[1, 1, 0.25, 0.25, 0.25, 0.25],
        is_handed_over=[1, 1, 1, 0, 0, 0],
        is_won=[1, 0, 1, 0, 0, 0],
    )
    estimate = judge(decisions, 0.0)
    assert estimate.wins == pytest.approx(0.5 * 2 + 1.0 * 4)
    assert estimate.effective == pytest.approx((1 + 1 + 4) ** 2 / (1 + 1 + 16))
    assert estimate.naive == pytest.approx(2 / 3 * 6)


def test_nothing_is_said_of_who_had_no_chance() -> None:
    decisions = small(
        propensity=[1, 0, 0], is_handed_over=[1, 0, 0], is_won=[1, 0, 0], values=[3, 2, 1]
    )
    estimate = judge(decisions, 2.0)
    assert (estimate.chosen, estimate.without_propensity, estimate.judged) == (2, 1, 1)
    assert estimate.wins == 1.0
    assert "1 decisions had no chance" in "\n".join(policy_table([estimate]))
    only = judge(replace(decisions, values=np.array([0.0, 2.0, 2.0])), 2.0)
    assert only.judged == 0
    assert np.isnan(only.wins)


def test_without_anybody_drawn_there_is_no_estimate() -> None:
    decisions = small(propensity=[1, 0.5, 0.5], is_handed_over=[1, 0, 0], is_won=[1, 0, 0])
    estimate = judge(decisions, 0.0)
    assert np.isnan(estimate.wins)
    assert "none of those that hung on the draw was drawn" in "\n".join(policy_table([estimate]))


def test_a_lead_that_was_decided_about_often_tells_no_more_than_once() -> None:
    """Each lead twice, with one outcome: the interval is that of each once."""
    once = small(propensity=[0.5] * 40, is_handed_over=[1] * 40, is_won=[1] * 10 + [0] * 30)
    twice = small(
        propensity=[0.5] * 80,
        is_handed_over=[1] * 80,
        is_won=[1] * 20 + [0] * 60,
        leads=[float(number // 2) for number in range(80)],
    )
    everything = np.ones(80, dtype=bool)
    assert rate_of(twice, everything) == pytest.approx(rate_of(once, everything[:40]))


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse with logged decisions, a model of one feature, and examples."""
    random = np.random.default_rng(3)
    decisions, _ = world(random)
    rows = len(decisions.leads)
    decided = pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * (decisions.leads // POOL), unit="D")
    frame = pd.DataFrame(
        {
            "lead_key": [f"lead-{number}" for number in decisions.leads],
            "decided_at": decided,
            "week_date": decided,
            "propensity": decisions.propensity,
            "is_handed_over": decisions.is_handed_over,
            "probability": None,
            "points_total": decisions.values,
            "label_state": np.where(decisions.is_won > 0, "won", "not_won"),
        }
    )
    frame.loc[rows - POOL :, "label_state"] = "immature"
    examples = pd.DataFrame(
        {
            "lead_key": frame["lead_key"],
            "as_of": frame["decided_at"] - pd.Timedelta(days=3),
            "visits_7d": decisions.values,
        }
    )
    # Too old to speak of the lead at its decision.
    examples.loc[:9, "as_of"] -= pd.Timedelta(days=5)
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create schema ml")
        connection.execute(
            "create table marts.handoff_decisions as select * replace (cast(probability as double) "
            "as probability, cast(week_date as date) as week_date) from frame"
        )
        connection.execute("create table marts.fct_training_examples as from examples")
        connection.execute(
            "create table ml.model_versions as select 'v1' as model_version, "
            "timestamp '2025-01-13' as as_of"
        )
        connection.execute(
            "create table ml.model_terms (model_version text, term_number int, feature text, "
            "kind text, knot double, knot_upper double, level text, coefficient double)"
        )
        connection.execute(
            "insert into ml.model_terms values "
            "('v1', 0, '', 'intercept', null, null, null, -2), "
            "('v1', 1, 'visits_7d', 'ramp', -5, 5, null, 8), "
            "('v1', 2, 'visits_7d', 'missing', null, null, null, 0)"
        )
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "x.yml").write_text(
        "models:\n  - name: fct_training_examples\n    columns:\n"
        "      - {name: visits_7d, config: {meta: {feature: numeric}}}\n"
    )
    return file


def policy(warehouse: Path, *words: str) -> int:
    place = ["--db", str(warehouse), "--project-dir", str(warehouse.parent)]
    return cli.main(["policy", *words, *place])


def test_the_command_judges_thresholds(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert policy(warehouse, "--threshold", "1", "-0.5") == 0
    out = capsys.readouterr().out
    assert f"{7 * POOL:,} decisions of 7 weeks are settled, {POOL} are too young." in out
    assert (
        f"{7 * ABOVE} were handed over by value, {7 * DRAWN} by the draw. Judged by points" in out
    )
    assert len([line for line in out.splitlines() if " to " in line]) == 2


def test_a_version_is_judged_only_by_decisions_it_cannot_have_learnt_from(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert policy(warehouse, "--threshold", "0.2", "--by", "v1") == 0
    out = capsys.readouterr().out
    # The first week lies before the version, the last is too young.
    assert f"{POOL} decisions have no value by v1 and are left out." in out
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update ml.model_versions set as_of = timestamp '2025-01-01'")
    assert policy(warehouse, "--threshold", "0.2", "--by", "v1") == 0
    # Now only those whose example is too old have none.
    assert "10 decisions have no value by v1" in capsys.readouterr().out


def test_the_command_says_what_is_missing(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert policy(warehouse, "--threshold", "0.2", "--by", "v9") == 2
    assert "There is no version 'v9'" in capsys.readouterr().err
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.handoff_decisions set label_state = 'immature'")
    assert policy(warehouse, "--threshold", "0.2") == 2
    assert "has a settled outcome yet" in capsys.readouterr().err
