"""Keep the CRM's leads and reps as they stand at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.changes import CONVERTED, RATINGS, STATUSES, Changes, last_values
from demo.columns import (
    Bools,
    Column,
    Floats,
    Ints,
    concat,
    glue,
    label,
    nothing,
    numbers,
    pick,
    table,
    times,
)
from demo.contract import RAW, Settings
from demo.people import People
from demo.sales import (
    FORGOTTEN_WON,
    LOST,
    WON,
    Handoffs,
    Reps,
)
from demo.story import Story
from demo.web import phones, titles


@dataclass(frozen=True)
class Leads:
    """State of the CRM leads at the end; arrays by person unless said."""

    status: Ints
    owner: Ints
    rating: Ints
    updated_at: Floats
    deal: Ints
    """Row of the handoff that was converted, else -1."""
    twins: Ints
    """Persons who have a second CRM lead."""
    twin_at: Floats
    merged_at: Floats
    """By twin; NaN: not merged."""


def close_books(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    story: Story,
    status: Changes,
    owner: Changes,
    rating: Changes,
) -> Leads:
    """Settle the current values of the CRM leads, and the duplicates among them."""
    count = people.count
    value, changed = last_values(status, count)
    owner_value, owner_at = last_values(owner, count)
    rating_value, rated_at = last_values(rating, count)
    opted = np.nan_to_num(story.opted_out_at, nan=-np.inf)
    opted = np.where(opted < settings.days, opted, -np.inf)
    deal = np.full(count, -1)
    converted = np.flatnonzero(story.handoffs.converted_at < settings.days)
    deal[story.handoffs.person[converted]] = converted
    alive = np.flatnonzero(value >= 0)
    twins = alive[rng.random(len(alive)) < np.where(people.has_second_email[alive], 0.3, 0.02)]
    twin_at = story.created_at[twins] + 0.5 + 50 * rng.random(len(twins))
    kept = twin_at < settings.days
    twins, twin_at = twins[kept], twin_at[kept]
    merged_at = twin_at + 0.5 + 15 * rng.random(len(twins))
    merged_at = np.where(merged_at < settings.days, merged_at, np.nan)
    updated = np.maximum.reduce([changed, owner_at, rated_at, np.maximum(opted, -np.inf)])
    updated = np.where(
        value >= 0, np.maximum(updated, np.nan_to_num(story.created_at, nan=-np.inf)), np.nan
    )
    return Leads(value, owner_value, rating_value, updated, deal, twins, twin_at, merged_at)


def _person_columns(rng: np.random.Generator, people: People, who: Ints) -> dict[str, Column]:
    """Columns that describe the person behind a CRM record."""
    rows = len(who)
    company = people.company[who]
    size = people.size()[who]
    firm = people.company_number + company
    return {
        "first_name": pick(people.first_names, who),
        "last_name": pick(people.last_names, who),
        "company_name": label("Firm ", firm, company < 0),
        "website": glue(
            label("https://www.firm", firm, (company < 0) | (rng.random(rows) < 0.3)), ".example"
        ),
        "job_title": pick(titles(), people.title[who], rng.random(rows) < 0.08),
        "phone": phones(rng, rows, rng.random(rows) < 0.5),
        "industry": pick(
            [item.name for item in words.INDUSTRIES], people.industry()[who], rng.random(rows) < 0.1
        ),
        "employee_count": numbers(size, (size == 0) | (rng.random(rows) < 0.12)),
        "country_code": pick([item.code for item in words.COUNTRIES], people.country[who]),
        "lead_source": pick(
            [item.lead_source for item in words.SOURCES],
            people.source[who],
            rng.random(rows) < 0.02,
        ),
    }


def write_leads(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    reps: Reps,
    story: Story,
    leads: Leads,
    nameless: Bools,
) -> tuple[Any, Any]:
    """Build the raw table `crm_leads`: current rows, and earlier versions of some of them.

    An earlier version is the record as it was made. Which of both arrived first is decided
    where the loads are set. One that is `nameless` (by person) does not say which deal it became.
    """
    who = np.flatnonzero(leads.status >= 0)
    rows, number = len(who), people.number[who]
    deal = leads.deal[who]
    gone = leads.status[who] != CONVERTED
    company = people.company[who]
    opted = story.opted_out_at[who] < settings.days
    columns = _person_columns(rng, people, who)
    created_at = story.created_at[who]
    current = columns | {
        "lead_id": label("lead-", number),
        "created_at": times(created_at, settings.start),
        "updated_at": times(leads.updated_at[who], settings.start),
        "email": pick(people.emails, who),
        "status": pick(STATUSES, leads.status[who]),
        "rating": pick(RATINGS, leads.rating[who]),
        "owner_id": label("rep-", reps.first + leads.owner[who], leads.owner[who] < 0),
        "converted_at": times(
            np.where(gone, np.nan, story.handoffs.converted_at[deal]), settings.start
        ),
        "converted_contact_id": label("contact-", number, gone),
        "converted_account_id": label(
            "account-", people.company_number + company, gone | (company < 0)
        ),
        "converted_opportunity_id": label("opp-", number, gone | nameless[who], "-1"),
        "merged_into_lead_id": nothing(rows),
        "is_deleted": numbers(np.zeros(rows, dtype=bool)),
        "has_opted_out": numbers(opted),
        "loaded_at": nothing(rows, "time"),
    }
    cold = {name: nothing(rows) for name in current if name.startswith("converted_")}
    as_made = (
        current
        | cold
        | {
            "converted_at": nothing(rows, "time"),
            "updated_at": times(created_at, settings.start),
            "status": pick(STATUSES, np.zeros(rows, dtype=np.int64)),
            "rating": nothing(rows),
            "owner_id": nothing(rows),
            "has_opted_out": numbers(np.zeros(rows, dtype=bool)),
        }
    )
    twins = leads.twins
    count = len(twins)
    merged = ~np.isnan(leads.merged_at)
    second = twins + np.where(people.has_second_email[twins], people.count, 0)
    twin = _person_columns(rng, people, twins) | {
        "lead_id": label("lead-", people.number[twins], suffix="b"),
        "created_at": times(leads.twin_at, settings.start),
        "updated_at": times(np.where(merged, leads.merged_at, leads.twin_at), settings.start),
        "email": pick(people.emails, second),
        "status": pick(STATUSES, np.zeros(count, dtype=np.int64)),
        **{name: nothing(count) for name in ("rating", "owner_id", *cold)},
        "converted_at": nothing(count, "time"),
        "merged_into_lead_id": label("lead-", people.number[twins], ~merged),
        "is_deleted": numbers(merged),
        "has_opted_out": numbers(np.zeros(count, dtype=bool)),
        "loaded_at": nothing(count, "time"),
    }
    schema = RAW["crm_leads"]
    return concat([table(current, schema), table(twin, schema)]), table(as_made, schema)


def write_reps(rng: np.random.Generator, settings: Settings, reps: Reps) -> Any:
    """Build the raw table `crm_reps`."""
    rows = len(reps.team)
    number = reps.first + np.arange(rows)
    first = rng.integers(0, len(words.FIRST_NAMES), rows)
    last = rng.integers(0, len(words.LAST_NAMES), rows)
    return table(
        {
            "rep_id": label("rep-", number),
            "name": glue(pick(words.FIRST_NAMES, first), " ", pick(words.LAST_NAMES, last)),
            "email": glue(label("rep", number), "@internal.example"),
            "team_id": pick(words.TEAMS, reps.team),
            "is_active": numbers((np.arange(rows) == 0) | (rng.random(rows) > 0.04)),
            "hired_at": times(-np.floor(1500 * rng.random(rows)) - 1, settings.start),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["crm_reps"],
    )


def is_won(hand: Handoffs, end: float) -> Bools:
    """Whether each handoff ended in a win before `end`."""
    return np.isin(hand.outcome, [WON, FORGOTTEN_WON]) & (hand.end_at < end)


def has_deal(hand: Handoffs, end: float) -> Bools:
    """Whether an opportunity was opened before `end`."""
    return np.isin(hand.outcome, [WON, LOST, FORGOTTEN_WON]) & (hand.converted_at < end)


def contact_address(people: People, who: Ints) -> Ints:
    """Row of the address of a person's CRM contact: for some the second one."""
    other = people.has_second_email[who] & (people.number[who] % 2 == 0)
    return who + np.where(other, people.count, 0)
