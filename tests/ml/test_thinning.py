"""Leads without a win are sampled where there are very many, and probabilities stay."""

import numpy as np
import pytest

from ml import estimate
from ml.estimate import fit_model, probabilities, thin_out
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples


def test_wins_are_kept_and_the_base_rate_stays(monkeypatch) -> None:
    examples = small_examples(6000, strength=0.7)
    assert thin_out(examples, 7) is examples
    monkeypatch.setattr(estimate, "LARGEST_FIT", 4500)
    thinned = thin_out(examples, 7)
    assert len(thinned) == pytest.approx(4500, abs=150)
    assert thinned.is_won.sum() == examples.is_won.sum()
    rate = np.average(thinned.is_won, weights=thinned.weights)
    assert rate == pytest.approx(examples.is_won.mean(), abs=0.015)
    again = thin_out(examples, 7)
    assert (again.leads == thinned.leads).all()


def test_a_model_of_the_sample_promises_what_one_of_all_rows_does(monkeypatch) -> None:
    examples = small_examples(6000, strength=0.7)
    whole = probabilities(fit_model(examples, ModelSettings(), 0.1), examples.frame)
    monkeypatch.setattr(estimate, "LARGEST_FIT", 4500)
    sampled = probabilities(fit_model(examples, ModelSettings(), 0.1), examples.frame)
    assert np.abs(whole - sampled).mean() < 0.02
