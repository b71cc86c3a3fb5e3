"""The rows of a model are the model."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.data.columns import level_values
from ml.data.examples import Examples, take
from ml.model import terms as of_terms
from ml.model.estimate import FittedModel, fit_model, probabilities
from ml.model.predict import contributions, logits_from_terms, predict_from_terms
from ml.model.terms import AdditiveTerms, choose_knots, feature_terms, fill_design
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples

FITTED = fit_model(small_examples(), ModelSettings())

numbers = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 1.0, -1.0, 1e300, -1e300, 5e-324]),
)
levels = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "rare", "(missing)", ""]), st.text())
flags = st.one_of(st.none(), st.booleans())


def plain_logit(terms: pd.DataFrame, row: dict[str, object]) -> float:
    """Read the terms aloud, one row and one term at a time."""
    total = 0.0
    for feature, own in terms.groupby("feature"):
        value = row.get(str(feature))
        kinds = dict(zip(own["kind"], own["coefficient"], strict=True))
        if feature == "":
            total += kinds["intercept"]
        elif "missing" in kinds:
            if value is None or np.isnan(value):
                total += kinds["missing"]
                continue
            for term in own[own["kind"] == "ramp"].itertuples():
                share = (value - term.knot) / (term.knot_upper - term.knot)
                total += term.coefficient * min(max(share, 0.0), 1.0)
        else:
            text = "(missing)" if value is None else str(value)
            text = {"True": "true", "False": "false"}.get(text, text)
            level = own[(own["kind"] == "level") & (own["level"] == text)]
            total += level["coefficient"].item() if len(level) else kinds["other"]
    return total


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({"count": numbers, "wide": numbers, "level": levels, "flag": flags}),
        min_size=1,
        max_size=8,
    )
)
def test_rows_predict_what_the_pipeline_predicts(rows: list[dict[str, object]]) -> None:
    frame = pd.DataFrame(rows).astype({"level": object, "flag": object})
    expected = probabilities(FITTED, frame)
    by_rows = predict_from_terms(FITTED.terms, frame)
    assert np.abs(by_rows - expected).max() <= 1e-12
    plain = [plain_logit(FITTED.terms, row) for row in rows]
    assert np.allclose(logits_from_terms(FITTED.terms, frame), plain, rtol=0, atol=1e-12)


def test_contributions_and_averages_add_up_to_the_mean_logit() -> None:
    examples = small_examples()
    terms = FITTED.terms
    averages = terms[terms["kind"] == "average"].set_index("feature")["coefficient"]
    means = contributions(terms, examples.frame).mean()
    assert np.allclose(averages[means.index], means, atol=1e-12)


def test_terms_table_has_its_columns_and_every_feature_its_average() -> None:
    terms = FITTED.terms
    assert list(terms.columns) == [
        "term_number",
        "feature",
        "kind",
        "knot",
        "knot_upper",
        "level",
        "coefficient",
    ]
    assert terms["term_number"].is_unique
    assert terms["coefficient"].notna().all()
    assert set(terms["kind"]) == {"intercept", "ramp", "missing", "level", "other", "average"}
    assert set(terms.loc[terms["kind"] == "average", "feature"]) == {
        "count",
        "wide",
        "level",
        "flag",
    }


def test_at_most_so_many_spline_pieces_and_knots_ascend() -> None:
    pieces = FITTED.terms[FITTED.terms["kind"] == "ramp"]
    assert (pieces["knot_upper"] > pieces["knot"]).all()
    assert pieces.groupby("feature").size().max() == ModelSettings().max_ramps


def test_twice_the_spline_pieces_do_not_let_a_number_say_more() -> None:
    """The rise over a number is held back alike, however many pieces it is cut into."""
    examples = small_examples(3000)
    rises = []
    for pieces in (4, 8, 16):
        model = fit_model(examples, ModelSettings(max_ramps=pieces), penalty=0.003)
        own = model.terms[(model.terms["feature"] == "wide") & (model.terms["kind"] == "ramp")]
        assert len(own) == pieces
        rises.append(own["coefficient"].sum())
    assert rises[0] > 0.5
    assert max(rises) < 1.15 * min(rises)


def test_handoffs_count_for_more_in_estimation_and_not_in_calibration() -> None:
    examples = small_examples(1200)
    handed = np.arange(1200) % 10 == 0
    won = np.where(handed, examples.frame["level"] == "b", examples.is_won).astype("float64")
    examples = replace(
        examples, is_won=won, kinds=np.where(handed, "handoff", "weekly").astype(object)
    )
    found = {}
    for weight in (1.0, 8.0):
        model = fit_model(examples, ModelSettings(handoff_weight=weight), penalty=0.1)
        own = model.terms[model.terms["feature"] == "level"].set_index("level")["coefficient"]
        found[weight] = own["a"] - own["b"]
        latest = slice(int(1200 * (1 - ModelSettings().calibration_share)), None)
        promised = probabilities(model, examples.frame)[latest].mean()
        assert promised == pytest.approx(won[latest].mean(), abs=0.005)
    assert found[1.0] > 0 > found[8.0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 1.0, 1.0], 1),
        ([], 0),
        ([np.nan, np.inf, -np.inf], 0),
        ([0.0, 1.0], 2),
        ([0.0] * 90 + list(range(1, 11)), 7),
    ],
)
def test_knots_of_odd_columns(values: list[float], expected: int) -> None:
    knots = choose_knots(np.array(values, dtype="float64"), 6)
    assert len(knots) == expected
    assert list(knots) == sorted(set(knots))


@given(st.lists(st.floats(allow_nan=True, width=32), max_size=60))
def test_knots_never_exceed_seven(values: list[float]) -> None:
    knots = choose_knots(np.array(values, dtype="float64"), 6)
    assert len(knots) <= 7
    assert list(knots) == sorted(set(knots))


def test_rare_levels_are_counted_in_leads_and_pooled() -> None:
    values = pd.Series(["often"] * 30 + ["one lead"] * 30)
    leads = np.concatenate([np.arange(30), np.full(30, 99)])
    terms = feature_terms("level", "categorical", values, leads, max_pieces=6, min_level_count=10)
    assert [(term.kind, term.level) for term in terms] == [("level", "often"), ("other", None)]


def test_unseen_level_and_unseen_missing_get_the_average() -> None:
    rows = 200
    examples = small_examples(rows)
    frame = pd.DataFrame(
        {"count": examples.frame["count"], "level": np.where(np.arange(rows) % 2, "x", "y")}
    )
    kept = Examples(
        **{
            **{name: getattr(examples, name) for name in examples.__dataclass_fields__},
            "frame": frame,
            "features": {"count": "numeric", "level": "categorical"},
        }
    )
    model = fit_model(kept, ModelSettings())
    unknown = pd.DataFrame({"count": [np.nan], "level": ["never seen"]})
    averages = model.terms[model.terms["kind"] == "average"].set_index("feature")["coefficient"]
    got = contributions(model.terms, unknown).iloc[0]
    assert got["count"] == pytest.approx(averages["count"], abs=1e-12)
    assert got["level"] == pytest.approx(averages["level"], abs=1e-12)
    assert probabilities(model, unknown) == pytest.approx(
        predict_from_terms(model.terms, unknown), abs=1e-12
    )


def test_level_texts_are_what_sql_casts_to() -> None:
    mixed = pd.Series([True, None, 3.0, "x", np.nan], dtype=object)
    assert list(level_values(mixed)) == ["true", "(missing)", "3", "x", "(missing)"]


def test_values_of_one_text_are_one_level() -> None:
    mixed = pd.Series(["3", 3.0, "x", "3", 3.0, "(missing)", None], dtype=object)
    leads = np.array([0, 1, 2, 1, 2, 3, 4])
    terms = feature_terms("level", "categorical", mixed, leads, max_pieces=8, min_level_count=2)
    assert [term.level for term in terms] == ["(missing)", "3", None]
    design = np.zeros((len(mixed), len(terms)))
    fill_design(design, terms, mixed)
    assert design.argmax(axis=1).tolist() == [1, 1, 2, 1, 1, 0, 0]


def test_pieces_written_some_rows_at_a_time_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = small_examples(400)
    terms = AdditiveTerms(examples.features).fit(examples.frame)
    at_once = terms.dense(examples.frame)
    monkeypatch.setattr(of_terms, "ROWS_IN_CACHE", 150)
    assert (terms.dense(examples.frame) == at_once).all()


def test_transformer_learns_from_training_rows_only() -> None:
    examples = small_examples()
    first = take(examples, np.arange(200))
    changed = take(examples, np.arange(200)).frame.copy()
    one = AdditiveTerms(first.features).fit(first.frame).terms_
    two = AdditiveTerms(first.features).fit(changed).terms_
    assert one == two


def known_truth(seed: int) -> tuple[FittedModel, Examples]:
    examples = small_examples(4000, seed)
    return fit_model(examples, ModelSettings()), examples


@pytest.mark.parametrize("seed", [1, 2])
def test_known_effects_are_recovered_in_sign_and_order(seed: int) -> None:
    model, _ = known_truth(seed)
    base = {"count": 1.0, "wide": 0.0, "level": "b", "flag": True}
    low_to_high = [{**base, "count": value} for value in (0.0, 1.0, 2.0, 3.0)]
    rising = logits_from_terms(model.terms, pd.DataFrame(low_to_high))
    assert (np.diff(rising) > 0.5).all()
    better = pd.DataFrame([base, {**base, "level": "a"}])
    assert np.diff(logits_from_terms(model.terms, better)).item() == pytest.approx(1.0, abs=0.4)
    idle = pd.DataFrame([base, {**base, "flag": False}])
    assert abs(np.diff(logits_from_terms(model.terms, idle)).item()) < 0.25


@pytest.mark.parametrize("seed", [3, 4])
def test_fresh_examples_win_as_often_as_said(seed: int) -> None:
    model, _ = known_truth(seed)
    fresh = small_examples(4000, seed + 100)
    chances = probabilities(model, fresh.frame)
    bins = np.argsort(np.argsort(chances)) * 5 // len(chances)
    said = np.bincount(bins, chances) / np.bincount(bins)
    came = np.bincount(bins, fresh.is_won) / np.bincount(bins)
    assert np.abs(said - came).max() < 0.06
