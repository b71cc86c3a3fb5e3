"""Let people visit the site and fill in forms, in waves of interest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from demo import vocabulary as words
from demo.columns import Bools, Floats, Ints
from demo.people import People, draw_clock

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")
MINUTE = 1 / 1440
PAGE_VIEW, PRODUCT_CLICK, IDENTIFY, SCROLL = range(4)


@dataclass(frozen=True)
class Visits:
    """Web events of known persons, one row each."""

    person: Ints
    session: Ints
    at: Floats
    name: Ints
    page: Ints
    device: Ints
    tagged: Bools
    """The session came by a tagged link of the person's source."""
    mail: Bools
    """The session came by a link in an e-mail."""
    address: Ints
    """Row of the person's address on identify events, else -1."""


@dataclass(frozen=True)
class Sessions:
    """Visits to the site, ordered by person and time."""

    person: Ints
    at: Floats
    end: Floats
    number: Ints
    device: Ints
    tagged: Bools


@dataclass(frozen=True)
class Forms:
    """Submitted forms, one row each."""

    person: Ints
    at: Floats
    form: Ints
    page: Ints
    device: Ints
    session: Ints
    address: Ints
    """Row of the address used in the persons' addresses."""
    tagged: Bools


def repeat_index(counts: Ints) -> tuple[Ints, Ints]:
    """Owner and running number of `counts[i]` rows for each owner i."""
    owner = np.repeat(np.arange(len(counts)), counts)
    start = np.repeat(np.cumsum(counts) - counts, counts)
    return owner, np.arange(len(owner)) - start


def sigmoid(values: Floats) -> Floats:
    """Turn log odds into probabilities."""
    return np.asarray(1 / (1 + np.exp(-values)))


def sessions_of_wave(
    rng: np.random.Generator,
    people: People,
    who: Ints,
    begin: Floats,
    intent: Floats,
    first_number: int,
) -> Sessions:
    """Draw the visits of one wave of interest: the keener, the more and the denser.

    Parameters
    ----------
    who, begin, intent
        Persons, the wave's first moment (days) and their intent in this wave.
    first_number
        Number of the first session.
    """
    kind = people.kind[who]
    mean = np.exp(0.55 + 0.45 * np.clip(intent, -2.5, 2.5))
    mean = np.select(
        [kind == words.STUDENT, kind == words.JOB_SEEKER, kind == words.INTERNAL],
        [6.0, 4.0, 15.0],
        mean,
    )
    counts = 1 + np.minimum(rng.poisson(mean), 30)
    owner, place = repeat_index(counts)
    spread = 12.0 * np.exp(-0.15 * np.clip(intent, -2, 2))
    later = rng.exponential(spread[owner])
    offset = np.array([item.offset for item in words.COUNTRIES])[people.country[who]][owner]
    moved = draw_clock(rng, np.floor(begin[owner] + later) + 1, offset)
    same_day = rng.random(len(owner)) < 0.12
    at = np.where(same_day, begin[owner] + 0.08 + 0.3 * rng.random(len(owner)), moved)
    at = np.where(place == 0, begin[owner], np.maximum(at, begin[owner] + 0.05))
    order = np.lexsort((at, owner))
    owner, at = owner[order], at[order]
    person = who[owner]
    second = people.second_device[person]
    use_second = (second >= 0) & (place > 0) & (rng.random(len(owner)) < 0.4)
    return Sessions(
        person=person,
        at=at,
        end=at,
        number=first_number + np.arange(len(owner)),
        device=np.where(use_second, second, people.device[person]),
        tagged=(place == 0) | (rng.random(len(owner)) < 0.12),
    )


def view_pages(
    rng: np.random.Generator, people: People, sessions: Sessions, intent: Floats
) -> tuple[Visits, Sessions]:
    """Draw the page views of each session; `intent` is by session."""
    rows = len(sessions.person)
    kind = people.kind[sessions.person]
    base = rng.geometric(np.where(kind == words.INTERNAL, 0.12, 0.3), rows)
    counts = np.minimum(base + rng.poisson(np.exp(0.2 + 0.3 * np.clip(intent, -2.5, 2.5))), 40)
    owner, place = repeat_index(counts)
    slope = np.where(kind == words.PROSPECT, np.clip(intent, -2.5, 2.5), 0.0)
    weight = np.exp(words.PAGE_WEIGHTS[kind] + slope[:, None] * words.PAGE_SLOPES)
    cumulated = np.cumsum(weight, axis=1)
    cumulated /= cumulated[:, -1:]
    page_type = (rng.random(len(owner))[:, None] > cumulated[owner]).sum(axis=1)
    page_type = np.where((place == 0) & (rng.random(len(owner)) < 0.5), 0, page_type)
    person = sessions.person[owner]
    other = rng.integers(0, 4, len(owner))
    topic = np.where(rng.random(len(owner)) < 0.65, people.topic[person], other)
    page = words.PAGE_BASE[page_type] + np.where(words.TOPICAL[page_type], topic, 0)
    page = np.where((page == 3) & (rng.random(len(owner)) < 0.4), len(words.PAGES) - 1, page)
    at = (
        sessions.at[owner]
        + place * 1.1 * MINUTE
        + rng.random(len(owner)) * MINUTE * np.minimum(place, 1)
    )
    roll = rng.random(len(owner))
    product = page_type == 4
    keen = 0.15 + 0.25 * sigmoid(intent)[owner]
    clicks = np.flatnonzero(product & (roll < keen))
    scrolls = np.flatnonzero(~product & (roll < 0.03))
    chosen = np.concatenate([np.arange(len(owner)), clicks, scrolls])
    name = np.repeat([PAGE_VIEW, PRODUCT_CLICK, SCROLL], [len(owner), len(clicks), len(scrolls)])
    late = np.repeat([0.0, 0.2 * MINUTE], [len(owner), len(clicks) + len(scrolls)])
    visits = Visits(
        person=person[chosen],
        session=sessions.number[owner][chosen],
        at=at[chosen] + late,
        name=name,
        page=page[chosen],
        device=sessions.device[owner][chosen],
        tagged=sessions.tagged[owner][chosen],
        mail=np.zeros(len(chosen), dtype=bool),
        address=np.full(len(chosen), -1),
    )
    ends = sessions.at + counts * 1.15 * MINUTE
    return visits, Sessions(
        sessions.person, sessions.at, ends, sessions.number, sessions.device, sessions.tagged
    )


def submit_forms(
    rng: np.random.Generator,
    people: People,
    who: Ints,
    intent: Floats,
    sessions: Sessions,
    force: bool,
) -> Forms:
    """Draw the forms of a wave, each at the end of one of its sessions.

    `force` makes those who would fill in none sign up for the newsletter (trade-fair visitors
    and internal people excepted).
    """
    kind = people.kind[who]
    odds = words.FORM_BASE + np.clip(intent, -2.5, 2.5)[:, None] * words.FORM_SLOPES
    odds = odds + np.select(
        [
            (kind == words.STUDENT)[:, None],
            (kind == words.JOB_SEEKER)[:, None],
            (kind == words.COMPETITOR)[:, None],
        ],
        [[0.3, 1.4, 0.4, -0.6, -4.0], [0.4, -2.0, -3.0, 1.2, -5.0], [0.3, 1.0, 1.0, -1.0, -0.6]],
        0.0,
    )
    filled = rng.random(odds.shape) < sigmoid(odds)
    if force:
        exempt = (people.source[who] == words.TRADE_FAIR) | (kind == words.INTERNAL)
        filled[:, words.NEWSLETTER] |= ~filled.any(axis=1) & ~exempt
    position, form = np.nonzero(filled)
    counts = np.bincount(np.searchsorted(who, sessions.person), minlength=len(who))
    starts = np.cumsum(counts) - counts
    early = np.array([1.6, 1.2, 1.0, 0.7, 0.6])[form]
    chosen = starts[position] + np.minimum(
        (rng.random(len(form)) ** early * counts[position]).astype(np.int64), counts[position] - 1
    )
    person = who[position]
    topical = (form == words.WHITEPAPER) | (form == words.WEBINAR)
    page = words.FORM_PAGE[form] + np.where(topical, people.topic[person], 0)
    second = people.has_second_email[person] & (rng.random(len(form)) < 0.4)
    return Forms(
        person=person,
        at=sessions.end[chosen] + MINUTE * (0.5 + form * 0.4),
        form=form,
        page=page,
        device=sessions.device[chosen],
        session=sessions.number[chosen],
        address=person + np.where(second, people.count, 0),
        tagged=sessions.tagged[chosen],
    )


def identify(rng: np.random.Generator, people: People, forms: Forms) -> Visits:
    """Identify calls: some forms, and every form of those who have an account on the site."""
    calls = people.has_user_id[forms.person] | people.has_second_email[forms.person]
    calls |= rng.random(len(forms.person)) < 0.15
    chosen = np.flatnonzero(calls)
    return Visits(
        person=forms.person[chosen],
        session=forms.session[chosen],
        at=forms.at[chosen] + 2 / 86400,
        name=np.full(len(chosen), IDENTIFY),
        page=forms.page[chosen],
        device=forms.device[chosen],
        tagged=forms.tagged[chosen],
        mail=np.zeros(len(chosen), dtype=bool),
        address=forms.address[chosen],
    )


def join_visits(parts: list[Visits]) -> Visits:
    """Put web events below each other."""
    return Visits(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Visits.__annotations__
        )
    )


def join_forms(parts: list[Forms]) -> Forms:
    """Put forms below each other."""
    return Forms(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Forms.__annotations__)
    )


def keep(record: Record, mask: Bools) -> Record:
    """Keep some rows of a record of arrays."""
    return replace(record, **{name: getattr(record, name)[mask] for name in record.__annotations__})


def first_time(person: Ints, at: Floats, count: int) -> Floats:
    """First moment by person; infinite where there is none."""
    first = np.full(count, np.inf)
    np.minimum.at(first, person, at)
    return first
