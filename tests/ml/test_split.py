"""No training label looks into the test period, no lead is on both sides."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_funnel.errors import UserError
from ml.data.examples import Examples, take
from ml.data.split import latest_slice, split_at_random, split_by_time, time_folds
from ml.model.time_proxies import time_proxies
from tests.ml.small_examples import small_examples


def many_rows(seed: int, leads: int, horizon: int) -> Examples:
    random = np.random.default_rng(seed)
    one = small_examples(leads * 3, seed)
    values = {name: getattr(one, name) for name in one.__dataclass_fields__}
    values["leads"] = random.integers(0, leads, len(one))
    values["time"] = random.integers(0, 1000, len(one))
    values["horizon"] = horizon
    return Examples(**values)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 60), st.integers(0, 300), st.floats(0.1, 0.6))
def test_embargo(seed: int, leads: int, horizon: int, share: float) -> None:
    examples = many_rows(seed, leads, horizon)
    try:
        split = split_by_time(examples, share)
    except UserError:
        return
    assert split.test_from is not None
    assert (examples.time[split.train] + horizon <= split.test_from).all()
    assert (examples.time[split.test] >= split.test_from).all()
    assert not set(examples.leads[split.train]) & set(examples.leads[split.test])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(10, 80), st.integers(0, 200))
def test_folds_go_forward_and_keep_leads_whole(seed: int, leads: int, horizon: int) -> None:
    examples = many_rows(seed, leads, horizon)
    for train, valid in time_folds(examples, 4):
        assert not set(examples.leads[train]) & set(examples.leads[valid])
        first = {
            lead: examples.time[examples.leads == lead].min()
            for lead in set(examples.leads.tolist())
        }
        assert max(first[lead] for lead in examples.leads[train].tolist()) <= min(
            first[lead] for lead in examples.leads[valid].tolist()
        )
        assert examples.is_won[valid].sum() >= 5


def test_latest_slice_holds_the_latest_leads() -> None:
    examples = many_rows(1, 40, 0)
    earlier, latest = latest_slice(examples, 0.25)
    assert not set(examples.leads[earlier]) & set(examples.leads[latest])
    assert len(set(examples.leads[latest].tolist())) == pytest.approx(10, abs=1)


def test_random_split_keeps_leads_whole_and_repeats() -> None:
    examples = many_rows(2, 50, 0)
    one, two = (split_at_random(examples, 0.3, 5) for _ in range(2))
    assert (one.test == two.test).all()
    assert not set(examples.leads[one.train]) & set(examples.leads[one.test])
    assert len(one.train) + len(one.test) == len(examples)


def test_history_shorter_than_the_embargo_is_refused() -> None:
    examples = many_rows(3, 20, 10_000)
    with pytest.raises(UserError, match="embargo"):
        split_by_time(examples, 0.3)


def test_a_number_that_tells_the_time_is_a_clock() -> None:
    examples = small_examples(2000)
    rate = np.where(np.arange(2000) % 10 == 0, np.nan, np.arange(2000) // 100 + 0.5)
    frame = examples.frame.assign(rate=rate, trend=np.arange(2000) / 2000 + examples.frame["count"])
    values = {name: getattr(examples, name) for name in examples.__dataclass_fields__}
    values["frame"] = frame
    values["features"] = {**examples.features, "rate": "numeric", "trend": "numeric"}
    examples = Examples(**values)
    train, later = take(examples, np.arange(1400)), take(examples, np.arange(1400, 2000))
    assert time_proxies(train, later, 7) == ("rate",)


def test_a_category_whose_levels_never_return_is_a_clock() -> None:
    """Campaigns that run for some weeks tell the time; months, and rare levels, return."""
    examples = small_examples(2000)
    day = np.arange(2000) // 4
    campaign = pd.Series([f"c{number // 20}" for number in day], dtype=object)
    names = {
        "campaign": campaign.where(day % 2 == 0),
        "month": pd.Series([f"m{number // 30 % 12}" for number in day], dtype=object),
        "town": pd.Series([f"t{number}" for number in np.arange(2000) * 7919 % 90], dtype=object),
    }
    examples = replace(
        examples,
        frame=examples.frame.assign(**names),
        features={**examples.features, **dict.fromkeys(names, "categorical")},
    )
    train, later = take(examples, np.arange(1400)), take(examples, np.arange(1400, 2000))
    assert time_proxies(train, later, 7) == ("campaign",)


def test_take_keeps_rows_together() -> None:
    examples = small_examples(50)
    some = take(examples, np.array([3, 1]))
    assert list(some.row_numbers) == [4, 2]
    assert some.frame["count"].tolist() == examples.frame["count"].iloc[[3, 1]].tolist()
