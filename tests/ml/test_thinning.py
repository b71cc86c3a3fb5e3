"""Leads are sampled where there are very many, and probabilities stay."""

import numpy as np
import pytest

from ml.data import samples
from ml.data.samples import thin_out
from ml.model import estimate
from ml.model.estimate import fit_model, predict, probabilities
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples


def test_wins_are_kept_and_the_base_rate_stays(monkeypatch) -> None:
    examples = small_examples(6000, strength=0.7)
    assert thin_out(examples, 7) is examples
    monkeypatch.setattr(samples, "LARGEST_FIT", 5500)
    thinned = thin_out(examples, 7)
    assert len(thinned) == pytest.approx(5500, abs=150)
    assert thinned.is_won.sum() == examples.is_won.sum() < 2750
    rate = np.average(thinned.is_won, weights=thinned.weights)
    assert rate == pytest.approx(examples.is_won.mean(), abs=0.015)
    again = thin_out(examples, 7)
    assert (again.leads == thinned.leads).all()


def test_wins_are_sampled_too_where_they_alone_are_very_many(monkeypatch) -> None:
    examples = small_examples(6000, strength=0.7)
    monkeypatch.setattr(samples, "LARGEST_FIT", 1000)
    thinned = thin_out(examples, 7)
    assert len(thinned) == pytest.approx(1000, abs=100)
    assert thinned.is_won.sum() == pytest.approx(500, abs=60)
    rate = np.average(thinned.is_won, weights=thinned.weights)
    assert rate == pytest.approx(examples.is_won.mean(), abs=0.03)


def test_a_model_of_the_sample_promises_what_one_of_all_rows_does(monkeypatch) -> None:
    examples = small_examples(6000, strength=0.7)
    whole = probabilities(fit_model(examples, ModelSettings(), 0.1), examples.frame)
    monkeypatch.setattr(samples, "LARGEST_FIT", 4500)
    sampled = probabilities(fit_model(examples, ModelSettings(), 0.1), examples.frame)
    assert np.abs(whole - sampled).mean() < 0.02


def test_a_start_nearby_and_a_sparse_matrix_end_in_the_same_model(monkeypatch) -> None:
    examples = small_examples(3000)
    usual = fit_model(examples, ModelSettings(), 0.1)
    monkeypatch.setattr(estimate, "MANY_ROWS", 1000)
    monkeypatch.setattr(estimate, "DENSE_CELLS", 0)
    other = fit_model(examples, ModelSettings(), 0.1)
    assert other.terms["coefficient"].to_numpy() == pytest.approx(
        usual.terms["coefficient"].to_numpy(), abs=1e-6
    )


def test_parts_of_rows_are_predicted_as_all_at_once(monkeypatch) -> None:
    examples = small_examples(1000)
    model = fit_model(examples, ModelSettings(), 0.1)
    whole = probabilities(model, examples.frame)
    monkeypatch.setattr(estimate, "ROWS_AT_ONCE", 300)
    assert (predict(model.pipeline, examples.frame) == whole).all()
    assert len(predict(model.pipeline, examples.frame.head(0))) == 0
