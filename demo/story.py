"""Tell the story of one chunk of people, from first visit to last verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo import vocabulary as words
from demo.behavior import (
    Forms,
    Visits,
    first_time,
    identify,
    join_forms,
    join_visits,
    sessions_of_wave,
    submit_forms,
    view_pages,
)
from demo.columns import Floats, Ints
from demo.contract import Settings
from demo.outreach import Mails, Responses, follow_links, respond, send_mails
from demo.people import People
from demo.sales import (
    FORGOTTEN,
    RETURNED,
    Handoffs,
    Reps,
    collect_touches,
    hand_over,
    join_handoffs,
    sell,
    win_probability,
)


@dataclass(frozen=True)
class Story:
    """All that happens to the people of a chunk, times in days since the start."""

    visits: Visits
    forms: Forms
    mails: Mails
    responses: Responses
    opted_out_at: Floats
    created_at: Floats
    """When the CRM lead is made; NaN: none is."""
    handoffs: Handoffs


def _wave(
    rng: np.random.Generator,
    people: People,
    who: Ints,
    begin: Floats,
    intent: Floats,
    number: int,
    force: bool,
) -> tuple[Visits, Forms]:
    """One wave of interest of some people: their visits and forms."""
    sessions = sessions_of_wave(rng, people, who, begin, intent, number)
    by_person = np.zeros(people.count)
    by_person[who] = intent
    visits, sessions = view_pages(rng, people, sessions, by_person[sessions.person])
    forms = submit_forms(rng, people, who, intent, sessions, force)
    return join_visits([visits, identify(rng, people, forms)]), forms


def _create_leads(
    rng: np.random.Generator, people: People, forms: Forms, touched: Responses
) -> Floats:
    """When the CRM lead of each person is made; NaN: none is.

    A form makes a lead at once, unless a newsletter is all it is; guests of a fair are imported
    days later.
    """
    by_form = first_time(forms.person, forms.at, people.count)
    more = forms.form != words.NEWSLETTER
    by_more = first_time(forms.person[more], forms.at[more], people.count)
    fair = touched.kind < 2
    by_fair = first_time(touched.person[fair], touched.at[fair], people.count)
    by_fair = by_fair + 1 + 2 * rng.random(people.count)
    strict = rng.random(people.count) < 0.35
    moment = np.minimum(np.where(strict, by_more, by_form), by_fair) + 2 / 1440
    chance = np.array([0.98, 0.8, 0.8, 0.8, 0.1])[people.kind]
    kept = np.isfinite(moment) & (rng.random(people.count) < chance)
    return np.where(kept, moment, np.nan)


def tell_story(rng: np.random.Generator, settings: Settings, people: People, reps: Reps) -> Story:
    """Simulate one chunk.

    Two cycles: the first wave of interest with its handoff, then a second wave of those who
    were handed back, of some who had not been ready and of some whom sales forgot.
    """
    count = people.count
    everyone = np.arange(count)
    visits, forms = _wave(rng, people, everyone, people.begin + 0.0, people.intent, 0, True)
    responses = respond(rng, settings, people, forms, people.intent)
    created_at = _create_leads(rng, people, forms, responses)
    known_at = np.minimum(
        first_time(forms.person, forms.at, count), first_time(responses.person, responses.at, count)
    )
    mails, opted_out_at = send_mails(rng, settings, people, known_at, people.intent)
    start = np.zeros(count)
    touches = collect_touches(visits, forms, mails, responses)
    direct_share = np.array([source.direct for source in words.SOURCES])[people.source]
    direct = (people.kind == words.PROSPECT) & (rng.random(count) < direct_share)
    at = hand_over(touches, forms, people, created_at, start, direct)
    who = np.flatnonzero(at < settings.days)
    chance = win_probability(touches, visits, people, who, at[who], people.intent[who], start)
    first = sell(rng, people, reps, who, at[who], chance, 1)

    outcome = np.full(count, -1)
    outcome[first.person] = first.outcome
    ended = np.full(count, np.nan)
    ended[first.person] = first.end_at
    handed = np.full(count, np.nan)
    handed[first.person] = first.at
    roll = rng.random(count)
    returned = (outcome == RETURNED) & (roll < 0.8)
    unready = (outcome == -1) & (people.kind == words.PROSPECT) & (roll < 0.25)
    forgotten = (outcome == FORGOTTEN) & (roll < 0.15)
    from_day = np.select(
        [returned, unready, forgotten], [ended, people.begin + 25, handed + 30], np.nan
    )
    begin = from_day + 8 + 70 * rng.random(count)
    again = np.flatnonzero(begin < settings.days - 0.1)
    lift = np.where(returned[again], 0.8, 0.3)
    intent = 0.5 * people.intent[again] + lift + rng.normal(0.0, 0.8, len(again))
    more_visits, more_forms = _wave(rng, people, again, begin[again], intent, 10_000_000, False)
    more_responses = respond_again(rng, settings, people, more_forms, intent, again)
    clicks = follow_links(rng, people, mails, 20_000_000)
    visits = join_visits([visits, more_visits, clicks])
    forms = join_forms([forms, more_forms])
    responses = Responses(
        *(
            np.concatenate([getattr(responses, name), getattr(more_responses, name)])
            for name in Responses.__annotations__
        )
    )
    created_at = np.where(np.isnan(created_at), _late_leads(people, more_forms), created_at)

    since = np.where(returned, ended, 0.0)
    touches = collect_touches(visits, forms, mails, responses)
    at = hand_over(touches, forms, people, created_at, since, np.zeros(count, dtype=bool))
    open_again = returned | (outcome == -1)
    who = np.intersect1d(np.flatnonzero(open_again & (at < settings.days)), again)
    wave_intent = np.zeros(count)
    wave_intent[again] = intent
    chance = win_probability(touches, visits, people, who, at[who], wave_intent[who], since)
    second = sell(rng, people, reps, who, at[who], chance, 2)
    second_cycle = np.where(returned[who], 2, 1)
    second = Handoffs(**(vars(second) | {"cycle": second_cycle}))
    return Story(
        visits, forms, mails, responses, opted_out_at, created_at, join_handoffs([first, second])
    )


def _late_leads(people: People, forms: Forms) -> Floats:
    """CRM leads made by a form of the second wave."""
    moment = first_time(forms.person, forms.at, people.count) + 2 / 1440
    return np.where(np.isfinite(moment), moment, np.nan)


def respond_again(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    forms: Forms,
    intent: Floats,
    who: Ints,
) -> Responses:
    """Webinars attended in the second wave."""
    by_person = np.zeros(people.count)
    by_person[who] = intent
    responses = respond(rng, settings, people, forms, by_person)
    webinars = responses.kind == 2
    return Responses(*(getattr(responses, name)[webinars] for name in Responses.__annotations__))
