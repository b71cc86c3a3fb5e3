"""Leads are sampled where there are very many, and probabilities stay."""

import duckdb
import numpy as np
import pytest

from ml.data import marts, samples
from ml.data.marts import read_examples
from ml.data.samples import thin_out
from ml.model import estimate, steps, terms
from ml.model.estimate import fit_model, predict, probabilities
from ml.model.terms import AdditiveTerms
from ml.settings import ModelSettings
from tests.ml.small_examples import small_examples


def test_of_very_many_rows_those_of_some_leads_are_read(monkeypatch) -> None:
    connection = duckdb.connect()
    connection.execute(
        """
        create schema marts;
        create table marts.fct_training_examples as
        select
            md5(cast(lead as varchar))::uuid as lead_key,
            timestamp '2025-01-01' + to_days(cast(7 * week as int)) as as_of,
            case when week = 0 then 'entry' else 'weekly' end as example_kind,
            lead % 10 = 0 as is_won, true as is_worked, '' as label_state,
            lead as points_total, lead as visits
        from range(4000) leads(lead), range(3) weeks(week)
        union all
        select md5('young')::uuid, timestamp '2026-01-01', 'entry', false, true, '', 0, 0;
        create table marts.example_ratings as
        select lead_key, as_of, cast(points_total as varchar) as rep_rating
        from marts.fct_training_examples
        """
    )
    everybody, _ = read_examples(connection, {"visits": "numeric"}, 90)
    assert len(everybody) == 12_000
    monkeypatch.setattr(marts, "LARGEST_READ", 3000)
    some, _ = read_examples(connection, {"visits": "numeric"}, 90)
    leads = np.unique(some.points)
    assert len(leads) == pytest.approx(1000, abs=100)
    # Each with all of its rows, and the ratings stay with their rows.
    assert len(some) == 3 * len(leads)
    assert some.is_won.mean() == pytest.approx(0.1, abs=0.03)
    assert some.ratings is not None
    assert (some.ratings.astype(float) == some.points).all()


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
    monkeypatch.setattr(steps, "DENSE_CELLS", 0)
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


def test_a_matrix_made_in_parts_is_the_matrix(monkeypatch) -> None:
    examples = small_examples(1000)
    learnt = AdditiveTerms(examples.features).fit(examples.frame)
    monkeypatch.setattr(terms, "ROWS_AT_ONCE", 300)
    assert (learnt.transform(examples.frame).toarray() == learnt.dense(examples.frame)).all()
    assert learnt.transform(examples.frame.head(0)).shape == (0, len(learnt.terms_))
