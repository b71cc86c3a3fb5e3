"""Weeks of what was promised are those of the marts; the level comes from what weeks missed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from jinja2 import Environment
from scipy.special import expit

from ml.data.examples import Examples
from ml.judge.forecast import LevelPrior, ReportingWeek, level_variance, pooled_variance

DAY = 86_400_000_000
MACROS = Path(__file__).parents[2] / "macros" / "routing" / "promises.sql"

# Saturday and Sunday night, and Monday, in UTC.
MOMENTS = pd.Series(
    pd.to_datetime(["2025-01-04 23:30", "2025-01-05 03:00", "2025-01-05 23:30", "2025-01-06 12:00"])
    .as_unit("us")
    .astype("int64")
)


def test_a_week_begins_on_its_day_in_the_zone_of_the_reports() -> None:
    def told(zone: str, day: int) -> list[str]:
        return list(ReportingWeek(zone, day).first_days(MOMENTS))

    assert told("UTC", 1) == ["2024-12-30", "2024-12-30", "2024-12-30", "2025-01-06"]
    assert told("UTC", 7) == ["2024-12-29", "2025-01-05", "2025-01-05", "2025-01-05"]
    # There it is still Saturday at the second moment; in Berlin the third is Monday.
    assert told("America/New_York", 7) == ["2024-12-29", "2024-12-29", "2025-01-05", "2025-01-05"]
    assert told("Europe/Berlin", 1) == ["2024-12-30", "2024-12-30", "2025-01-06", "2025-01-06"]


def test_what_weeks_missed_beyond_chance_is_the_level() -> None:
    prior = LevelPrior(deviation=0.5, weeks=1)
    none = np.empty(0)
    assert pooled_variance(none, none, none, prior) == pytest.approx(0.25)
    # One week of variance 4 missed 6 wins: (36 - 4) / 16 = 2 by itself, and counts by
    # (4 / (1 + 0.25 * 4))^2 = 4; the prior, 0.25, counts by 1 / 0.25^2 = 16.
    wins, expected, variance = np.array([16.0]), np.array([10.0]), np.array([4.0])
    assert pooled_variance(wins, expected, variance, prior) == pytest.approx((4 + 4 * 2) / 20)
    # As it was promised: less than chance, but never below nothing.
    assert pooled_variance(expected, expected, variance, prior) == pytest.approx((4 - 1) / 20)
    many = np.full(100, 10.0)
    assert pooled_variance(many, many, np.full(100, 4.0), prior) == 0


def test_a_prior_of_nothing_is_no_allowance_and_no_weeks_are_no_prior() -> None:
    none = np.empty(0)
    week = np.array([16.0]), np.array([10.0]), np.array([4.0])
    for told in (week, (none, none, none)):
        assert pooled_variance(*told, LevelPrior(deviation=0, weeks=8)) == 0
    # The week alone: ((16 - 10)^2 - 4) / 4^2.
    assert pooled_variance(*week, LevelPrior(deviation=0.5, weeks=0)) == pytest.approx(2)
    assert pooled_variance(none, none, none, LevelPrior(deviation=0.5, weeks=0)) == 0.25
    # A week without any chance says nothing.
    still = np.array([0.0])
    assert pooled_variance(still, still, still, LevelPrior(deviation=0.5, weeks=0)) == 0.25


def in_sql(weeks: list[tuple[float, float, float]], prior: LevelPrior, before: float) -> float:
    """Give the deviation as the macros of the marts have it, on DuckDB."""
    said = {"level_prior_deviation": prior.deviation, "level_prior_weeks": prior.weeks}
    macros: Any = (
        Environment(autoescape=False)
        .from_string(MACROS.read_text(), globals={"var": said.__getitem__})
        .make_module()
    )
    table = pd.DataFrame(weeks, columns=["wins", "expected", "variance"], dtype="float64")
    excess = macros.level_excess("wins", "expected", "variance")
    weight = macros.level_weight("variance")
    sql = f"""
        select {macros.level_deviation(str(before), "excess", "weight")} from (
            select coalesce(sum({excess}), 0) as excess, coalesce(sum({weight}), 0) as weight
            from weeks
        )
    """
    with duckdb.connect() as connection:
        connection.register("weeks", table)
        return float(connection.execute(sql).fetchall()[0][0])


@pytest.mark.slow
def test_the_marts_and_training_tell_the_level_alike() -> None:
    draw = np.random.default_rng(3)
    for deviation in (0.0, 0.05, 0.2, 1.0):
        for prior_weeks in (0, 1, 8):
            for count in (0, 1, 20):
                prior = LevelPrior(deviation, prior_weeks)
                expected = draw.uniform(1, 400, count)
                variance = expected * draw.uniform(0.5, 0.9, count)
                wins = np.round(expected * draw.uniform(0.7, 1.3, count))
                told = list(zip(wins.tolist(), expected.tolist(), variance.tolist(), strict=True))
                right = np.sqrt(pooled_variance(wins, expected, variance, prior))
                assert in_sql(told, prior, deviation**2) == pytest.approx(right, abs=1e-9)
    # What training told stands where no week says more, and has the weight of the prior.
    assert in_sql([], LevelPrior(0.5, 0), 0.09) == pytest.approx(0.3)
    assert in_sql([(16, 10, 4)], LevelPrior(0.5, 1), 0.09) ** 2 == pytest.approx((1.44 + 8) / 20)


def history(levels: list[float], leads_a_week: int) -> tuple[Examples, np.ndarray]:
    """Make handoffs of weeks whose level is shifted by log odds, and what is promised of them."""
    draw = np.random.default_rng(7)
    scores = draw.normal(-0.7, 0.8, len(levels) * leads_a_week)
    shift = np.repeat(levels, leads_a_week)
    size = len(scores)
    start = pd.Timestamp("2025-01-06").value // 1000
    examples = Examples(
        frame=pd.DataFrame(index=range(size)),
        features={},
        is_won=(draw.random(size) < expit(scores + shift)).astype("float64"),
        is_worked=np.ones(size, dtype=bool),
        time=start + 7 * DAY * np.repeat(np.arange(len(levels)), leads_a_week),
        horizon=90 * DAY,
        leads=np.arange(size),
        kinds=np.full(size, "handoff", dtype=object),
        weights=np.ones(size),
        points=None,
        amounts=np.zeros(size),
        row_numbers=np.arange(size),
    )
    return examples, expit(scores)


@pytest.mark.slow
def test_a_level_that_stands_still_is_told_from_one_that_moves() -> None:
    week = ReportingWeek()
    still = level_variance(*history([0.0] * 60, 1000), week)
    # Each quarter the level goes up or down: what was known is off by 0.8.
    moving = level_variance(*history([0.4 if w // 13 % 2 else -0.4 for w in range(60)], 1000), week)
    assert still < 0.015
    assert 0.2 < moving < 0.8
    # Too few wins were known before any week: the prior stands.
    assert level_variance(*history([0.4] * 14, 2), week) == pytest.approx(0.04)
