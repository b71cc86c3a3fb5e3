"""Let customers buy again: some ask first, others are called by their rep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.behavior import Forms, join_forms
from demo.columns import Bools, Floats, Ints, choose, label, nothing, numbers, pick, table, times
from demo.contract import RAW, TRUTH, Settings
from demo.crm import is_won
from demo.people import People
from demo.sales import Reps
from demo.story import Story

BUY_AGAIN = 0.3
"""Share of customers with a second deal, if the simulation lasts long enough to see it."""
ASK_FIRST = 0.5
"""Share of these who fill in the contact form before."""
RENEW = 0.3
"""Share of second deals that are renewals; the others are expansions."""
WON_AGAIN, LOST_AGAIN = 0.6, 0.2
TYPES = ("Expansion", "Renewal")
TRUE_TYPES = ("expansion", "renewal")


@dataclass(frozen=True)
class Expansions:
    """Second deals of customers, one row each."""

    person: Ints
    rep: Ints
    cycle: Ints
    kind: Ints
    asked_at: Floats
    opened_at: Floats
    closed_at: Floats
    """NaN: still open."""
    is_won: Bools
    amount: Floats


def draw_expansions(
    rng: np.random.Generator, settings: Settings, people: People, story: Story
) -> Expansions:
    """Draw who buys again, and when."""
    hand = story.handoffs
    won = np.flatnonzero(is_won(hand, settings.days))
    rows = len(won)
    opened = hand.end_at[won] + 40 + 150 * rng.random(rows)
    chosen = (rng.random(rows) < BUY_AGAIN) & (opened < settings.days)
    won, opened = won[chosen], opened[chosen]
    rows = len(won)
    closed = opened + 10 + 40 * rng.random(rows)
    roll = rng.random(rows)
    decided = (roll < WON_AGAIN + LOST_AGAIN) & (closed < settings.days)
    return Expansions(
        person=hand.person[won],
        rep=hand.rep[won],
        cycle=hand.cycle[won] + 1,
        kind=(rng.random(rows) < RENEW).astype(np.int64),
        asked_at=np.where(
            rng.random(rows) < ASK_FIRST, opened - 0.5 - 3 * rng.random(rows), np.nan
        ),
        opened_at=opened,
        closed_at=np.where(decided, closed, np.nan),
        is_won=decided & (roll < WON_AGAIN),
        amount=np.asarray(np.round(np.exp(rng.normal(7.8, 0.5, rows)), -2), dtype=np.float64),
    )


def ask_again(people: People, story: Story, expansions: Expansions) -> Story:
    """Add the contact forms of customers who ask for more."""
    asks = np.flatnonzero(~np.isnan(expansions.asked_at))
    who = expansions.person[asks]
    form = np.full(len(asks), words.CONTACT)
    forms = Forms(
        person=who,
        at=expansions.asked_at[asks],
        form=form,
        page=words.FORM_PAGE[form],
        device=people.device[who],
        session=30_000_000 + asks,
        address=who,
        tagged=np.zeros(len(asks), dtype=bool),
    )
    return replace(story, forms=join_forms([story.forms, forms]))


def write_expansions(
    settings: Settings, people: People, reps: Reps, expansions: Expansions
) -> tuple[Any, Any]:
    """Build their rows of `crm_opportunities` and of `truth_deals`."""
    who = expansions.person
    rows, company = len(who), people.company[who]
    closed = ~np.isnan(expansions.closed_at)
    opportunity = label("opp-", people.number[who], suffix="-2")
    stage = np.where(closed, np.where(expansions.is_won, 1, 2), 0)
    last = np.where(closed, expansions.closed_at, expansions.opened_at)
    raw = {
        "opportunity_id": opportunity,
        "account_id": label("account-", people.company_number + company, company < 0),
        "contact_id": label("contact-", people.number[who]),
        "owner_id": label("rep-", reps.first + expansions.rep),
        "created_at": times(expansions.opened_at, settings.start),
        "updated_at": times(last, settings.start),
        "deal_type": pick(TYPES, expansions.kind),
        "stage_name": pick(("Proposal", "Closed Won", "Closed Lost"), stage),
        "amount": numbers(expansions.amount),
        "currency_code": pick(("EUR",), who * 0),
        "is_closed": numbers(closed),
        "is_won": numbers(expansions.is_won),
        "closed_at": times(expansions.closed_at, settings.start),
        "lost_reason": choose(stage == 2, pick(("no_decision",), who * 0), nothing(rows)),
        "loaded_at": nothing(rows, "time"),
    }
    true = {
        "opportunity_id": opportunity,
        "person_id": label("p", people.number[who]),
        "deal_type": pick(TRUE_TYPES, expansions.kind),
        "named_by": pick(("contact",), who * 0),
        "is_won": numbers(expansions.is_won),
        "amount": numbers(expansions.amount),
        "currency_code": pick(("EUR",), who * 0),
    }
    return table(raw, RAW["crm_opportunities"]), table(true, TRUTH["truth_deals"])
