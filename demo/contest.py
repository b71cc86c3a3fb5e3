"""Run a campaign that is meant for executives and draws students and juniors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from demo import vocabulary as words
from demo.behavior import first_time
from demo.contract import Settings
from demo.outreach import PRIZE_DRAW, PRIZE_LASTS, Responses, prize_days
from demo.people import People
from demo.story import Story

STUDENTS, UNFIT = 0.5, 0.12
"""Share of students and job seekers, and of prospects whom the product does not fit, who come."""
UNFIT_BELOW = -1.0


def draw_prizes(
    rng: np.random.Generator, settings: Settings, people: People, story: Story
) -> Story:
    """Add the answers to the prize draws, of people known by then.

    They change nothing in who is handed over: the simulated marketing gives no points for them.
    """
    known = np.minimum(
        first_time(story.forms.person, story.forms.at, people.count),
        first_time(story.responses.person, story.responses.at, people.count),
    )
    young = np.isin(people.kind, [words.STUDENT, words.JOB_SEEKER])
    unfit = (people.kind == words.PROSPECT) & (people.fit < UNFIT_BELOW)
    share = np.where(young, STUDENTS, np.where(unfit, UNFIT, 0.0))
    parts = [story.responses]
    for place, day in enumerate(prize_days(settings)):
        who = np.flatnonzero((known < day) & (rng.random(people.count) < share))
        rows = len(who)
        parts.append(
            Responses(
                person=who,
                at=day + PRIZE_LASTS * rng.random(rows),
                kind=np.full(rows, PRIZE_DRAW),
                campaign=np.full(rows, place),
            )
        )
    joined = Responses(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Responses.__annotations__
        )
    )
    return replace(story, responses=joined)
