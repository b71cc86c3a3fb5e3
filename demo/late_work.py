"""Let reps take up some of the leads they forgot, late, and work some without logging it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from demo import vocabulary as words
from demo.ageing import fade, last_act
from demo.contract import Settings
from demo.people import People
from demo.sales import DISQUALIFIED, FORGOTTEN, FORGOTTEN_WON, LOST, OPEN, RETURNED, WON
from demo.story import Story

TAKEN_UP_LATE = 0.16
"""Share of the forgotten that a rep calls weeks later: enough for a model to see old wins."""
LATE_MEDIAN, LATE_SPREAD = 45, 0.6
FIRST_LATE, LAST_LATE = 15.5, 220.0
"""Days after the handoff: past the fortnight in which it is decided who is forgotten."""
UNLOGGED = 0.04
"""Share of the forgotten that a rep worked and logged nothing of."""


def take_up_later(
    rng: np.random.Generator, settings: Settings, people: People, story: Story
) -> Story:
    """Change what became of some forgotten handoffs.

    Who is taken up late is won by a chance that has faded; who is worked without a trace is won
    by the chance of the handoff, and nobody sees why.
    """
    hand = story.handoffs
    rows = len(hand.person)
    roll = rng.random(rows)
    waited = np.clip(rng.lognormal(np.log(LATE_MEDIAN), LATE_SPREAD, rows), FIRST_LATE, LAST_LATE)
    touch = hand.at + waited
    forgotten = hand.outcome == FORGOTTEN
    late = forgotten & (roll < TAKEN_UP_LATE) & (touch < settings.days)
    acted = last_act(story, hand.person, touch)
    silent = touch - np.fmax(np.nan_to_num(acted, nan=-np.inf), hand.at)
    chance = fade(hand.probability, waited, silent)
    won = rng.random(rows) < chance
    rest = rng.random(rows)
    lost_share = 0.12 + 0.35 * chance
    bad = people.kind[hand.person] != words.PROSPECT
    outcome = np.select(
        [
            won,
            bad & (rest < 0.85),
            rest < lost_share,
            rest < lost_share + 0.3,
            rest < lost_share + 0.5,
        ],
        [WON, DISQUALIFIED, LOST, RETURNED, DISQUALIFIED],
        OPEN,
    )
    outcome = np.where(late, outcome, hand.outcome)
    deal = np.clip(rng.lognormal(np.log(33), 0.45, rows), 12.0, 140.0)
    short = np.clip(rng.lognormal(1.8, 0.7, rows), 0.2, 60.0)
    sold = late & np.isin(outcome, [WON, LOST])
    ended = late & np.isin(outcome, [RETURNED, DISQUALIFIED])
    qualified = touch + 0.35 * deal

    unlogged = forgotten & ~late & (roll > 1 - UNLOGGED)
    won_unseen = unlogged & (rng.random(rows) < hand.probability)
    outcome = np.where(won_unseen, FORGOTTEN_WON, outcome)
    unseen_end = hand.at + 26 + 60 * rng.random(rows)
    converted = np.where(sold, qualified + 0.03 + 0.4 * rng.random(rows), hand.converted_at)
    converted = np.where(won_unseen, unseen_end - 8.0, converted)
    end = np.where(sold, touch + deal, np.where(ended, touch + short, hand.end_at))
    return replace(
        story,
        handoffs=replace(
            hand,
            outcome=outcome,
            touch_at=np.where(late, touch, hand.touch_at),
            qualified_at=np.where(sold, qualified, hand.qualified_at),
            converted_at=converted,
            end_at=np.where(won_unseen, unseen_end, end),
            is_late=late,
            is_unlogged=unlogged,
        ),
    )
