"""Keep the CRM's deals: opportunities, contacts, accounts and what reps did."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.behavior import repeat_index
from demo.columns import Floats, Ints, choose, label, nothing, numbers, pick, table, times
from demo.contract import RAW, Settings
from demo.crm import Leads, contact_address, has_deal
from demo.people import People
from demo.sales import LOST, WON, Reps
from demo.story import Story
from demo.web import phones, titles

STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
ACTIVITIES = ("call", "email", "meeting", "task", "note")
OUTCOMES = ("connected", "no_answer", "voicemail", "sent", "held", "no_show", "done", "replied")


def write_deals(
    rng: np.random.Generator, settings: Settings, people: People, reps: Reps, story: Story
) -> tuple[Any, Any, Any]:
    """Build `crm_opportunities`, now and as opened, and `crm_opportunity_history`."""
    hand = story.handoffs
    rows = np.flatnonzero(has_deal(hand, settings.days))
    who, number = hand.person[rows], people.number[hand.person[rows]]
    count = len(rows)
    opened, end = hand.converted_at[rows], hand.end_at[rows]
    won = hand.outcome[rows] != LOST
    size = np.maximum(people.size()[who], 3)
    amount = np.round(np.exp(rng.normal(8.3, 0.6, count)) * (size / 50) ** 0.35, -2)
    last = np.where(won | (rng.random(count) < 0.5), 3, rng.integers(0, 4, count))
    part = np.array([0.0, 0.2, 0.5, 0.8])
    moments = opened[:, None] + part * (end - opened)[:, None]
    moments = np.where(np.arange(4) <= last[:, None], moments, np.nan)
    moments = np.concatenate(
        [moments, np.where(won, end, np.nan)[:, None], np.where(won, np.nan, end)[:, None]], axis=1
    )
    happened = moments < settings.days
    stage = 5 - np.argmax(happened[:, ::-1], axis=1)
    updated = moments[np.arange(count), stage]
    closed = stage >= 4
    shown = np.where(np.arange(6) < 2, np.round(amount[:, None] * 0.8, -2), amount[:, None])
    opportunity = label("opp-", number, suffix="-1")
    company = people.company[who]
    now = {
        "opportunity_id": opportunity,
        "account_id": label("account-", people.company_number + company, company < 0),
        "lead_id": label("lead-", number, rng.random(count) < 0.1),
        "contact_id": label("contact-", number),
        "owner_id": label("rep-", reps.first + hand.rep[rows]),
        "created_at": times(opened, settings.start),
        "updated_at": times(updated, settings.start),
        "stage_name": pick(STAGES, stage),
        "amount": numbers(shown[np.arange(count), stage]),
        "currency_code": pick(("EUR",), np.zeros(count, dtype=np.int64)),
        "is_closed": numbers(closed),
        "is_won": numbers(stage == 4),
        "closed_at": times(np.where(closed, end, np.nan), settings.start),
        "lost_reason": pick(words.LOST_REASONS, rng.integers(0, 5, count), stage != 5),
        "loaded_at": nothing(count, "time"),
    }
    as_opened = now | {
        "updated_at": now["created_at"],
        "stage_name": pick(STAGES, stage * 0),
        "amount": numbers(shown[:, 0]),
        "is_closed": numbers(closed & False),
        "is_won": numbers(closed & False),
        "closed_at": nothing(count, "time"),
        "lost_reason": nothing(count),
    }
    schema = RAW["crm_opportunities"]
    deal, entered = np.nonzero(happened)
    history = table(
        {
            "history_id": label(f"stage-{people.first}-", np.arange(len(deal))),
            "opportunity_id": pick(opportunity, deal),
            "stage_name": pick(STAGES, entered),
            "amount": numbers(shown[deal, entered]),
            "changed_at": times(moments[deal, entered], settings.start),
            "loaded_at": nothing(len(deal), "time"),
        },
        RAW["crm_opportunity_history"],
    )
    return table(now, schema), table(as_opened, schema), history


def write_contacts(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    reps: Reps,
    story: Story,
    leads: Leads,
) -> tuple[Any, Any, Any]:
    """Build `crm_contacts`, now and as made, and `crm_accounts`.

    They hold the converted people and their firms, and firms of older customers.
    """
    who = np.flatnonzero(leads.deal >= 0)
    rows = len(who)
    made = story.handoffs.converted_at[leads.deal[who]]
    company = people.company[who]
    opted = story.opted_out_at[who]
    opted = np.where((opted > made) & (opted < settings.days), opted, np.nan)
    now = {
        "contact_id": label("contact-", people.number[who]),
        "account_id": label("account-", people.company_number + company, company < 0),
        "created_at": times(made, settings.start),
        "updated_at": times(np.fmax(made, opted), settings.start),
        "email": pick(people.emails, contact_address(people, who)),
        "first_name": pick(people.first_names, who),
        "last_name": pick(people.last_names, who),
        "job_title": pick(titles(), people.title[who]),
        "phone": phones(rng, rows, rng.random(rows) < 0.3),
        "country_code": pick([item.code for item in words.COUNTRIES], people.country[who]),
        "owner_id": label("rep-", reps.first + story.handoffs.rep[leads.deal[who]]),
        "is_deleted": numbers(rng.random(rows) < 0.01),
        "has_opted_out": numbers(story.opted_out_at[who] < settings.days),
        "loaded_at": nothing(rows, "time"),
    }
    as_made = now | {
        "updated_at": now["created_at"],
        "has_opted_out": numbers(story.opted_out_at[who] <= made),
    }
    schema = RAW["crm_contacts"]
    firms = len(people.company_size)
    begun = np.where(rng.random(firms) < 0.06, -1 - 700 * rng.random(firms), np.inf)
    np.minimum.at(begun, company[company >= 0], made[company >= 0])
    firm = np.flatnonzero(np.isfinite(begun))
    parent = np.concatenate([[-1], firm[:-1]])[: len(firm)]
    parent = np.where(rng.random(len(firm)) < 0.05, parent, -1)
    team = np.array([item.team for item in words.COUNTRIES])[people.company_country[firm]]
    owner = reps.team_start[team] + firm % reps.team_count[team]
    accounts = table(
        {
            "account_id": label("account-", people.company_number + firm),
            "parent_account_id": label("account-", people.company_number + parent, parent < 0),
            "created_at": times(begun[firm], settings.start),
            "updated_at": times(begun[firm], settings.start),
            "name": label("Firm ", people.company_number + firm),
            "domain": label("firm", people.company_number + firm, suffix=".example"),
            "industry": pick(
                [item.name for item in words.INDUSTRIES], people.company_industry[firm]
            ),
            "employee_count": numbers(people.company_size[firm]),
            "country_code": pick(
                [item.code for item in words.COUNTRIES], people.company_country[firm]
            ),
            "owner_id": label("rep-", reps.first + owner),
            "loaded_at": nothing(len(firm), "time"),
        },
        RAW["crm_accounts"],
    )
    return table(now, schema), table(as_made, schema), accounts


def write_activities(
    rng: np.random.Generator, settings: Settings, people: People, reps: Reps, story: Story
) -> tuple[Any, tuple[Ints, Floats]]:
    """Build `crm_activities`: the first touch, what follows it, and the replies.

    Returns
    -------
    table
        One row per activity.
    tuple of ndarray
        Persons who replied, and when.
    """
    hand = story.handoffs
    worked = np.flatnonzero(~np.isnan(hand.touch_at))
    sold = np.isin(hand.outcome[worked], [WON, LOST])
    counts = 1 + rng.poisson(np.where(sold, 5.0, 1.8))
    owner, place = repeat_index(counts)
    handoff = worked[owner]
    begin = hand.touch_at[handoff]
    end = np.where(np.isnan(hand.end_at[handoff]), begin + 21, hand.end_at[handoff])
    at = np.where(place == 0, begin, begin + (end - begin) * rng.random(len(owner)))
    kind = rng.choice(5, len(owner), p=[0.4, 0.36, 0.06, 0.06, 0.12])
    meets = sold[owner] & (rng.random(len(owner)) < 0.25)
    kind = np.where(meets, 2, kind)
    kind = np.where((place == 0), rng.integers(0, 2, len(owner)), kind)
    spoken = rng.random(len(owner))
    outcome = np.select(
        [kind == 0, kind == 1, kind == 2],
        [np.select([spoken < 0.4, spoken < 0.8], [0, 1], 2), 3, np.where(spoken < 0.9, 4, 5)],
        6,
    )
    chance = 0.12 + 0.4 * hand.probability[handoff]
    replies = np.flatnonzero((kind <= 1) & (rng.random(len(owner)) < chance))
    handoff = np.concatenate([handoff, handoff[replies]])
    at = np.concatenate([at, at[replies] + 0.02 + 1.5 * rng.random(len(replies))])
    inbound = np.arange(len(at)) >= len(owner)
    kind = np.concatenate([kind, rng.choice([0, 1, 1], len(replies))])
    outcome = np.concatenate([outcome, np.full(len(replies), 7)])
    kept = at < settings.days
    handoff, at, inbound, kind, outcome = (
        handoff[kept],
        at[kept],
        inbound[kept],
        kind[kept],
        outcome[kept],
    )
    rows = len(at)
    number = people.number[hand.person[handoff]]
    late = hand.converted_at[handoff] < at
    on_deal = late & (rng.random(rows) < 0.6)
    replied = np.asarray(hand.person[handoff[inbound]]), np.asarray(at[inbound])
    minutes = np.rint(
        np.where(kind == 2, 30 + 30 * rng.random(rows), 2 + rng.exponential(6.0, rows))
    ).astype(np.int64)
    activities = table(
        {
            "activity_id": label(f"act-{people.first}-", np.arange(rows)),
            "activity_type": pick(ACTIVITIES, kind),
            "direction": choose(
                inbound,
                pick(("inbound",), np.zeros(rows, dtype=np.int64)),
                pick(("outbound",), np.zeros(rows, dtype=np.int64)),
            ),
            "occurred_at": times(at, settings.start),
            "lead_id": label("lead-", number, on_deal),
            "contact_id": label("contact-", number, ~late),
            "opportunity_id": label("opp-", number, ~late, "-1"),
            "rep_id": label("rep-", reps.first + hand.rep[handoff]),
            "outcome": pick(OUTCOMES, outcome),
            "duration_minutes": numbers(minutes, (kind != 0) & (kind != 2) | (outcome == 1)),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["crm_activities"],
    )
    return activities, replied
