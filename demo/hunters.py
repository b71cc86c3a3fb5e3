"""Let sales find customers on its own: a contact, a call and a deal, and no lead before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.columns import (
    Bools,
    Column,
    Floats,
    Ints,
    concat,
    glue,
    label,
    lower,
    nothing,
    numbers,
    pick,
    stack,
    table,
    times,
)
from demo.contract import RAW, TRUTH, Settings
from demo.sales import Reps

SHARE = 0.012
"""Persons whom sales found, for each known person."""


@dataclass(frozen=True)
class Hunted:
    """Persons whom sales found, each at a firm of its own."""

    number: Ints
    prefix: str
    rep: Ints
    found_at: Floats
    called_at: Floats
    opened_at: Floats
    closed_at: Floats
    """NaN: still open."""
    is_won: Bools
    amount: Floats
    first_names: Column
    last_names: Column

    def key(self, kind: str) -> Column:
        """Ids of one kind."""
        return label(f"{kind}-{self.prefix}-", self.number)

    def emails(self) -> Column:
        """Addresses at the firms that sales found."""
        at = label(f"@found{self.prefix[1:]}x", self.number, suffix=".example")
        return glue(lower(self.first_names), ".", lower(self.last_names), at)


def hunt(
    rng: np.random.Generator, settings: Settings, reps: Reps, persons: int, first: int
) -> Hunted:
    """Draw whom sales found."""
    rows = max(1, round(SHARE * persons))
    opened = 40 + (settings.days - 45) * rng.random(rows)
    called = opened - 2 - 20 * rng.random(rows)
    closed = opened + 15 + 50 * rng.random(rows)
    roll = rng.random(rows)
    decided = (roll < 0.75) & (closed < settings.days)
    return Hunted(
        number=np.arange(rows),
        prefix=f"s{first}",
        rep=rng.integers(0, len(reps.team), rows),
        found_at=called - 0.5,
        called_at=called,
        opened_at=opened,
        closed_at=np.where(decided, closed, np.nan),
        is_won=decided & (roll < 0.35),
        amount=np.asarray(np.round(np.exp(rng.normal(8.6, 0.5, rows)), -2), dtype=np.float64),
        first_names=pick(words.FIRST_NAMES, rng.integers(0, len(words.FIRST_NAMES), rows)),
        last_names=pick(words.LAST_NAMES, rng.integers(0, len(words.LAST_NAMES), rows)),
    )


def write_hunted(settings: Settings, reps: Reps, hunted: Hunted) -> dict[str, Any]:
    """Build their rows of the CRM's tables."""
    rows, zeros = len(hunted.number), hunted.number * 0
    start = settings.start
    closed = ~np.isnan(hunted.closed_at)
    stage = np.where(closed, np.where(hunted.is_won, 1, 2), 0)
    owner = label("rep-", reps.first + hunted.rep)
    found = times(hunted.found_at, start)
    late = nothing(rows, "time")
    account = {
        "account_id": hunted.key("account"),
        "created_at": found,
        "updated_at": found,
        "name": label(f"Found {hunted.prefix} ", hunted.number),
        "domain": label(f"found{hunted.prefix[1:]}x", hunted.number, suffix=".example"),
        "owner_id": owner,
        "loaded_at": late,
    }
    contact = {
        "contact_id": hunted.key("contact"),
        "account_id": hunted.key("account"),
        "created_at": found,
        "updated_at": found,
        "email": hunted.emails(),
        "first_name": hunted.first_names,
        "last_name": hunted.last_names,
        "owner_id": owner,
        "is_deleted": numbers(closed & False),
        "has_opted_out": numbers(closed & False),
        "loaded_at": late,
    }
    activity = {
        "activity_id": hunted.key("act"),
        "activity_type": pick(("call",), zeros),
        "direction": pick(("outbound",), zeros),
        "occurred_at": times(hunted.called_at, start),
        "contact_id": hunted.key("contact"),
        "rep_id": owner,
        "outcome": pick(("connected",), zeros),
        "duration_minutes": numbers(zeros + 12),
        "is_deleted": numbers(closed & False),
        "loaded_at": late,
    }
    deal = {
        "opportunity_id": hunted.key("opp"),
        "account_id": hunted.key("account"),
        "contact_id": hunted.key("contact"),
        "owner_id": owner,
        "created_at": times(hunted.opened_at, start),
        "updated_at": times(np.where(closed, hunted.closed_at, hunted.opened_at), start),
        "deal_type": pick(("New Business",), zeros),
        "stage_name": pick(("Proposal", "Closed Won", "Closed Lost"), stage),
        "amount": numbers(hunted.amount),
        "currency_code": pick(("EUR",), zeros),
        "is_closed": numbers(closed),
        "is_won": numbers(hunted.is_won),
        "closed_at": times(hunted.closed_at, start),
        "lost_reason": pick(("price",), zeros, stage != 2),
        "loaded_at": late,
    }
    names = ("crm_accounts", "crm_contacts", "crm_activities", "crm_opportunities")
    parts = (account, contact, activity, deal)
    return {name: table(part, RAW[name]) for name, part in zip(names, parts, strict=True)}


def write_true_hunted(settings: Settings, hunted: Hunted) -> dict[str, Any]:
    """Build their rows of the truth: identifiers, stages and deals."""
    rows, zeros = len(hunted.number), hunted.number * 0
    person = label(hunted.prefix, hunted.number, suffix="h")
    seen = glue(person, "/0")
    identifiers = {
        "person_id": stack(person, person),
        "identifier_type": pick(("email", "crm_contact"), np.repeat([0, 1], rows)),
        "identifier_value": stack(hunted.emails(), hunted.key("contact")),
        "seen_as": stack(seen, seen),
    }
    names = ("inquiry", "mql", "sal", "sql")
    closed = np.flatnonzero(~np.isnan(hunted.closed_at))
    outcome = np.where(hunted.is_won[closed], 0, 1)
    stages = [
        table(
            {
                "seen_as": seen,
                "cycle": numbers(zeros + 1),
                "stage": pick((name,), zeros),
                "entered_at": times(hunted.opened_at, settings.start),
            },
            TRUTH["truth_stages"],
        )
        for name in names
    ]
    ends = table(
        {
            "seen_as": pick(seen, closed),
            "cycle": numbers(closed * 0 + 1),
            "stage": pick(("closed_won", "closed_lost"), outcome),
            "entered_at": times(hunted.closed_at[closed], settings.start),
        },
        TRUTH["truth_stages"],
    )
    deals = {
        "opportunity_id": hunted.key("opp"),
        "person_id": person,
        "deal_type": pick(("new_business",), zeros),
        "named_by": pick(("contact",), zeros),
        "is_won": numbers(hunted.is_won),
        "amount": numbers(hunted.amount),
        "currency_code": pick(("EUR",), zeros),
    }
    return {
        "truth_identifiers": table(identifiers, TRUTH["truth_identifiers"]),
        "truth_stages": concat([*stages, ends]),
        "truth_deals": table(deals, TRUTH["truth_deals"]),
    }
