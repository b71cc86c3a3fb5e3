"""Silence never raises a score: pieces that go the wrong way are left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lead_funnel.errors import UserError
from ml.data.examples import Examples, stress_moments, take
from ml.data.features import declared_directions
from ml.data.split import latest_slice
from ml.model import estimate
from ml.model.estimate import fit_model, fit_pipeline, probabilities
from ml.settings import ModelSettings
from tests.dbt_runs import PROJECT
from tests.ml.small_examples import small_examples


def with_silence() -> Examples:
    """Leads win less after three weeks of silence, and by chance again more after ninety days."""
    examples = small_examples(4000)
    random = np.random.default_rng(1)
    silence = random.uniform(0, 200, 4000)
    chance = np.select([silence < 21, silence < 90], [0.5, 0.1], default=0.35)
    frame = examples.frame.assign(silence=silence)
    return replace(
        examples,
        frame=frame,
        features={**examples.features, "silence": "numeric"},
        is_won=(random.random(4000) < chance).astype("float64"),
    )


def scores_by_silence(examples: Examples) -> np.ndarray:
    model = fit_model(examples, ModelSettings(), 0.3)
    one = examples.frame.head(1)
    days = np.arange(0.0, 400.0)
    frame = one.loc[one.index.repeat(len(days))].assign(silence=days)
    return probabilities(model, frame)


@pytest.mark.parametrize("is_sparse", [False, True])
def test_a_score_falls_or_stays_with_silence(monkeypatch, is_sparse: bool) -> None:
    if is_sparse:
        monkeypatch.setattr(estimate, "DENSE_CELLS", 0)
    examples = with_silence()
    free = scores_by_silence(examples)
    assert free[180] > 1.5 * free[80]
    held = scores_by_silence(replace(examples, directions={"silence": "falling"}))
    assert (np.diff(held) <= 0).all()
    assert held[10] > 1.3 * held[80]
    rising = scores_by_silence(replace(examples, directions={"silence": "rising"}))
    assert (np.diff(rising) >= 0).all()


@pytest.mark.parametrize("is_sparse", [False, True])
def test_a_fit_that_begins_near_another_ends_where_it_would_have(
    monkeypatch, is_sparse: bool
) -> None:
    if is_sparse:
        monkeypatch.setattr(estimate, "DENSE_CELLS", 0)
    examples = replace(with_silence(), directions={"silence": "falling"})
    other = fit_pipeline(examples, ModelSettings(), 0.3)
    some = take(examples, np.arange(0, 4000, 3))
    cold = fit_pipeline(some, ModelSettings(), 0.3)
    warm = fit_pipeline(some, ModelSettings(), 0.3, near=other)
    # Its knots are its own, and so are the pieces that go the wrong way.
    assert cold["terms"].terms_ == warm["terms"].terms_ != other["terms"].terms_
    found, wanted = warm["logistic"].coef_, cold["logistic"].coef_
    assert ((found == 0) == (wanted == 0)).all() and (wanted == 0).any()
    np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("is_sparse", [False, True])
def test_a_feature_that_nobody_has_changes_nothing(monkeypatch, is_sparse: bool) -> None:
    if is_sparse:
        monkeypatch.setattr(estimate, "DENSE_CELLS", 0)
    examples = with_silence()
    frame = examples.frame.assign(always=1.0)
    more = replace(examples, frame=frame, features={**examples.features, "always": "numeric"})
    np.testing.assert_allclose(
        probabilities(fit_model(more, ModelSettings(), 0.3), frame),
        probabilities(fit_model(examples, ModelSettings(), 0.3), frame),
        atol=1e-9,
    )
    alone = replace(more, features={"always": "numeric"}, directions={})
    latest = examples.is_won[latest_slice(examples, ModelSettings().calibration_share)[1]]
    rate = (latest.sum() + 0.5) / (len(latest) + 1)
    found = probabilities(fit_model(alone, ModelSettings(), 0.3), frame)
    np.testing.assert_allclose(found, rate, atol=1e-9)


def test_what_fades_and_what_grows_with_silence_has_a_direction() -> None:
    directions = declared_directions(PROJECT)
    assert directions["days_since_last_engagement"] == "falling"
    assert directions["days_since_cycle_start"] == "falling"
    assert directions["engagements_30d"] == "rising"
    assert "careers_views" not in directions


def test_a_direction_that_says_nothing_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "one.yml").write_text(
        "models:\n  - name: fct_training_examples\n    columns:\n"
        "      - {name: days, config: {meta: {feature: numeric, direction: down}}}\n"
    )
    with pytest.raises(UserError, match="direction 'down'. Write rising or falling"):
        declared_directions(tmp_path)


def test_later_moments_of_a_lead_count_together_as_its_weeks() -> None:
    examples = small_examples(6)
    kinds = np.array(["entry", "handoff", "later", "later", "later", "weekly"], dtype=object)
    examples = replace(examples, kinds=kinds, leads=np.array([0, 0, 0, 0, 1, 1]))
    assert stress_moments(examples, 8.0).weights.tolist() == [1.0, 8.0, 4.0, 4.0, 8.0, 1.0]
