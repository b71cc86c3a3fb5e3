"""Say which stages every lead went through, and when: what a warehouse has to find out."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.behavior import IDENTIFY, SCROLL
from demo.changes import Changes
from demo.columns import Bools, Floats, Ints, glue, label, numbers, pick, table, times
from demo.contract import TRUTH, Settings
from demo.crm import Leads
from demo.customers import Expansions
from demo.outreach import MAIL_EVENTS
from demo.people import People
from demo.sales import FORGOTTEN_WON, LOST, WON
from demo.seen import LEAD, OWN, Seen
from demo.story import Story

STAGES = ("inquiry", "mql", "sal", "sql", "closed_won", "closed_lost", "recycled", "disqualified")
INQUIRY, MQL, SAL, SQL, CLOSED_WON, CLOSED_LOST, RECYCLED, DISQUALIFIED = range(8)
FIRST_RECYCLED, FIRST_DISQUALIFIED = 7, 10
"""Places in the list of statuses from which on a status means this exit."""
CAREERS = 3


def engagements(
    people: People, story: Story, seen: Seen, replies: tuple[Ints, Floats]
) -> tuple[Ints, Floats, Bools]:
    """List what people did of their own accord and can be put down to them.

    Returns
    -------
    ndarray of int, ndarray of float
        Person and moment.
    ndarray of bool
        By person, whether that is certain: one identity, its own address, and no device
        that somebody else used too.
    """
    visits, forms, mails = story.visits, story.forms, story.mails
    calls = visits.name == IDENTIFY
    devices = 1 + max(int(visits.device.max(initial=0)), int(forms.device.max(initial=0)))
    users = np.unique(
        np.stack(
            [
                np.concatenate([visits.device, forms.device]),
                np.concatenate([visits.person, forms.person]),
            ],
            axis=1,
        ),
        axis=0,
    )
    is_shared = np.bincount(users[:, 0], minlength=devices) > 1
    certain = (seen.groups == 1) & (seen.group[:, OWN] >= 0)
    certain[users[is_shared[users[:, 0]], 1]] = False
    named = np.zeros(devices, dtype=bool)
    named[forms.device] = True
    named[visits.device[calls]] = True
    viewed = ~calls & (visits.name != SCROLL) & named[visits.device]
    viewed &= words.TYPE_OF_PAGE[visits.page] != CAREERS
    clicks = mails.name == MAIL_EVENTS.index("clicked")
    person = np.concatenate(
        [
            visits.person[viewed],
            forms.person,
            mails.person[clicks],
            story.responses.person,
            replies[0],
        ]
    )
    at = np.concatenate(
        [visits.at[viewed], forms.at, mails.at[clicks], story.responses.at, replies[1]]
    )
    order = np.lexsort((at, person))
    return person[order], at[order], certain


def exits(hand_person: Ints, verdict_at: Floats, status: Changes) -> Ints:
    """Stage that each verdict means; -1: there was none."""
    said = {
        (person, at): new
        for person, at, new in zip(
            status.person.tolist(), status.at.tolist(), status.new.tolist(), strict=True
        )
        if new >= FIRST_RECYCLED
    }
    codes = np.array(
        [said.get(key, -1) for key in zip(hand_person.tolist(), verdict_at.tolist(), strict=True)],
        dtype=np.int64,
    ).reshape(len(hand_person))
    return np.select(
        [codes >= FIRST_DISQUALIFIED, codes >= FIRST_RECYCLED], [DISQUALIFIED, RECYCLED], -1
    )


def write_course(
    settings: Settings,
    people: People,
    story: Story,
    seen: Seen,
    status: Changes,
    replies: tuple[Ints, Floats],
    leads: Leads,
    expansions: Expansions,
) -> Any:
    """Build the truth table `truth_stages`: one row per stage that a lead entered, by the CRM.

    The first hand-raise of a cycle is left out where it is not certain whose it was. A customer's
    second deal is a cycle of its own, which enters all stages up to sql when it is opened.
    """
    hand = story.handoffs
    sold = np.isin(hand.outcome, [WON, LOST, FORGOTTEN_WON])
    sal = hand.touch_at + 6 / 1440
    sal = np.where(hand.outcome == FORGOTTEN_WON, hand.converted_at, sal)
    verdict_at = hand.end_at + 10 / 1440
    verdict = exits(hand.person, verdict_at, status)
    is_won = np.isin(hand.outcome, [WON, FORGOTTEN_WON])
    parts = [
        (np.full(len(sal), MQL), np.where(hand.skips_mql, sal, hand.at)),
        (np.full(len(sal), SAL), sal),
        (np.full(len(sal), SQL), np.fmin(hand.qualified_at, hand.converted_at)),
        (np.where(is_won, CLOSED_WON, CLOSED_LOST), np.where(sold, hand.end_at, np.nan)),
        (verdict, np.where(verdict >= 0, verdict_at, np.nan)),
    ]
    again = [(np.full(len(expansions.person), place), expansions.opened_at) for place in (1, 2, 3)]
    again.append((np.where(expansions.is_won, CLOSED_WON, CLOSED_LOST), expansions.closed_at))
    stage = np.concatenate([part[0] for part in [*parts, *again]])
    at = np.concatenate([part[1] for part in [*parts, *again]])
    person, cycle = (
        np.concatenate([np.tile(first, len(parts)), np.tile(second, len(again))])
        for first, second in ((hand.person, expansions.person), (hand.cycle, expansions.cycle))
    )

    who, when, certain = engagements(people, story, seen, replies)
    first = np.full(people.count, np.inf)
    np.minimum.at(first, who, when)
    first = np.fmin(first, story.created_at)
    begun = np.flatnonzero(certain & np.isfinite(first))
    left = np.isin(stage, [RECYCLED, CLOSED_LOST]) & (at < settings.days) & certain[person]
    back_person, back_at, back_cycle = person[left], at[left], cycle[left] + 1
    back_at = _next_after(who, when, back_person, back_at)
    # A second record of the CRM says New, too; since when, the raw tables do not tell.
    back_at = np.where(np.isin(back_person, leads.twins), np.nan, back_at)

    person = np.concatenate([person, begun, back_person])
    cycle = np.concatenate([cycle, np.ones(len(begun), dtype=np.int64), back_cycle])
    stage = np.concatenate([stage, np.full(len(begun) + len(back_person), INQUIRY)])
    at = np.concatenate([at, first[begun], back_at])
    kept = at < settings.days
    person, cycle, stage, at = person[kept], cycle[kept], stage[kept], at[kept]
    group = np.where(
        seen.group[person, LEAD] >= 0, seen.group[person, LEAD], seen.group[person, OWN]
    )
    return table(
        {
            "seen_as": glue(label("p", people.number[person]), "/", label("", group, group < 0)),
            "cycle": numbers(cycle),
            "stage": pick(STAGES, stage),
            "entered_at": times(at, settings.start),
        },
        TRUTH["truth_stages"],
    )


def _next_after(who: Ints, when: Floats, person: Ints, at: Floats) -> Floats:
    """First moment of the same person after a moment; NaN: none."""
    found = np.full(len(person), np.nan)
    begin, end = np.searchsorted(who, person), np.searchsorted(who, person, side="right")
    for place, (first, last) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        later = first + int(np.searchsorted(when[first:last], at[place], side="right"))
        if later < last:
            found[place] = when[later]
    return found
