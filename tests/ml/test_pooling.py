"""Rows pooled by score give the intervals that single rows give."""

from dataclasses import replace

import numpy as np
import pytest

from ml.data.examples import Examples
from ml.judge import evaluate
from ml.judge.evaluate import METRICS, draw_metrics
from tests.ml.small_examples import small_examples


@pytest.fixture(scope="module")
def scored() -> tuple[dict[str, np.ndarray], Examples]:
    """Leads of three examples each, a model, and points of a few values."""
    random = np.random.default_rng(3)
    examples = small_examples(6000)
    amounts = examples.is_won * random.lognormal(8, 1, 6000)
    examples = replace(
        examples,
        leads=np.arange(6000) // 3,
        weights=random.uniform(0.5, 3, 6000),
        amounts=amounts,
    )
    signal = 0.2 * examples.is_won + random.random(6000)
    return {"model": signal / 1.3, "points": np.round(signal * 5) / 7}, examples


def test_intervals_of_pooled_rows_are_those_of_single_rows(scored, monkeypatch) -> None:
    single = draw_metrics(*scored, draws=300, seed=5)
    monkeypatch.setattr(evaluate, "LARGEST_UNPOOLED", 1000)
    pooled = draw_metrics(*scored, draws=300, seed=5)
    assert (pooled[0] == single[0]).all()
    for number, metric in enumerate(METRICS):
        widths = single[1:, :, number].std(axis=0)
        off = np.abs(pooled[1:, :, number] - single[1:, :, number]).mean(axis=0)
        assert (off < 0.15 * widths).all(), metric
        assert pooled[1:, :, number].std(axis=0) == pytest.approx(widths, rel=0.05), metric
    gaps = [draws[1:, 0, 0] - draws[1:, 1, 0] for draws in (single, pooled)]
    assert np.percentile(gaps[1], [2.5, 97.5]) == pytest.approx(
        np.percentile(gaps[0], [2.5, 97.5]), abs=0.001
    )


def test_many_draws_at_once_are_the_draws_of_a_few_at_once(scored, monkeypatch) -> None:
    whole = draw_metrics(*scored, draws=40, seed=5)
    monkeypatch.setattr(evaluate, "CELLS_AT_ONCE", 10_000)
    assert draw_metrics(*scored, draws=40, seed=5) == pytest.approx(whole, abs=1e-9)
