"""Attribution in SQL, held to plain Python on random journeys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.marts.journeys import (
    BEGIN,
    CHANNELS,
    Journey,
    attribute,
    draw_journeys,
    put,
    removal_effects,
)
from tests.marts.scratch import Compiled, Warehouse

MODELS = ("int_channel_steps", "attribution_touches", "attribution")
# After so many steps of a chain, so little is left of it on these journeys.
PRECISION = 1e-5


@pytest.fixture
def warehouse(compiled: Compiled) -> Iterator[Warehouse]:
    made = Warehouse(compiled)
    yield made
    made.connection.close()


def test_attribution_is_that_of_plain_python(warehouse: Warehouse) -> None:
    journeys = draw_journeys(2_000, seed=3)
    put(warehouse, journeys)
    for model in MODELS:
        made = warehouse.run(model)
    expected = attribute(journeys)
    values = ["mqls", "deals", "pipeline_amount", "won_deals", "won_amount"]
    found = {
        (*row[:5], str(row[5])[:10]): list(row[6:])
        for row in made[
            ["model", "level", "campaign_id", "channel", "content_id", "month_date", *values]
        ].itertuples(index=False)
    }
    # Costs have rows of their own where nothing else is.
    assert {cut for cut, row in found.items() if any(row)} <= expected.keys() <= found.keys()
    for cut, (mqls, deals, pipeline, won_deals, won) in expected.items():
        row = found[cut]
        assert row[0] == pytest.approx(mqls, abs=PRECISION * 100), cut
        assert row[1] == pytest.approx(deals, abs=PRECISION * 100), cut
        assert row[3] == pytest.approx(won_deals, abs=PRECISION * 100), cut
        # The effects of a chain followed for so many steps may move a cent over an edge.
        slack = PRECISION if cut[0] == "removal_effect" else 0
        assert abs(round(row[2] * 100) - pipeline) <= slack * pipeline + 3 * (slack > 0), cut
        assert abs(round(row[4] * 100) - won) <= slack * won + 3 * (slack > 0), cut

    paid = [journey for journey in journeys if journey.is_converted and journey.cents]
    for (model, level), group in made.groupby(["model", "level"]):
        mine = [deal for deal in paid if deal.level == level and deal.conversion == "deal"]
        assert round(group.pipeline_amount.sum() * 100) == sum(deal.cents or 0 for deal in mine)
        assert round(group.won_amount.sum() * 100) == sum(
            deal.cents or 0 for deal in mine if deal.won_at
        ), model
        # What has no rate is in no cost, and a campaign's cost is of its own channel.
        [(cost, channel, month)] = group[group.cost.notna()][
            ["cost", "channel", "month_date"]
        ].itertuples(index=False)
        assert (cost, channel, str(month)[:10]) == (100.3, "paid", "2025-02-01")


def test_removal_effects_are_those_of_a_chain_without_the_channel(warehouse: Warehouse) -> None:
    journeys = draw_journeys(2_000, seed=4)
    put(warehouse, journeys)
    warehouse.run("int_channel_steps")
    touches = warehouse.run("attribution_touches").dropna(subset="removal_effect")
    found = touches.groupby(["level", "conversion", "channel"]).removal_effect.max()
    assert len(found) == 4 * len(CHANNELS)
    for level, conversion in [("person", "mql"), ("account", "deal")]:
        exact = removal_effects([
            ([channel for _, channel, *_ in journey.touches], journey.is_converted)
            for journey in journeys
            if journey.chain == (level, conversion)
        ])  # fmt: skip
        for channel, effect in exact.items():
            assert found[level, conversion, channel] == pytest.approx(effect, abs=PRECISION)


def test_removal_effects_of_three_channels_by_hand(warehouse: Warehouse) -> None:
    """Of three journeys, search > mail > fair converts, search and mail > fair do not.

    From the start, search comes first in 2 of 3 and mail in 1. Search goes on to mail in 1 of 2,
    mail to the fair always, the fair to the conversion in 1 of 2. So 2/3 * 1/2 * 1/2 + 1/3 * 1/2 =
    1/3 convert. Without search it is 1/3 * 1/2 = 1/6, half of it; without mail, or the fair, none.
    The four touches of the one deal weigh 0.5, 1, 1 and 1: of 100.00, search has 14.29, each of
    the others 28.57.
    """
    at = BEGIN + timedelta(days=100)

    def touches(*channels: str) -> list[tuple[datetime, str, str, str]]:
        times = (at - timedelta(days=10 - place) for place in range(len(channels)))
        return [
            (time, channel, "(null)", "(null)")
            for time, channel in zip(times, channels, strict=True)
        ]

    paths = [
        # Two touches of one channel in a row are one step.
        Journey(
            "person", "deal", "one", at, True, touches("search", "mail", "mail", "fair"), 10_000
        ),
        Journey("person", "deal", "two", at, False, touches("search")),
        Journey("person", "deal", "three", at, False, touches("mail", "fair")),
        Journey("person", "mql", "1|1", at, True, []),
    ]
    put(warehouse, paths)
    warehouse.run("int_channel_steps")
    credited = warehouse.run("attribution_touches")
    credited = credited[(credited.level == "person") & (credited.conversion == "deal")]
    effects = credited.groupby("channel").removal_effect.max().to_dict()
    assert effects == pytest.approx({"search": 0.5, "mail": 1.0, "fair": 1.0})
    assert removal_effects([
        (["search", "mail", "mail", "fair"], True), (["search"], False), (["mail", "fair"], False),
    ]) == pytest.approx({"search": 0.5, "mail": 1.0, "fair": 1.0})  # fmt: skip
    shared = credited.sort_values("touch_number").removal_effect_credit.tolist()
    assert shared == pytest.approx([1 / 7, 2 / 7, 2 / 7, 2 / 7])
    made = warehouse.run("attribution")
    money = made[(made.model == "removal_effect") & (made.level == "person")]
    assert money[money.pipeline_amount > 0].set_index("channel").pipeline_amount.to_dict() == {
        "search": 14.29,
        "mail": 57.14,
        "fair": 28.57,
    }
