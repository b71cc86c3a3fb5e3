"""Keep the CRM's deals: opportunities, contacts and accounts."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.columns import label, nothing, numbers, pick, table, times
from demo.contract import RAW, Settings
from demo.crm import Leads, contact_address, has_deal
from demo.people import People
from demo.sales import LOST, Reps
from demo.story import Story
from demo.web import phones, titles

STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")


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
