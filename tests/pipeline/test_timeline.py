"""The stage, cycle and points at each event, held to the books they are read from."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from tests.pipeline.small_company import SmallCompany

SECONDS_A_DAY = 86400.0


def _by_lead(rows: list[tuple[Any, ...]]) -> dict[Any, list[tuple[Any, ...]]]:
    grouped = defaultdict(list)
    for lead, *rest in rows:
        grouped[lead].append(tuple(rest))
    return grouped


def _faded(points: float, half_life: float, since: datetime, until: datetime) -> float:
    if half_life <= 0:
        return points
    days = (until - since).total_seconds() / SECONDS_A_DAY
    return points * math.pow(2.0, -days / half_life)


def test_points_at_an_event_are_the_faded_sum_of_the_account_book(
    small_company: SmallCompany,
) -> None:
    book = _by_lead(
        small_company.ask(
            "select lead_key, cycle_number, occurred_at, points, half_life_days "
            "from intermediate.points_ledger where dimension = 'behavior'"
        )
    )
    events = small_company.ask(
        "select lead_key, cycle_number, occurred_at, points_balance from marts.fct_lead_timeline"
    )
    for lead, cycle, moment, balance in events:
        if cycle is None:
            assert balance is None
            continue
        expected = sum(
            _faded(points, half_life, entered, moment)
            for entry_cycle, entered, points, half_life in book[lead]
            if entry_cycle == cycle and entered <= moment
        )
        assert balance == pytest.approx(expected, abs=1e-6)
    assert len({balance for *_, balance in events}) > 1000


def test_the_stage_at_an_event_is_the_last_one_entered(small_company: SmallCompany) -> None:
    entries = _by_lead(
        small_company.ask(
            "select lead_key, entered_at, cycle_number, stage from marts.fct_stage_transitions "
            "order by lead_key, cycle_number, entry_number"
        )
    )
    events = small_company.ask(
        "select lead_key, occurred_at, cycle_number, stage from marts.fct_lead_timeline"
    )
    for lead, moment, cycle, stage in events:
        entered = [(number, name) for at, number, name in entries[lead] if at <= moment]
        assert (cycle, stage) == (entered[-1] if entered else (None, None))
    assert len({stage for *_, stage in events}) == 10  # nine stages, and none before the first


def test_the_timeline_names_the_account_of_its_lead(small_company: SmallCompany) -> None:
    [(wrong, accounts)] = small_company.ask(
        """
        select
            count(*) filter (timeline.account_key is distinct from accounts.account_key),
            count(distinct timeline.account_key)
        from marts.fct_lead_timeline as timeline
        left join intermediate.lead_accounts as accounts using (lead_key)
        """
    )
    assert wrong == 0
    assert accounts > 50
