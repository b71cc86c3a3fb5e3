"""The label policies and the model's terms are held to the truth of the simulated company."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.run import PROJECT
from bench.truth import HORIZON, contribution, read_truth
from bench.truth_measures import calibration_by_age, scores
from demo import vocabulary as words
from lead_funnel.warehouse import open_warehouse
from ml.commands.material import Material, TrainOptions, gather
from ml.data.columns import Floats, level_values
from ml.data.examples import Examples, take
from ml.model.estimate import FittedModel, fit_model, probabilities
from ml.model.weights import apply_policy
from ml.settings import LABEL_POLICIES, ModelSettings
from tests.pipeline.demo_company import Company

# Log odds beyond which a hundred wins tell an effect from chance.
STRONGEST = 2.0


@pytest.fixture(scope="module")
def material(company: Company) -> Material:
    options = TrainOptions(PROJECT, HORIZON, "weighted", ModelSettings())
    with open_warehouse(company.db, read_only=True) as connection:
        return gather(connection, options)


@pytest.fixture(scope="module")
def models(material: Material) -> dict[str, tuple[FittedModel, Examples]]:
    """Models of all mature examples, one a label policy."""
    found = {}
    for policy in LABEL_POLICIES:
        (weighed,) = apply_policy(material.examples, (), policy, ModelSettings())
        used = take(weighed, weighed.weights > 0)
        found[policy] = fit_model(used, ModelSettings(), penalty=0.1), used
    return found


def test_counting_untouched_leads_as_lost_biases_and_weighing_at_most_half_as_much(
    company: Company, material: Material, models: dict[str, tuple[FittedModel, Examples]]
) -> None:
    """Judged on all handoffs, the never-worked ones too, against what they would bring if worked.

    The error is of the share of wins among the worked handoffs, from which a model learns it.
    """
    known = read_truth(company.db, company.truth, material)
    handed = known["chance"].notna().to_numpy()
    assert handed.sum() > 500
    assert not material.examples.is_worked[handed].all()
    true = known["chance"][handed].mean()
    frame = material.examples.frame.iloc[np.flatnonzero(handed)]
    bias = {name: probabilities(model, frame).mean() - true for name, (model, _) in models.items()}
    worked = int(material.examples.is_worked[handed].sum())
    error = float(np.sqrt(true * (1 - true) / worked))
    assert bias["all"] < -5 * error
    assert abs(bias["weighted"]) < abs(bias["all"]) / 2
    assert bias["weighted"] - bias["all"] > 3 * error


def test_silence_never_raises_a_score(
    models: dict[str, tuple[FittedModel, Examples]],
) -> None:
    """Each example again, after as much silence as halves all that fades."""
    for model, used in models.values():
        silent = used.frame.copy()
        for feature, direction in used.directions.items():
            silent[feature] = (
                silent[feature] + 45 if direction == "falling" else silent[feature] // 2
            )
        before, after = probabilities(model, used.frame), probabilities(model, silent)
        assert (after <= before + 1e-12).all()
        assert after.mean() < 0.9 * before.mean()


def test_scores_fall_with_silence_as_the_true_chances_do(company: Company) -> None:
    """The leads that are scored tonight, by the days in which they did nothing."""
    curve = scores(company.db, company.truth)["by_silence"]
    assert sum(band["leads"] for band in curve) > 400
    lively = [band for band in curve if band["days_silent"] in ("[0.0, 7.0)", "[7.0, 14.0)")]
    silent = [band for band in curve if band["days_silent"] in ("[56.0, 90.0)", "[90.0, 180.0)")]

    def mean(bands: list[dict[str, Any]], name: str) -> float:
        leads = sum(band["leads"] for band in bands)
        return float(sum(band["leads"] * band[name] for band in bands) / leads)

    fall = {name: mean(lively, name) - mean(silent, name) for name in ("score", "true")}
    assert fall["true"] > 0.1
    assert 0.3 * fall["true"] < fall["score"] < 1.5 * fall["true"]
    assert abs(mean(curve, "score") - mean(curve, "true")) < 0.06


def test_what_came_at_each_age_is_what_was_promised(company: Company) -> None:
    """Of leads that the model had not seen; allowed are chance, and a level that moves."""
    bands = calibration_by_age(company.db)
    assert len(bands) == 3
    assert sum(band["leads"] for band in bands) > 100
    assert [band for band in bands if not band["within_range"]] == []


def test_the_strongest_effects_have_their_signs(
    models: dict[str, tuple[FittedModel, Examples]],
) -> None:
    """Sources whose log odds lie far from the average; careers pages, which keep wins away."""
    model, used = models["weighted"]
    added: Floats = sum(
        (contribution(model.terms, used, name) for name in ("lead_source", "channel")),
        np.zeros(len(used)),
    )
    by_source = pd.Series(added).groupby(level_values(used.frame["lead_source"])).mean()
    true = {source.lead_source: source.win for source in words.SOURCES}
    strong = {name: win for name, win in true.items() if abs(win) > STRONGEST}
    assert len(strong) >= 5
    centre = by_source[list(true)].mean()
    assert {name: by_source[name] > centre for name in strong} == {
        name: win > 0 for name, win in strong.items()
    }
    terms = model.terms
    careers = terms[(terms["feature"] == "careers_views") & (terms["kind"] == "ramp")]
    assert careers["coefficient"].sum() < 0
