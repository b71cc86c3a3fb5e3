"""Hand leads over, and let sales work some of them and forget the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo import vocabulary as words
from demo.behavior import Forms, Visits, sigmoid
from demo.columns import Bools, Floats, Ints
from demo.outreach import Mails, Responses
from demo.people import People

WON, LOST, RETURNED, DISQUALIFIED, OPEN, VERDICT_ONLY, FORGOTTEN, FORGOTTEN_WON = range(8)
WORKED_OUTCOMES = 5
"""Outcomes below this one are of worked handoffs."""

PER_REP = 250
_RESPONSE_CODES = np.array([words.CODE_FAIR, words.CODE_QR, words.CODE_ATTENDED, words.CODE_QR])
LATE_HOURS, FULL_WEEK = 0.8, 1.0
"""Log odds to be worked that a handoff loses after hours, and with a rep who has enough."""
WEEKLY_LEADS = 3
"""New leads a week after which a rep has enough."""


@dataclass(frozen=True)
class Reps:
    """Sales representatives of a chunk, ordered by team."""

    first: int
    team: Ints
    team_start: Ints
    team_count: Ints


@dataclass(frozen=True)
class Touches:
    """Everything marketing sees of a person, for the rules of handing over."""

    person: Ints
    at: Floats
    code: Ints


@dataclass(frozen=True)
class Handoffs:
    """Handed-over leads of one cycle, one row each; times NaN where it never came to it."""

    person: Ints
    cycle: Ints
    at: Floats
    rep: Ints
    probability: Floats
    after_hours: Bools
    over_capacity: Bools
    outcome: Ints
    touch_at: Floats
    qualified_at: Floats
    converted_at: Floats
    end_at: Floats
    """Verdict, win, loss or handing back."""
    skips_mql: Bools
    is_late: Bools
    """Taken up after the fortnight, when it was in the black hole."""
    is_unlogged: Bools
    """A rep worked it and logged nothing."""
    early_at: Floats
    """A call within the day before the handoff."""
    willing: Floats
    """Log odds that the rep works it in time."""


def hire_reps(people: People, first: int) -> Reps:
    """About one rep per 250 persons and at least six, by team in proportion to the persons."""
    team_of = np.array([country.team for country in words.COUNTRIES])[people.country]
    load = np.bincount(team_of, minlength=3) / max(people.count, 1)
    total = max(6, round(people.count / PER_REP))
    counts = np.maximum(1, np.round(load * total).astype(np.int64))
    counts[0] += max(0, 6 - int(counts.sum()))
    return Reps(first, np.repeat(np.arange(3), counts), np.cumsum(counts) - counts, counts)


def rep_of(people: People, reps: Reps, who: Ints) -> Ints:
    """Owner of each person: by country to the team, by company within it."""
    company = people.company[who]
    country = np.where(company >= 0, people.company_country[company], people.country[who])
    team = np.array([item.team for item in words.COUNTRIES])[country]
    key = np.where(company >= 0, company, who)
    return np.asarray(reps.team_start[team] + key % reps.team_count[team])


def collect_touches(visits: Visits, forms: Forms, mails: Mails, responses: Responses) -> Touches:
    """Put what marketing gives points for on one list."""
    viewed = visits.name <= 1
    clicks = mails.name == 2
    web = np.where(visits.name == 1, words.CODE_CLICK, words.TYPE_OF_PAGE[visits.page])
    response = _RESPONSE_CODES[responses.kind]
    return Touches(
        person=np.concatenate(
            [visits.person[viewed], forms.person, mails.person[clicks], responses.person]
        ),
        at=np.concatenate([visits.at[viewed], forms.at, mails.at[clicks], responses.at]),
        code=np.concatenate(
            [
                web[viewed],
                words.CODE_FORM + forms.form,
                np.full(int(clicks.sum()), words.CODE_MAIL),
                response,
            ]
        ),
    )


def running_points(touches: Touches, since: Floats) -> tuple[Ints, Floats, Floats]:
    """Person, moment and points so far of every touch after `since` (by person), in order."""
    kept = touches.at >= since[touches.person]
    person, at, code = touches.person[kept], touches.at[kept], touches.code[kept]
    order = np.lexsort((at, code, person))
    person, at, code = person[order], at[order], code[order]
    fresh = np.ones(len(person), dtype=bool)
    fresh[1:] = (person[1:] != person[:-1]) | (code[1:] != code[:-1])
    place = np.arange(len(person)) - np.maximum.accumulate(
        np.where(fresh, np.arange(len(person)), 0)
    )
    points = np.where(place < words.HANDOVER_CAPS[code], words.HANDOVER_POINTS[code], 0)
    order = np.lexsort((at, person))
    person, at, points = person[order], at[order], points[order]
    total = np.cumsum(points)
    starts = np.searchsorted(person, person)
    before = total[starts] - points[starts]
    return person, at, np.asarray(total - before, dtype=np.float64)


def hand_over(
    touches: Touches, forms: Forms, people: People, created_at: Floats, since: Floats, direct: Bools
) -> Floats:
    """When each person is handed over; NaN: never.

    A request for a demonstration or a contact is handed over at once; otherwise the points
    must reach the threshold. Competitors and students come only by asking. Those in
    `direct` are handed over as soon as they are in the CRM.
    """
    person, at, points = running_points(touches, since)
    reached = points >= words.HANDOVER_AT
    moment = np.full(people.count, np.inf)
    np.minimum.at(moment, person[reached], at[reached])
    by_points = (people.kind == words.PROSPECT) | (people.kind == words.JOB_SEEKER)
    moment = np.where(by_points, moment, np.inf)
    asked = (forms.form >= words.CONTACT) & (forms.at >= since[forms.person])
    np.minimum.at(moment, forms.person[asked], forms.at[asked])
    moment = np.where(direct, created_at, moment)
    moment = np.maximum(moment, created_at) + 4 / 1440
    return np.asarray(np.where(np.isfinite(moment), moment, np.nan))


def win_probability(
    touches: Touches,
    visits: Visits,
    people: People,
    who: Ints,
    at: Floats,
    intent: Floats,
    since: Floats,
) -> Floats:
    """Probability that a worked handoff is won: the truth models are to find.

    Only touches before the handoff count, and only those of the running cycle (after `since`,
    by person).
    """
    limit = np.full(people.count, -np.inf)
    limit[who] = at
    kept = (touches.at <= limit[touches.person]) & (touches.at >= since[touches.person])

    def count(*codes: int) -> Floats:
        chosen = kept & np.isin(touches.code, codes)
        return np.bincount(touches.person[chosen], minlength=people.count)[who].astype(np.float64)

    recent = kept & (touches.at > limit[touches.person] - 14)
    begun = np.maximum(people.begin, since)[who]
    odds = (
        words.WIN_INTERCEPT
        + words.WIN_INTENT * intent
        + words.WIN_FIT * people.fit[who]
        + np.array([source.win for source in words.SOURCES])[people.source[who]]
        + words.WIN_PRICING * np.log1p(count(1))
        + words.WIN_DEMO * (count(words.CODE_FORM + words.DEMO) > 0)
        + words.WIN_WEBINAR * (count(words.CODE_ATTENDED) > 0)
        + words.WIN_PRODUCT * np.log1p(count(4, words.CODE_CLICK))
        + words.WIN_CAREERS * np.log1p(count(3))
        + words.WIN_BLOG * np.log1p(count(6))
        + words.WIN_AGE * np.minimum(at - begun, 90)
        + words.WIN_RECENT
        * np.log1p(np.bincount(touches.person[recent], minlength=people.count)[who])
    )
    never = np.isin(
        people.kind[who], [words.STUDENT, words.JOB_SEEKER, words.COMPETITOR, words.INTERNAL]
    )
    return np.where(never, 0.0, sigmoid(odds))


def over_capacity(rep: Ints, at: Floats, weekly: int) -> Bools:
    """Whether a rep already had `weekly` new leads in the week."""
    week = np.floor(at / 7)
    order = np.lexsort((at, week, rep))
    fresh = np.ones(len(rep), dtype=bool)
    fresh[1:] = (rep[order][1:] != rep[order][:-1]) | (week[order][1:] != week[order][:-1])
    place = np.arange(len(rep)) - np.maximum.accumulate(np.where(fresh, np.arange(len(rep)), 0))
    result = np.zeros(len(rep), dtype=bool)
    result[order] = place >= weekly
    return result


def sell(
    rng: np.random.Generator,
    people: People,
    reps: Reps,
    who: Ints,
    at: Floats,
    probability: Floats,
    cycle: int,
) -> Handoffs:
    """Decide what becomes of each handoff, and when."""
    rows = len(who)
    rep = rep_of(people, reps, who)
    local = at + words.TEAM_OFFSETS[reps.team[rep]] / 24
    hour = (local % 1) * 24
    late = (hour < 8) | (hour >= 18)
    full = over_capacity(rep, at, WEEKLY_LEADS)
    willing = -0.45 + 0.4 * people.fit[who] + 0.4 * (cycle > 1)
    willing = willing - LATE_HOURS * late - FULL_WEEK * full
    worked = rng.random(rows) < sigmoid(willing)
    chance = np.where(worked, probability, words.WIN_UNWORKED * probability)
    won = rng.random(rows) < chance
    roll = rng.random(rows)
    lost_share = 0.12 + 0.35 * probability
    bad = people.kind[who] != words.PROSPECT
    rest = np.select(
        [bad & (roll < 0.85), roll < lost_share, roll < lost_share + 0.34, roll < lost_share + 0.5],
        [DISQUALIFIED, LOST, RETURNED, DISQUALIFIED],
        OPEN,
    )
    verdict = rng.random(rows) < np.where(bad, 0.35, 0.05)
    outcome = np.select(
        [worked & won, worked, won, verdict], [WON, rest, FORGOTTEN_WON, VERDICT_ONLY], FORGOTTEN
    )
    touch = np.minimum(0.04 + rng.lognormal(-0.1 + 0.5 * late, 1.1, rows), 9.5)
    touch_at = np.where(worked, at + touch, np.nan)
    deal = np.clip(rng.lognormal(np.log(33), 0.45, rows), 12.0, 140.0)
    deal = np.where(outcome == LOST, deal * 1.25, deal)
    deal = np.where(outcome == FORGOTTEN_WON, 26 + 60 * rng.random(rows), deal)
    back = touch + np.clip(rng.lognormal(2.4, 0.6, rows), 1.0, 60.0)
    drop = touch + np.clip(rng.lognormal(1.2, 0.7, rows), 0.1, 40.0)
    lasts = np.select(
        [
            np.isin(outcome, [WON, LOST, FORGOTTEN_WON]),
            outcome == RETURNED,
            outcome == DISQUALIFIED,
            outcome == VERDICT_ONLY,
        ],
        [deal, back, drop, 0.1 + 9 * rng.random(rows)],
        np.nan,
    )
    half_way = touch + 0.35 * (deal - touch)
    sql = np.isin(outcome, [WON, LOST])
    qualified_at = np.where(sql, at + half_way, np.nan)
    converted = np.where(
        outcome == FORGOTTEN_WON, deal - 8.0, half_way + 0.03 + 0.4 * rng.random(rows)
    )
    return Handoffs(
        person=who,
        cycle=np.full(rows, cycle),
        at=at,
        rep=rep,
        probability=probability,
        after_hours=late,
        over_capacity=full,
        outcome=outcome,
        touch_at=touch_at,
        qualified_at=qualified_at,
        converted_at=np.where(sql | (outcome == FORGOTTEN_WON), at + converted, np.nan),
        end_at=at + lasts,
        skips_mql=worked & (rng.random(rows) < 0.03) & (cycle == 1),
        is_late=np.zeros(rows, dtype=bool),
        is_unlogged=np.zeros(rows, dtype=bool),
        early_at=np.full(rows, np.nan),
        willing=willing,
    )


def join_handoffs(parts: list[Handoffs]) -> Handoffs:
    """Put handoffs below each other."""
    return Handoffs(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Handoffs.__annotations__
        )
    )
