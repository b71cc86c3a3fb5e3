"""What never-worked leads are to the model."""

from dataclasses import replace

import numpy as np
import pytest

from lead_funnel.errors import UserError
from ml.data.examples import Examples
from ml.model.weights import LARGEST_WEIGHT, apply_policy
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples


def partly_worked(otherwise: float = 0.3) -> Examples:
    examples = small_examples(3000)
    chance = np.where(examples.frame["flag"], 0.9, otherwise)
    return replace(examples, is_worked=np.random.default_rng(0).random(3000) < chance)


def test_worked_leaves_the_others_out_and_all_keeps_them() -> None:
    examples = partly_worked()
    (worked,) = apply_policy(examples, (), "worked", ModelSettings())
    assert (worked.weights == examples.is_worked).all()
    (every,) = apply_policy(examples, (), "all", ModelSettings())
    assert (every.weights == 1).all()


def test_weighted_restores_the_mix_of_all_leads() -> None:
    examples = partly_worked()
    (weighted,) = apply_policy(examples, (), "weighted", ModelSettings())
    flag = examples.frame["flag"].to_numpy()
    naive = np.average(flag, weights=examples.is_worked)
    mended = np.average(flag, weights=weighted.weights)
    assert abs(mended - flag.mean()) < 0.02 < abs(naive - flag.mean())
    assert weighted.weights.max() <= LARGEST_WEIGHT
    assert (weighted.weights[~examples.is_worked] == 0).all()


def test_who_is_hardly_ever_worked_stands_for_no_more_than_the_limit() -> None:
    examples = partly_worked(otherwise=0.02)
    (weighted,) = apply_policy(examples, (), "weighted", ModelSettings())
    # One in fifty was worked, of all nearly half: each would stand for more than ten.
    rare = examples.is_worked & ~examples.frame["flag"].to_numpy(dtype=bool)
    assert rare.any() and (weighted.weights[rare] == LARGEST_WEIGHT).all()
    assert weighted.weights.max() == LARGEST_WEIGHT


def test_everybody_worked_weighs_one() -> None:
    (same,) = apply_policy(small_examples(), (), "weighted", ModelSettings())
    assert (same.weights == 1).all()


def test_unknown_policy_is_refused() -> None:
    with pytest.raises(UserError, match="label policy"):
        apply_policy(small_examples(), (), "guess", ModelSettings())  # type: ignore[arg-type]
