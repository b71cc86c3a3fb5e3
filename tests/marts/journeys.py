"""Random journeys, and attribution of them in plain Python."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pandas as pd

from tests.marts.scratch import Warehouse

CHANNELS = ("paid_search", "organic_search", "email", "event", "social", "direct", "partner")
RULES = ("first", "last", "linear", "position", "time_decay", "removal_effect")
SETTINGS = {"first_share": 0.4, "last_share": 0.4, "half_life_days": 30.0}
BEGIN = datetime.fromisoformat("2025-01-01")


@dataclass
class Journey:
    """Touches in order, and what they ended in."""

    level: str
    conversion: str
    conversion_id: str
    ended_at: datetime
    is_converted: bool
    touches: list[tuple[datetime, str, str, str]]
    cents: int | None = None
    won_at: datetime | None = None
    weights: dict[str, list[float]] = field(default_factory=dict)

    @property
    def chain(self) -> tuple[str, str]:
        return self.level, self.conversion


def draw_journeys(count: int, seed: int) -> list[Journey]:
    """Journeys of both levels to MQLs, deals and nothing, some without a touch."""
    draw = random.Random(seed)
    journeys = []
    for number in range(count):
        conversion = draw.choice(["deal", "mql"])
        is_converted = draw.random() < 0.6
        ended_at = BEGIN + timedelta(seconds=draw.randrange(300 * 86_400))
        cents = draw.choice([None, 1, 100, draw.randrange(1, 10_000_000)])
        won_at = ended_at + timedelta(days=draw.randrange(90)) if draw.random() < 0.5 else None
        for level in ("person", "account"):
            length = min(int(draw.expovariate(1 / 3)) + (not is_converted), 30)
            # A later touch is likelier to be of some channels.
            touches = sorted(
                (
                    # Several at one moment, and one at the very end.
                    ended_at - timedelta(days=draw.choice([0, 1, 1, draw.random() * 90])),
                    draw.choice(CHANNELS if draw.random() < 0.7 else CHANNELS[:2]),
                    draw.choice(["(null)", "campaign-1", "campaign-2"]),
                    draw.choice(["(null)", "piece-1"]),
                )
                for _ in range(length)
            )
            name = f"{number}|1" if conversion == "mql" else f"deal-{number}"
            journeys.append(
                Journey(level, conversion, name, ended_at, is_converted, touches, cents, won_at)
            )
    return journeys


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with the largest pivot."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        pivot = max(range(place, len(rows)), key=lambda row: abs(rows[row][place]))
        rows[place], rows[pivot] = rows[pivot], rows[place]
        for row in range(len(rows)):
            if row != place:
                factor = rows[row][place] / rows[place][place]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[place], strict=True)]
    return [row[-1] / row[place] for place, row in enumerate(rows)]


def conversion_rate(steps: dict[str, Counter[str]], removed: str | None) -> float:
    """Chance to get from the start to the conversion, where a channel leads to nothing."""
    states = [state for state in steps if state != removed]
    shares = {
        state: {to: count / steps[state].total() for to, count in steps[state].items()}
        for state in states
    }
    matrix = [
        [(state == other) - shares[state].get(other, 0.0) for other in states] for state in states
    ]
    chances = solve(matrix, [shares[state].get("conversion", 0.0) for state in states])
    return chances[states.index("start")]


def removal_effects(paths: list[tuple[list[str], bool]]) -> dict[str, float]:
    """By taking each channel out of the chain of all touches, repeated ones included."""
    steps: dict[str, Counter[str]] = defaultdict(Counter)
    for channels, is_converted in paths:
        if channels:
            end = "conversion" if is_converted else "nothing"
            for state, following in zip(["start", *channels], [*channels, end], strict=True):
                steps[state][following] += 1
    rate = conversion_rate(steps, None)
    return {
        channel: 1 - conversion_rate(steps, channel) / rate
        for channel in steps
        if channel != "start"
    }


def weigh(journey: Journey, effects: dict[str, float]) -> dict[str, list[Any]]:
    """Weights of the touches by each rule, exact where they can be."""
    number = len(journey.touches)
    ones = [Fraction(1)] * number
    ends = (Fraction(2, 5), Fraction(2, 5))
    if number <= 2:
        position = ones
    else:
        position = [ends[0], *[Fraction(1, 5) / (number - 2)] * (number - 2), ends[1]]
    ages = [(journey.ended_at - at).total_seconds() / 86_400 for at, *_ in journey.touches]
    return {
        "first": [Fraction(place == 0) for place in range(number)],
        "last": [Fraction(place == number - 1) for place in range(number)],
        "linear": ones,
        "position": position,
        "time_decay": [0.5 ** (age / SETTINGS["half_life_days"]) for age in ages],
        "removal_effect": [effects[channel] for _, channel, *_ in journey.touches],
    }


def shares_of(journey: Journey, effects: dict[str, float]) -> dict[str, list[Any]]:
    if not journey.touches:
        return {rule: [Fraction(1)] for rule in RULES}
    weights = weigh(journey, effects)
    return {rule: [weight / sum(given) for weight in given] for rule, given in weights.items()}


def share_out(cents: int, shares: list[Any]) -> list[int]:
    """What the shares up to each come to, rounded half up, less what those before have."""
    reached = [
        int(round(float(cents * sum(shares[: place + 1])), 6) + 0.5) for place in range(len(shares))
    ]
    reached[-1] = cents
    return [now - before for now, before in zip(reached, [0, *reached], strict=False)]


def put(warehouse: Warehouse, journeys: list[Journey]) -> None:
    """Write what the models read."""
    rows = [
        {
            "journey_key": uuid5(NAMESPACE_OID, "|".join((*journey.chain, journey.conversion_id))),
            "level": journey.level,
            "conversion": journey.conversion,
            "conversion_id": journey.conversion_id,
            "is_converted": int(journey.is_converted),
            "ended_at": journey.ended_at,
            "lead_key": "00000000-0000-0000-0000-000000000001",
            "touch_key": "00000000-0000-0000-0000-000000000001",
            "touched_at": at,
            "channel": channel,
            "campaign_id": campaign,
            "content_id": content,
            "touch_number": place,
            "touches": len(journey.touches),
        }
        for journey in journeys
        for place, (at, channel, campaign, content) in enumerate(journey.touches, 1)
    ]
    # No row is in order.
    random.Random(1).shuffle(rows)
    keys = {
        "journey_key": "uuid",
        "lead_key": "uuid",
        "touch_key": "uuid",
        "touch_number": "int",
        "touches": "int",
    }
    warehouse.put("int_journey_touches", pd.DataFrame(rows), keys)
    ends = {journey.conversion_id: journey for journey in journeys if journey.is_converted}
    deals = [journey for journey in ends.values() if journey.conversion == "deal"]
    warehouse.put(
        "fct_opportunities",
        pd.DataFrame({
            "opportunity_id": [deal.conversion_id for deal in deals],
            "created_at": [deal.ended_at for deal in deals],
            "ended_at": [deal.won_at for deal in deals],
            "outcome": ["won" if deal.won_at else "open" for deal in deals],
            "amount": [None if deal.cents is None else deal.cents / 100 for deal in deals],
        }),
        {"created_at": "timestamp", "ended_at": "timestamp", "amount": "double"},
    )  # fmt: skip
    mqls = [journey for journey in ends.values() if journey.conversion == "mql"]
    warehouse.put(
        "fct_lead_cycles",
        pd.DataFrame({
            "lead_key": [mql.conversion_id.split("|")[0] for mql in mqls],
            "cycle_number": [1] * len(mqls),
            "marketing_mql_at": [mql.ended_at for mql in mqls],
        }),
        {"marketing_mql_at": "timestamp", "cycle_number": "int", "lead_key": "varchar"},
    )  # fmt: skip
    warehouse.put(
        "attribution_settings", pd.DataFrame(SETTINGS.items(), columns=["setting", "setting_value"])
    )
    warehouse.put(
        "currency_rates",
        pd.DataFrame({
            "currency_code": ["EUR"], "valid_from": ["1900-01-01"], "valid_until": ["9999-12-31"],
            "rate": [1.0], "reporting_currency": ["EUR"],
        }),
        {"valid_from": "timestamp", "valid_until": "timestamp"},
    )  # fmt: skip
    warehouse.put(
        "stg_raw__campaign_costs",
        pd.DataFrame({
            "campaign_id": ["campaign-1", "campaign-1", "campaign-3"],
            "cost_date": ["2025-02-03", "2025-02-28", "2025-04-01"],
            "amount": [100.1, 0.2, 50.0],
            "currency_code": ["EUR", "EUR", "USD"],
        }),
        {"cost_date": "date"},
    )  # fmt: skip
    warehouse.put(
        "stg_raw__campaigns",
        pd.DataFrame({"campaign_id": ["campaign-1"], "channel": ["Ads"]}),
    )
    channels = {"utm_source": [""], "utm_medium": [""], "lead_source": ["ads"], "channel": ["paid"]}
    warehouse.put("channels", pd.DataFrame(channels))


def month_of(moment: datetime) -> str:
    return f"{moment:%Y-%m}-01"


def attribute(journeys: list[Journey]) -> dict[tuple[str, ...], list[float]]:
    """MQLs, deals, pipeline, won deals and won revenue by each cut, in shares and cents."""
    effects = {
        chain: removal_effects([
            ([channel for _, channel, *_ in journey.touches], journey.is_converted)
            for journey in journeys
            if journey.chain == chain
        ])
        for chain in {journey.chain for journey in journeys}
    }  # fmt: skip
    cuts: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0] * 5)

    def add(rule: str, journey: Journey, touch: Any, at: datetime, values: dict[int, Any]) -> None:
        _, channel, campaign, content = touch
        cut = (rule, journey.level, campaign, channel, content, month_of(at))
        for place, value in values.items():
            cuts[cut][place] += float(value)

    for journey in journeys:
        if not journey.is_converted:
            continue
        touches: list[Any] = journey.touches or [(None, "unknown", "(null)", "(null)")]
        for rule, shares in shares_of(journey, effects[journey.chain]).items():
            cents = share_out(journey.cents or 0, shares)
            for touch, share, part in zip(touches, shares, cents, strict=True):
                if journey.conversion == "mql":
                    add(rule, journey, touch, journey.ended_at, {0: share})
                    continue
                add(rule, journey, touch, journey.ended_at, {1: share, 2: part})
                if journey.won_at:
                    add(rule, journey, touch, journey.won_at, {3: share, 4: part})
    return cuts
