"""Time in stage in SQL is the Kaplan-Meier estimate, counted again in plain Python."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import duckdb
import pytest

from tests import warehouses
from tests.dbt_runs import RunDbt

Stay = tuple[int, bool]
DAY = 86_400_000_000
MODELS = ["int_stage_survival", "stage_velocity", "stage_velocity_curves"]


def draw_groups() -> dict[str, list[Stay]]:
    """Stays of several kinds: with ties, at whole days, all open, all over, alone."""
    draw = random.Random(11)

    def stays(count: int, share_over: float, step: int) -> list[Stay]:
        return [
            (int(draw.expovariate(1 / (20 * DAY))) // step * step, draw.random() < share_over)
            for _ in range(count)
        ]

    return {
        "fine": stays(400, 0.6, 1),
        "ties": stays(300, 0.5, 2 * DAY),
        "hours": stays(200, 0.8, DAY // 24),
        "open": stays(30, 0.0, 1),
        "over": stays(50, 1.1, DAY),
        "one": [(3 * DAY, True)],
        "at once": [(0, True), (0, True), (0, False), (5 * DAY, True)],
        "few": stays(5, 0.5, DAY),
        "half": [(DAY, True), (DAY, True), (2 * DAY, False), (2 * DAY, False)],
    }


def kaplan_meier(stays: list[Stay]) -> list[tuple[int, float, float]]:
    """Length of stay, share that stays longer, and Greenwood's sum, after each departure."""
    curve, share, spread = [], 1.0, 0.0
    for length in sorted({length for length, is_over in stays if is_over}):
        at_risk = sum(other >= length for other, _ in stays)
        departed = sum(other == length and is_over for other, is_over in stays)
        share *= 1 - departed / at_risk
        spread += departed / (at_risk * (at_risk - departed)) if departed < at_risk else 0.0
        curve.append((length, share, spread))
    return curve


def bound(share: float, spread: float, side: str) -> float | None:
    """On the scale of log(-log(share)), 1.96 standard errors up or down."""
    if not 0 < share < 1:
        return None
    place = math.log(-math.log(share))
    width = 1.96 * math.sqrt(spread) / abs(math.log(share))
    return math.exp(-math.exp(place + width if side == "low" else place - width))


def first_day(points: list[tuple[int, float | None]], left: float) -> float | None:
    """Days until no more than `left` are left."""
    reached = (at for at, share in points if share is not None and share <= left + 1e-12)
    return next((at / DAY for at in reached), None)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Any:
    """Build the models on the drawn stays."""
    folder = tmp_path_factory.mktemp("velocity")
    (folder / "raw").mkdir()
    (folder / "raw" / "crm_leads.csv").write_text("lead_id\n")
    db = folder / "warehouse.duckdb"
    rows = [
        ("channel", group, "mql", 2, length, is_over, not is_over, False)
        for group, stays in draw_groups().items()
        for length, is_over in stays
    ]
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_stage_stays (dimension varchar, "
            "dimension_value varchar, stage varchar, stage_order int, stay_micros bigint, "
            "is_over boolean, is_open boolean, is_stalled boolean)"
        )
        connection.executemany(
            "insert into intermediate.int_stage_stays values (?, ?, ?, ?, ?, ?, ?, ?)", rows
        )
    built = run_dbt(["run", "--select", *MODELS], raw=folder / "raw", db=db)
    assert built.success, built.log
    return partial(warehouses.ask, db)


def test_quantiles_and_their_intervals_are_those_of_kaplan_and_meier(ask: Any) -> None:
    found = {
        row[0]: row[1:]
        for row in ask(
            """
            select
                dimension_value, stays, departed, open, quarter_left_days, median_days,
                median_days_low, median_days_high, three_quarters_left_days
            from marts.stage_velocity
            """
        )
    }
    groups = draw_groups()
    assert set(found) == set(groups)
    for group, stays in groups.items():
        curve = kaplan_meier(stays)
        shares = [(at, share) for at, share, _ in curve]
        low = [(at, bound(share, spread, "low")) for at, share, spread in curve]
        high = [(at, bound(share, spread, "high")) for at, share, spread in curve]
        departed = sum(is_over for _, is_over in stays)
        expected = (
            first_day(shares, 0.75),
            first_day(shares, 0.5),
            first_day(low, 0.5),
            first_day(high, 0.5),
            first_day(shares, 0.25),
        )
        assert found[group][:3] == (len(stays), departed, len(stays) - departed), group
        assert found[group][3:] == pytest.approx(expected), group


@pytest.mark.parametrize("days", [7, 30, 90])
def test_the_share_after_some_days_is_told_while_somebody_is_seen_so_long(
    ask: Any, days: int
) -> None:
    found = {
        row[0]: row[1:]
        for row in ask(
            f"select dimension_value, still_in_after_{days}_days, at_risk_after_{days}_days "
            "from marts.stage_velocity"
        )
    }
    for group, stays in draw_groups().items():
        left = [share for at, share, _ in kaplan_meier(stays) if at <= days * DAY]
        share = left[-1] if left else 1.0
        at_risk = sum(length > days * DAY for length, _ in stays)
        expected = share if at_risk or share < 1e-12 else None
        assert found[group] == (pytest.approx(expected, abs=1e-9), at_risk), group


def test_curves_are_the_estimate_at_the_end_of_each_day(ask: Any) -> None:
    rows = ask(
        """
        select
            dimension_value, days_in_stage, at_risk, departed, censored, still_in_share,
            still_in_share_low, still_in_share_high
        from marts.stage_velocity_curves order by 1, 2
        """
    )
    assert len(rows) > 150
    groups = draw_groups()
    for group, days, at_risk, departed, censored, share, low, high in rows:
        stays = groups[group]
        within = [is_over for length, is_over in stays if (days - 1) * DAY < length <= days * DAY]
        assert at_risk == sum(length > (days - 1) * DAY for length, _ in stays)
        assert (departed, censored) == (sum(within), len(within) - sum(within))
        so_far = [(1.0, 0.0)] + [
            (left, spread) for at, left, spread in kaplan_meier(stays) if at <= days * DAY
        ]
        expected = so_far[-1]
        assert share == pytest.approx(expected[0], abs=1e-9)
        for found, side in ((low, "low"), (high, "high")):
            assert found == pytest.approx(bound(share, expected[1], side), abs=1e-9)
