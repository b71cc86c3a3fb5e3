"""Log what CRMs log besides the touches of reps, and lose or blur some of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from demo.activities import (
    CALL,
    CONNECTED,
    DONE,
    EMAIL,
    NOBODY,
    NOTE,
    OWNER,
    PROGRAM,
    SENT,
    VOICEMAIL,
    Activities,
    join_activities,
)
from demo.behavior import keep
from demo.columns import Ints
from demo.contract import Settings
from demo.sales import FORGOTTEN, Handoffs
from demo.story import Story

AUTOMATIC_MAIL = 0.3
"""Share of handoffs that a sequence writes to; half in nobody's name, half in a program's."""
ANSWERED_FIRST = 0.08
"""Share of first touches that are the lead's own call, which a rep answered."""
MISSED_CALL = 0.03
"""Share of the forgotten who called and reached the answering machine."""
NOTED = 0.04
"""Share of the forgotten of whom a rep noted something."""
NOTED_UNLOGGED = 0.4
"""The same of those whom a rep worked without logging it."""
EARLY_WORKED, EARLY_FORGOTTEN = 0.1, 0.04
"""Share of handoffs that a rep called within the day before, if the CRM had the lead by then."""
DELETED = 0.03
"""Share of the forgotten with a call that was logged by mistake and deleted."""
DAY_ONLY = 0.06
"""Share of what reps did that is logged by its day."""


def call_early(rng: np.random.Generator, story: Story) -> Story:
    """Let reps call some leads within the day before the handoff: of a first cycle, once made."""
    hand = story.handoffs
    rows = len(hand.person)
    early = hand.at - 0.05 - 0.85 * rng.random(rows)
    share = np.where(np.isnan(hand.touch_at), 0.0, EARLY_WORKED)
    share = np.where((hand.outcome == FORGOTTEN) & ~hand.is_unlogged, EARLY_FORGOTTEN, share)
    share = np.where(hand.is_late | (hand.cycle > 1), 0.0, share)
    called = (rng.random(rows) < share) & (early > story.created_at[hand.person] + 0.01)
    return replace(story, handoffs=replace(hand, early_at=np.where(called, early, np.nan)))


def _row(
    handoffs: Handoffs,
    chosen: Ints,
    days: np.ndarray[tuple[int], np.dtype[np.float64]],
    kind: int,
    outcome: int,
    *,
    inbound: bool = False,
    by: Ints | int = OWNER,
    is_deleted: bool = False,
) -> Activities:
    """One further activity of some handoffs, so many days after each."""
    rows = len(chosen)
    return Activities(
        handoff=chosen,
        at=handoffs.at[chosen] + days,
        kind=np.full(rows, kind),
        inbound=np.full(rows, inbound),
        outcome=np.full(rows, outcome),
        minutes=np.full(rows, 4),
        is_first=np.zeros(rows, dtype=bool),
        by=np.broadcast_to(np.asarray(by, dtype=np.int64), rows).copy(),
        is_deleted=np.full(rows, is_deleted),
    )


def keep_the_desk(
    rng: np.random.Generator, settings: Settings, story: Story, activities: Activities
) -> Activities:
    """Add automatic mail, calls of the lead's own, notes and mistakes; log some days only."""
    hand = story.handoffs
    rows = len(hand.person)
    forgotten = (hand.outcome == FORGOTTEN) & np.isnan(hand.early_at)

    def some(share: float, of: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
        return np.flatnonzero(of & (rng.random(rows) < share))

    mailed = some(AUTOMATIC_MAIL, np.ones(rows, dtype=bool))
    missed = some(MISSED_CALL, forgotten & ~hand.is_unlogged)
    noted = some(NOTED, forgotten & ~hand.is_unlogged)
    unlogged = some(NOTED_UNLOGGED, hand.is_unlogged)
    noted = np.concatenate([noted, unlogged])
    deleted = some(DELETED, forgotten & ~hand.is_unlogged)
    early = np.flatnonzero(~np.isnan(hand.early_at))
    more = [
        _row(hand, mailed, 0.01 + 3 * rng.random(len(mailed)), EMAIL, SENT,
             by=np.where(rng.random(len(mailed)) < 0.5, NOBODY, PROGRAM)),
        _row(hand, missed, 0.5 + 9 * rng.random(len(missed)), CALL, VOICEMAIL, inbound=True),
        _row(hand, noted, 0.2 + 9 * rng.random(len(noted)), NOTE, DONE),
        _row(hand, deleted, 0.2 + 9 * rng.random(len(deleted)), CALL, CONNECTED, is_deleted=True),
        _row(hand, early, hand.early_at[early] - hand.at[early], CALL, CONNECTED),
    ]  # fmt: skip
    logged = len(activities.at)
    answered = activities.is_first & (activities.kind == CALL)
    answered &= rng.random(logged) < ANSWERED_FIRST
    by_day = ~activities.inbound & ~answered & (rng.random(logged) < DAY_ONLY)
    changed = replace(
        activities,
        inbound=activities.inbound | answered,
        outcome=np.where(answered, CONNECTED, activities.outcome),
        at=np.where(by_day, np.floor(activities.at), activities.at),
    )
    joined = join_activities([changed, *more])
    return keep(joined, joined.at < settings.days)
