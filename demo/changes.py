"""Record how the fields of CRM leads change: status, owner and rating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.columns import (
    Column,
    Floats,
    Ints,
    choose,
    concat,
    label,
    nothing,
    pick,
    table,
    times,
)
from demo.contract import RAW, Settings
from demo.people import People
from demo.sales import (
    DISQUALIFIED,
    FORGOTTEN_WON,
    RETURNED,
    VERDICT_ONLY,
    WORKED_OUTCOMES,
    Reps,
)
from demo.story import Story

STATUSES = (
    "New", "MQL", "Working", "Contacted", "Accepted", "Qualified", "Converted",
    "Returned to Marketing", "Not Ready", "No Budget",
    "Unqualified", "Bad Data", "Competitor", "Job Seeker",
)  # fmt: skip
CONVERTED = 6
RATINGS = ("Hot", "Warm", "Cold")


@dataclass(frozen=True)
class Changes:
    """Changes of one field of CRM leads, ordered by person and time, codes as numbers."""

    person: Ints
    old: Ints
    new: Ints
    at: Floats
    by: Ints
    """Rep; -1: automation."""


def order_changes(person: Ints, new: Ints, at: Floats, by: Ints, end: float) -> Changes:
    """Drop what has not happened yet, put the rest in order and fill in the old values."""
    kept = np.flatnonzero(~np.isnan(at) & (at < end))
    kept = kept[np.lexsort((at[kept], person[kept]))]
    person, new, at, by = person[kept], new[kept], at[kept], by[kept]
    same = np.zeros(len(person), dtype=bool)
    same[1:] = person[1:] == person[:-1]
    old = np.where(same, np.concatenate([[-1], new[:-1]])[: len(new)], -1)
    moved = new != old
    return Changes(person[moved], old[moved], new[moved], at[moved], by[moved])


def last_values(changes: Changes, count: int) -> tuple[Ints, Floats]:
    """Value after the last change by person (-1: none), and when it was."""
    value, at = np.full(count, -1), np.full(count, -np.inf)
    value[changes.person] = changes.new
    at[changes.person] = changes.at
    return value, at


def status_changes(
    rng: np.random.Generator, settings: Settings, people: People, story: Story
) -> Changes:
    """Every change of status, from New on."""
    hand = story.handoffs
    rows = len(hand.person)
    automation = np.full(rows, -1)
    leads = np.flatnonzero(~np.isnan(story.created_at))
    kind = people.kind[hand.person]
    returned = 7 + rng.choice(3, rows, p=[0.45, 0.35, 0.2])
    bad = np.select(
        [kind == words.COMPETITOR, kind == words.JOB_SEEKER],
        [12, 13],
        10 + rng.choice(2, rows, p=[0.75, 0.25]),
    )
    from_verdict = np.where((rng.random(rows) < 0.4) & (kind == words.PROSPECT), returned, bad)
    verdict = np.select(
        [hand.outcome == RETURNED, hand.outcome == DISQUALIFIED, hand.outcome == VERDICT_ONLY],
        [returned, bad, from_verdict],
        -1,
    )
    working = 2 + rng.choice(3, rows, p=[0.8, 0.14, 0.06])
    parts = [
        (
            leads,
            np.zeros(len(leads), dtype=np.int64),
            story.created_at[leads],
            np.full(len(leads), -1),
        ),
        (
            hand.person,
            np.ones(rows, dtype=np.int64),
            np.where(hand.skips_mql, np.nan, hand.at),
            automation,
        ),
        (hand.person, working, hand.touch_at + 6 / 1440, hand.rep),
        (hand.person, np.full(rows, 5), hand.qualified_at, hand.rep),
        (
            hand.person,
            np.full(rows, CONVERTED),
            hand.converted_at,
            np.where(hand.outcome == FORGOTTEN_WON, -1, hand.rep),
        ),
        (hand.person, verdict, np.where(verdict >= 0, hand.end_at + 10 / 1440, np.nan), hand.rep),
    ]
    columns = [np.concatenate([part[place] for part in parts]) for place in range(4)]
    return order_changes(columns[0], columns[1], columns[2], columns[3], settings.days)


def owner_changes(
    rng: np.random.Generator, settings: Settings, people: People, reps: Reps, story: Story
) -> Changes:
    """Every change of owner: at the handoff, and now and then to a colleague."""
    hand = story.handoffs
    rows = len(hand.person)
    team = reps.team[hand.rep]
    colleague = (
        reps.team_start[team] + (hand.rep - reps.team_start[team] + 1) % reps.team_count[team]
    )
    moved = (rng.random(rows) < 0.05) & (hand.outcome >= WORKED_OUTCOMES)
    unowned = (hand.outcome >= WORKED_OUTCOMES) & (rng.random(rows) < 0.04)
    at = np.where(unowned, np.nan, hand.at + 1 / 1440)
    later = np.where(moved & ~unowned, hand.at + 2 + 3 * rng.random(rows), np.nan)
    return order_changes(
        np.concatenate([hand.person, hand.person]),
        np.concatenate([hand.rep, colleague]),
        np.concatenate([at, later]),
        np.full(2 * rows, -1),
        settings.days,
    )


def rating_changes(
    rng: np.random.Generator, settings: Settings, people: People, story: Story
) -> Changes:
    """Let reps rate worked leads: a noisy view of the truth."""
    hand = story.handoffs
    odds = np.log(
        np.clip(hand.probability, 0.002, 0.998) / (1 - np.clip(hand.probability, 0.002, 0.998))
    )
    seen = odds + rng.normal(0, 1.5, len(odds))
    rated = rng.random(len(odds)) < 0.85
    rating = np.select([seen > -0.2, seen > -1.6], [0, 1], 2)
    at = np.where(rated, hand.touch_at + 0.05 + rng.random(len(odds)), np.nan)
    return order_changes(hand.person, rating, at, hand.rep, settings.days)


def write_history(settings: Settings, people: People, reps: Reps, parts: dict[str, Changes]) -> Any:
    """Build the raw table `crm_lead_history`."""
    words_of: dict[str, Column] = {
        "status": pick(STATUSES, np.arange(len(STATUSES))),
        "owner_id": label("rep-", reps.first + np.arange(len(reps.team))),
        "rating": pick(RATINGS, np.arange(len(RATINGS))),
    }
    tables = []
    for field, changes in parts.items():
        rows = len(changes.person)
        tables.append(
            table(
                {
                    "history_id": label(f"hist-{field[0]}{people.first}-", np.arange(rows)),
                    "lead_id": label("lead-", people.number[changes.person]),
                    "field_name": pick((field,), np.zeros(rows, dtype=np.int64)),
                    "old_value": pick(words_of[field], changes.old),
                    "new_value": pick(words_of[field], changes.new),
                    "changed_at": times(changes.at, settings.start),
                    "changed_by": choose(
                        changes.by < 0,
                        pick(("automation",), np.zeros(rows, dtype=np.int64)),
                        label("rep-", reps.first + changes.by),
                    ),
                    "loaded_at": nothing(rows, "time"),
                },
                RAW["crm_lead_history"],
            )
        )
    return concat(tables)
