"""Pipeline and its forecast in SQL, held to plain Python on random deals."""

from __future__ import annotations

import calendar
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd
import pytest

from tests.marts.scratch import Compiled, Warehouse

STAGES = ("Prospecting", "Proposal", "Negotiation")
# The last of a month: other months have no such day.
NOW = datetime.fromisoformat("2026-05-31 16:30")
PRIOR = 10
Month = tuple[int, int]


@dataclass
class Deal:
    """Stays in stages, each with when it began, and how the deal ended."""

    stays: list[tuple[str, datetime]]
    amount: float | None
    ended_at: datetime | None
    is_won: bool

    def left_at(self, place: int) -> datetime | None:
        return self.stays[place + 1][1] if place + 1 < len(self.stays) else self.ended_at

    def place_at(self, moment: datetime) -> int | None:
        """Which of its stays the deal is in."""
        for place, (_, began) in enumerate(self.stays):
            left = self.left_at(place)
            if began <= moment and (left is None or left > moment):
                return place
        return None

    @property
    def won_at(self) -> datetime | None:
        return self.ended_at if self.is_won else None


def draw_deals(count: int, seed: int) -> list[Deal]:
    draw = random.Random(seed)
    deals = []
    for _ in range(count):
        at = NOW - timedelta(seconds=draw.randrange(900 * 86_400))
        stays = []
        for stage in STAGES[: draw.randrange(1, 4)]:
            stays.append((stage, at))
            at += timedelta(days=draw.expovariate(1 / 20))
        over = at < NOW and draw.random() < 0.9
        stays = [stay for stay in stays if stay[1] <= NOW]
        amount = draw.choice([None, float(draw.randrange(100, 10_000))])
        deals.append(Deal(stays, amount, at if over else None, over and draw.random() < 0.6))
    return deals


def put(warehouse: Warehouse, deals: list[Deal]) -> None:
    stays = [
        {
            "opportunity_id": f"deal-{number}",
            "stage_number": place + 1,
            "stage_name": stage,
            "entered_at": began,
            "exited_at": deal.left_at(place),
        }
        for number, deal in enumerate(deals)
        for place, (stage, began) in enumerate(deal.stays)
    ]
    times = {"entered_at": "timestamp", "exited_at": "timestamp"}
    warehouse.put("int_deal_stages", pd.DataFrame(stays), times)
    warehouse.put(
        "fct_opportunities",
        pd.DataFrame({
            "opportunity_id": [f"deal-{number}" for number in range(len(deals))],
            "ended_at": [deal.ended_at for deal in deals],
            "outcome": [
                "open" if deal.ended_at is None else "won" if deal.is_won else "lost"
                for deal in deals
            ],
            "amount": [deal.amount for deal in deals],
        }),
        {"ended_at": "timestamp", "amount": "double"},
    )  # fmt: skip
    warehouse.put("clock", pd.DataFrame({"as_of": [NOW]}), {"as_of": "timestamp"})


@pytest.fixture
def warehouse(compiled: Compiled) -> Iterator[Warehouse]:
    made = Warehouse(compiled)
    yield made
    made.connection.close()


def test_pipeline_of_a_day_is_counted_deal_by_deal(warehouse: Warehouse) -> None:
    deals = draw_deals(300, seed=5)
    put(warehouse, deals)
    made = warehouse.run("pipeline_daily")
    days = {str(row.date_day)[:10]: 0 for row in made.itertuples()}
    first = min(began for deal in deals for _, began in deal.stays).date()
    assert list(days) == [
        str(first + timedelta(days=day)) for day in range((NOW.date() - first).days + 1)
    ]
    found = {(str(row.date_day)[:10], row.stage_name): row for row in made.itertuples()}
    for day in random.Random(6).sample(sorted(days), 60) + [str(NOW.date())]:
        night = datetime.combine(date.fromisoformat(day), datetime.max.time())
        for stage in STAGES:
            mine = [
                deal
                for deal in deals
                if (place := deal.place_at(night)) is not None and deal.stays[place][0] == stage
            ]
            row: Any = found[day, stage]
            assert row.open_deals == len(mine)
            assert row.open_amount == sum(deal.amount or 0 for deal in mine)
            assert row.open_deals_without_amount == sum(deal.amount is None for deal in mine)
    assert made.entered.sum() == sum(len(deal.stays) for deal in deals)
    assert made.entered.sum() - made.departed.sum() == sum(deal.ended_at is None for deal in deals)


def shift(month: Month, months: int) -> Month:
    number = month[0] * 12 + month[1] - 1 + months
    return number // 12, number % 12 + 1


def begin_of(month: Month) -> datetime:
    return datetime.combine(date(*month, 1), time())


def moment_in(month: Month) -> datetime:
    """The moment of now in another month, or its last second."""
    last = calendar.monthrange(*month)[1]
    if NOW.day > last:
        return datetime.combine(date(*month, last), time(23, 59, 59))
    return NOW.replace(year=month[0], month=month[1])


def group_of(deal: Deal, moment: datetime) -> tuple[str, int] | None:
    place = deal.place_at(moment)
    if place is None:
        return None
    stage, began = deal.stays[place]
    days = (moment - began) / timedelta(days=1)
    return stage, (days >= 14) + (days >= 42)


def forecast(deals: list[Deal], told_in: Month, ahead: int) -> dict[str, float | None]:
    """Expected wins of one month, by what was over when it was told."""
    told_at, present = moment_in(told_in), (NOW.year, NOW.month)
    past: dict[Any, list[int]] = defaultdict(list)
    for back in range(25):
        earlier = shift(present, -back)
        target = shift(earlier, ahead)
        if begin_of(shift(target, 1)) > told_at:
            continue
        for deal in deals:
            group = group_of(deal, moment_in(earlier))
            if group:
                won = deal.won_at and (deal.won_at.year, deal.won_at.month) == target
                past[group].append(int(bool(won)))
    every = [won for group in past.values() for won in group]
    now: dict[Any, list[float]] = defaultdict(list)
    for deal in deals:
        if group := group_of(deal, told_at):
            now[group].append(deal.amount or 0)
    number = sum(map(len, now.values()))
    if len(every) < PRIOR:
        return {"open_deals": number, "expected_wins": None}
    mean = (sum(every) + 0.5) / (len(every) + 1)
    expected = spread = amount = 0.0
    for group, amounts in now.items():
        weight = len(past[group]) + PRIOR
        rate = (sum(past[group]) + PRIOR * mean) / weight
        expected += len(amounts) * rate
        amount += sum(amounts) * rate
        spread += rate * (1 - rate) * (len(amounts) + len(amounts) ** 2 / weight)
    reach = 1.96 * math.sqrt(spread) + 0.5
    return {
        "open_deals": number,
        "expected_wins": expected,
        "expected_wins_low": max(expected - reach, 0),
        "expected_wins_high": min(expected + reach, number),
        "expected_amount": amount,
    }


def test_a_forecast_is_that_of_plain_python(warehouse: Warehouse) -> None:
    deals = draw_deals(400, seed=7)
    put(warehouse, deals)
    made = warehouse.run("pipeline_forecast")
    present = (NOW.year, NOW.month)
    assert len(made) == 13 * 4
    told = 0
    for row in made.itertuples():
        told_in = (row.forecast_date.year, row.forecast_date.month)
        expected = forecast(deals, told_in, row.months_ahead)
        target = shift(told_in, row.months_ahead)
        assert row.forecast_date.date() == moment_in(told_in).date()
        assert (row.month_date.year, row.month_date.month, row.month_date.day) == (*target, 1)
        assert row.basis == ("forecast" if told_in == present else "backtest")
        for column, value in expected.items():
            found = getattr(row, column)
            assert pd.isna(found) if value is None else found == pytest.approx(value, abs=0.01), (
                column, row,
            )  # fmt: skip
        wins = sum(
            1
            for deal in deals
            if group_of(deal, moment_in(told_in))
            and deal.won_at
            and (deal.won_at.year, deal.won_at.month) == target
        )
        if begin_of(shift(target, 1)) > NOW:
            assert pd.isna(row.wins) and pd.isna(row.is_within)
        else:
            assert row.wins == wins
            told += 1
            if expected["expected_wins"] is not None:
                low, high = expected["expected_wins_low"], expected["expected_wins_high"]
                assert low is not None and high is not None
                assert row.is_within == (low <= wins <= high)
    assert told > 30
