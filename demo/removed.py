"""Keep CRM leads that were entered by mistake and deleted."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.columns import Ints, label, nothing, numbers, pick, table, times
from demo.contract import RAW, TRUTH, Settings
from demo.crm import Leads
from demo.people import People
from demo.seen import LEAD, Seen
from demo.story import Story

SHARE = 0.012
"""Leads of the CRM of which there was a second record, called unqualified and deleted."""


def draw_removed(
    rng: np.random.Generator, settings: Settings, people: People, story: Story, leads: Leads
) -> Ints:
    """Draw the persons with such a record; shared addresses would make it a stranger's."""
    own = (leads.status >= 0) & ~people.is_role & (people.kind != words.INTERNAL)
    own &= story.created_at < settings.days - 6
    return np.flatnonzero(own & (rng.random(people.count) < SHARE))


def write_removed(settings: Settings, people: People, story: Story, removed: Ints) -> Any:
    """Build their rows of `crm_leads`: made an hour after the true record, deleted days later."""
    rows = len(removed)
    made = story.created_at[removed] + 0.04
    return table(
        {
            "lead_id": label("lead-", people.number[removed], suffix="d"),
            "created_at": times(made, settings.start),
            "updated_at": times(made + 5.0, settings.start),
            "email": pick(people.emails, removed),
            "status": pick(("Unqualified",), removed * 0),
            "is_deleted": numbers(np.ones(rows, dtype=bool)),
            "has_opted_out": numbers(np.zeros(rows, dtype=bool)),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["crm_leads"],
    )


def write_true_removed(people: People, seen: Seen, removed: Ints) -> Any:
    """Build their rows of `truth_identifiers`."""
    person = label("p", people.number[removed])
    return table(
        {
            "person_id": person,
            "identifier_type": pick(("crm_lead_id",), removed * 0),
            "identifier_value": label("lead-", people.number[removed], suffix="d"),
            "seen_as": pick(
                [
                    f"p{number}/{group}"
                    for number, group in zip(
                        people.number[removed].tolist(),
                        seen.group[removed, LEAD].tolist(),
                        strict=True,
                    )
                ],
                np.arange(len(removed)),
            ),
        },
        TRUTH["truth_identifiers"],
    )
