"""Probabilities mean what they say, with many wins and with few."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml.data.columns import Floats
from ml.data.examples import Examples, Rows
from ml.data.split import latest_slice
from ml.model.calibrate import SLOPE_FOLDS, learn_calibration, slope_splits
from ml.model.estimate import fit_model
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples

SETTINGS = ModelSettings()


def drawn(rows: int, logits: Floats, seed: int = 0) -> Examples:
    """Examples of two rows a lead, won with the chances of these logits."""
    won = (np.random.default_rng(seed).random(rows) < expit(logits)).astype("float64")
    return replace(small_examples(rows), is_won=won, leads=np.arange(rows) // 2)


def test_many_wins_tell_the_slope_on_the_latest_slice() -> None:
    examples = small_examples(4000)
    earlier, latest = latest_slice(examples, SETTINGS.calibration_share)
    [(fitted, held)] = slope_splits(examples, earlier, latest, 7)
    assert (fitted == earlier).all()
    assert (held == latest).all()


def test_few_wins_tell_it_in_folds_that_keep_leads_whole() -> None:
    examples = drawn(400, np.zeros(400))
    splits = slope_splits(examples, *latest_slice(examples, SETTINGS.calibration_share), 7)
    assert len(splits) == SLOPE_FOLDS
    assert sorted(np.concatenate([held for _, held in splits])) == list(range(400))
    for fitted, held in splits:
        assert not set(examples.leads[fitted]) & set(examples.leads[held])
    wins = [len(np.unique(examples.leads[held][examples.is_won[held] > 0])) for _, held in splits]
    assert max(wins) - min(wins) <= 1


def test_a_strong_penalty_is_undone_however_few_the_wins() -> None:
    """Base rates of folds that differ would speak against the scores, and flatten them."""
    random = np.random.default_rng(3)
    signal, noise = random.normal(size=(2, 700))
    won = random.random(700) < expit(-4 + 1.2 * signal)
    examples = replace(
        small_examples(700),
        frame=pd.DataFrame({"signal": signal, "noise": noise}),
        features={"signal": "numeric", "noise": "numeric"},
        is_won=won.astype("float64"),
    )
    assert 25 < won.sum() < 60
    for seed in range(5):
        model = fit_model(examples, ModelSettings(seed=seed), penalty=0.03)
        assert model.calibration.slope > 1.5


@pytest.mark.parametrize("rows", [600, 6000])
def test_a_score_twice_too_steep_is_halved(rows: int) -> None:
    logits = np.random.default_rng(1).normal(-1.0, 1.5, rows)

    def held_out(fitted: Rows, held: Rows) -> Floats:
        return 2 * logits[held]

    found = learn_calibration(2 * logits, held_out, drawn(rows, logits), SETTINGS)
    assert found.slope == pytest.approx(0.5, abs=0.12)


def test_a_handful_of_wins_leaves_the_slope_and_still_meets_the_base_rate() -> None:
    examples = replace(small_examples(300), is_won=(np.arange(300) % 30 == 0).astype("float64"))
    scores = np.random.default_rng(2).normal(size=300)

    def never(fitted: Rows, held: Rows) -> Floats:
        raise AssertionError("nothing is fitted for a slope of ten wins")

    found = learn_calibration(scores, never, examples, SETTINGS)
    assert found.slope == 1.0
    assert expit(scores + found.intercept).mean() == pytest.approx(1 / 30, abs=0.003)
