"""Silence never raises a score: pieces that go the wrong way are left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from lead_funnel.errors import UserError
from ml.data.examples import Examples, stress_moments, take
from ml.data.features import declared_directions
from ml.data.split import latest_slice
from ml.model import steps
from ml.model.estimate import fit_design, fit_model, fit_pipeline, logits, probabilities
from ml.model.terms import AdditiveTerms, places
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
        monkeypatch.setattr(steps, "DENSE_CELLS", 0)
    examples = with_silence()
    free = scores_by_silence(examples)
    assert free[180] > 1.5 * free[80]
    held = scores_by_silence(replace(examples, directions={"silence": "falling"}))
    assert (np.diff(held) <= 0).all()
    assert held[10] > 1.3 * held[80]
    rising = scores_by_silence(replace(examples, directions={"silence": "rising"}))
    assert (np.diff(rising) >= 0).all()


@pytest.mark.parametrize("is_sparse", [False, True])
def test_a_fit_that_begins_near_another_ends_near_where_it_would_have(
    monkeypatch, is_sparse: bool
) -> None:
    if is_sparse:
        monkeypatch.setattr(steps, "DENSE_CELLS", 0)
    done: list[int] = []

    class Counted(LogisticRegression):
        def fit(self, *arguments, **more):
            fitted = super().fit(*arguments, **more)
            done.append(int(self.n_iter_[0]))
            return fitted

    monkeypatch.setattr(steps, "LogisticRegression", Counted)
    examples = replace(with_silence(), directions={"silence": "falling"})
    other = fit_pipeline(examples, ModelSettings(), 0.3)
    some = take(examples, np.arange(0, 4000, 3))
    done.clear()
    cold = fit_pipeline(some, ModelSettings(), 0.3)
    cold_steps = done.copy()
    done.clear()
    warm = fit_pipeline(some, ModelSettings(), 0.3, near=other)
    assert done[0] < cold_steps[0]
    # Its knots are its own, and so are the pieces that go the wrong way.
    assert cold["terms"].terms_ == warm["terms"].terms_ != other["terms"].terms_
    found, wanted = warm["logistic"].coef_[0], cold["logistic"].coef_[0]
    is_wrong = (wanted == 0) & [term.kind == "ramp" for term in cold["terms"].terms_]
    assert is_wrong.any() and ((found == 0) == (wanted == 0)).all()
    # Which pieces go is known before the last digits are, and they are not asked for.
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    np.testing.assert_allclose(logits(warm, some.frame), logits(cold, some.frame), atol=1e-5)


def test_levels_and_pieces_have_a_place_in_terms_of_other_rows() -> None:
    all_rows = small_examples(4000)
    few = take(all_rows, np.arange(0, 4000, 40))
    ours, theirs = (
        AdditiveTerms(all_rows.features, min_level_count=30).fit(rows.frame, groups=rows.leads)
        for rows in (all_rows, few)
    )
    assert len(theirs.terms_) < len(ours.terms_)
    assert set(places(theirs.terms_)) < set(places(ours.terms_))


@pytest.mark.parametrize("is_sparse", [False, True])
def test_terms_that_no_row_has_are_left_out_and_change_nothing(
    monkeypatch, is_sparse: bool
) -> None:
    if is_sparse:
        monkeypatch.setattr(steps, "DENSE_CELLS", 0)
    examples = with_silence()
    frame = examples.frame.assign(always=1.0)
    more = replace(examples, frame=frame, features={"always": "numeric", **examples.features})
    pipeline, design, kept = fit_design(more, ModelSettings(), 0.3)
    terms = pipeline["terms"].terms_
    assert design.shape[1] == len(kept) < len(terms)
    assert "always" not in {terms[place].feature for place in kept}
    # The last stays: it has no direction, and some term must be left.
    assert kept[-1] == len(terms) - 1 and design[:, [-1]].sum() == 0
    np.testing.assert_allclose(
        probabilities(fit_model(more, ModelSettings(), 0.3), frame),
        probabilities(fit_model(examples, ModelSettings(), 0.3), frame),
        atol=1e-9,
    )


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("feature", ["always", "silence"])
def test_a_model_of_which_nothing_is_left_gives_the_base_rate(
    monkeypatch, is_sparse: bool, feature: str
) -> None:
    if is_sparse:
        monkeypatch.setattr(steps, "DENSE_CELLS", 0)
    examples = with_silence()
    frame = examples.frame.assign(always=1.0)
    # Those who are silent for longer win more: every piece goes the wrong way.
    won = (frame["silence"] > 100).to_numpy(dtype="float64")
    alone = replace(
        examples,
        frame=frame,
        is_won=won,
        features={feature: "numeric"},
        directions={feature: "falling"},
    )
    latest = won[latest_slice(alone, ModelSettings().calibration_share)[1]]
    found = probabilities(fit_model(alone, ModelSettings(), 0.3), frame)
    np.testing.assert_allclose(found, (latest.sum() + 0.5) / (len(latest) + 1), atol=1e-9)


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
