"""Log what reps do: the first touch, what follows it, and the replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from demo.behavior import repeat_index
from demo.columns import Bools, Floats, Ints, choose, label, nothing, numbers, pick, table, times
from demo.contract import RAW, Settings
from demo.people import People
from demo.sales import LOST, WON, Reps
from demo.story import Story

CALL, EMAIL, MEETING, TASK, NOTE = range(5)
ACTIVITIES = ("call", "email", "meeting", "task", "note")
CONNECTED, NO_ANSWER, VOICEMAIL, SENT, HELD, NO_SHOW, DONE, REPLIED = range(8)
OUTCOMES = ("connected", "no_answer", "voicemail", "sent", "held", "no_show", "done", "replied")
OWNER, NOBODY, PROGRAM = range(3)
"""In whose name: the rep's, nobody's, a program's."""
AUTOMATION = "automation"
"""The CRM's user that is a program, as in `seeds/automation_users.csv`."""


@dataclass(frozen=True)
class Activities:
    """Logged activities, one row each."""

    handoff: Ints
    at: Floats
    kind: Ints
    inbound: Bools
    outcome: Ints
    minutes: Ints
    is_first: Bools
    """The rep's first touch."""
    by: Ints
    is_deleted: Bools


def join_activities(parts: list[Activities]) -> Activities:
    """Put activities below each other."""
    return Activities(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Activities.__annotations__
        )
    )


def draw_activities(rng: np.random.Generator, story: Story) -> Activities:
    """Draw the first touch of each worked handoff, what follows it, and the replies."""
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
    kind = np.where(meets, MEETING, kind)
    kind = np.where((place == 0), rng.integers(0, 2, len(owner)), kind)
    spoken = rng.random(len(owner))
    outcome = np.select(
        [kind == CALL, kind == EMAIL, kind == MEETING],
        [
            np.select([spoken < 0.4, spoken < 0.8], [CONNECTED, NO_ANSWER], VOICEMAIL),
            SENT,
            np.where(spoken < 0.9, HELD, NO_SHOW),
        ],
        DONE,
    )
    chance = 0.12 + 0.4 * hand.probability[handoff]
    replies = np.flatnonzero((kind <= EMAIL) & (rng.random(len(owner)) < chance))
    handoff = np.concatenate([handoff, handoff[replies]])
    at = np.concatenate([at, at[replies] + 0.02 + 1.5 * rng.random(len(replies))])
    kind = np.concatenate([kind, rng.choice([CALL, EMAIL, EMAIL], len(replies))])
    rows = len(at)
    long = np.where(kind == MEETING, 30 + 30 * rng.random(rows), 2 + rng.exponential(6.0, rows))
    return Activities(
        handoff=handoff,
        at=at,
        kind=kind,
        inbound=np.arange(rows) >= len(owner),
        outcome=np.concatenate([outcome, np.full(len(replies), REPLIED)]),
        minutes=np.rint(long).astype(np.int64),
        is_first=np.concatenate([place == 0, np.zeros(len(replies), dtype=bool)]),
        by=np.full(rows, OWNER),
        is_deleted=np.zeros(rows, dtype=bool),
    )


def reached_us(story: Story, activities: Activities) -> tuple[Ints, Floats]:
    """Persons who called or wrote to sales, and when."""
    inbound = activities.inbound & ~activities.is_deleted
    return story.handoffs.person[activities.handoff[inbound]], activities.at[inbound]


def takes_time(activities: Activities) -> Bools:
    """Whether each activity is logged with its duration."""
    lasts = (activities.kind == CALL) | (activities.kind == MEETING)
    return np.asarray(lasts & (activities.outcome != NO_ANSWER))


def true_minutes(settings: Settings, story: Story, activities: Activities) -> Floats:
    """Minutes that reps logged for each handoff until the deal or the end; NaN: not over."""
    hand = story.handoffs
    until = np.fmin(hand.qualified_at, hand.converted_at)
    until = np.where(np.isnan(until), hand.end_at + 10 / 1440, until)
    missed = activities.inbound & (activities.outcome == VOICEMAIL)
    counted = takes_time(activities) & ~activities.is_deleted & ~missed
    counted &= activities.at < until[activities.handoff]
    minutes = np.bincount(
        activities.handoff[counted], activities.minutes[counted], minlength=len(until)
    )
    return np.where(until < settings.days, minutes, np.nan)


def write_activities(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    reps: Reps,
    story: Story,
    activities: Activities,
) -> Any:
    """Build the raw table `crm_activities`."""
    hand = story.handoffs
    handoff, at, kind = activities.handoff, activities.at, activities.kind
    rows = len(at)
    number = people.number[hand.person[handoff]]
    late = hand.converted_at[handoff] < at
    on_deal = late & (rng.random(rows) < 0.6)
    rep = choose(
        activities.by == PROGRAM,
        pick((AUTOMATION,), np.zeros(rows, dtype=np.int64)),
        label("rep-", reps.first + hand.rep[handoff], activities.by == NOBODY),
    )
    return table(
        {
            "activity_id": label(f"act-{people.first}-", np.arange(rows)),
            "activity_type": pick(ACTIVITIES, kind),
            "direction": pick(("outbound", "inbound"), activities.inbound.astype(np.int64)),
            "occurred_at": times(at, settings.start),
            "lead_id": label("lead-", number, on_deal),
            "contact_id": label("contact-", number, ~late),
            "opportunity_id": label("opp-", number, ~late, "-1"),
            "rep_id": rep,
            "outcome": pick(OUTCOMES, activities.outcome),
            "duration_minutes": numbers(activities.minutes, ~takes_time(activities)),
            "is_deleted": numbers(activities.is_deleted),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["crm_activities"],
    )
