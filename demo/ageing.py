"""Let chances fade: with the days a lead waits, and with its silence."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo.behavior import sigmoid
from demo.columns import Floats, Ints, label, numbers, table, times
from demo.contract import TRUTH, Settings
from demo.people import People
from demo.sales import collect_touches, win_probability
from demo.story import Story

FADE_WAITING = -0.006
"""Log odds by day since the handoff: the lead finds another supplier."""
FADE_SILENCE = -0.016
"""Log odds by day since the lead last did anything: it stopped looking."""
LONGEST = 150.0
"""Days after which neither fades any more."""


def fade(chance: Floats, waited: Floats, silent: Floats) -> Floats:
    """Chance that a lead is won, had it waited and been silent so many days."""
    odds = np.log(np.clip(chance, 1e-9, 1 - 1e-9) / (1 - np.clip(chance, 1e-9, 1 - 1e-9)))
    odds = odds + FADE_WAITING * np.clip(waited, 0, LONGEST)
    odds = odds + FADE_SILENCE * np.clip(silent, 0, LONGEST)
    return np.where(chance > 0, sigmoid(odds), 0.0)


def last_act(story: Story, person: Ints, before: Floats) -> Floats:
    """When each person last did something of their own before a moment; NaN: never.

    One row of `person` and `before` for each question; a person may be asked of twice.
    """
    who, at = _acts(story)
    key = np.rint(at * 1e4).astype(np.int64)
    base = np.int64(10**8)
    place = np.searchsorted(who * base + key, person * base + np.rint(before * 1e4)) - 1
    found = (place >= 0) & (who[np.maximum(place, 0)] == person)
    return np.where(found, at[np.maximum(place, 0)], np.nan)


def _acts(story: Story) -> tuple[Ints, Floats]:
    """Person and moment of all that people did themselves, in order."""
    clicks = story.mails.name == 2
    who = [story.visits.person, story.forms.person, story.responses.person]
    at = [story.visits.at, story.forms.at, story.responses.at]
    person = np.concatenate([*who, story.mails.person[clicks]])
    moment = np.concatenate([*at, story.mails.at[clicks]])
    order = np.lexsort((moment, person))
    return person[order], moment[order]


def write_chances(settings: Settings, people: People, story: Story) -> Any:
    """Build `truth_chances`: what the CRM's leads are worth at the end, if sales worked them.

    That of a lead that was handed over is its chance at the last handoff, faded since; that of
    another one its chance at its last act, faded since.
    """
    hand, count = story.handoffs, people.count
    end = float(settings.days)
    who = np.flatnonzero(~np.isnan(story.created_at) & (story.created_at < end))
    acted = last_act(story, who, np.full(len(who), end))
    acted = np.where(np.isnan(acted), story.created_at[who], acted)
    touches = collect_touches(story.visits, story.forms, story.mails, story.responses)
    zeros = np.zeros(count)
    unasked = win_probability(touches, story.visits, people, who, acted, people.intent[who], zeros)
    chance, since = np.full(count, np.nan), np.full(count, np.nan)
    known = np.flatnonzero(hand.at < end)
    known = known[np.argsort(hand.at[known], kind="stable")]
    chance[hand.person[known]], since[hand.person[known]] = hand.probability[known], hand.at[known]
    handed = ~np.isnan(chance[who])
    start = np.where(handed, chance[who], unasked)
    waited = np.where(handed, end - since[who], 0.0)
    silent = end - np.fmax(acted, np.where(handed, since[who], -np.inf))
    return table(
        {
            "person_id": label("p", people.number[who]),
            "lead_id": label("lead-", people.number[who]),
            "as_of": times(np.full(len(who), end), settings.start),
            "was_handed_over": numbers(handed),
            "days_waited": numbers(waited),
            "days_silent": numbers(end - acted),
            "win_chance": numbers(fade(start, waited, silent)),
        },
        TRUTH["truth_chances"],
    )
