"""Write down what is true, apart from what the tools of the company saw."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.activities import NOTE, OWNER, Activities, reached_us, true_minutes
from demo.ageing import write_chances
from demo.behavior import sigmoid
from demo.beside import Beside
from demo.changes import Changes
from demo.columns import (
    Bools,
    Column,
    Floats,
    Ints,
    concat,
    glue,
    label,
    lists,
    numbers,
    pick,
    stack,
    table,
    times,
)
from demo.contract import TRUTH, Settings
from demo.course import write_course
from demo.crm import Leads, contact_address, is_won
from demo.people import People
from demo.removed import write_true_removed
from demo.sales import FORGOTTEN, FORGOTTEN_WON, FULL_WEEK, LATE_HOURS, VERDICT_ONLY
from demo.seen import LEAD, TWIN, USER, see
from demo.story import Story


def _pairs(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Distinct pairs, ordered."""
    both = np.unique(np.stack([left, right], axis=1), axis=0)
    return both[:, 0], both[:, 1]


def _used_addresses(people: People, story: Story, leads: Leads) -> tuple[Ints, Ints]:
    """Person and address row of every personal address that occurs in the raw tables."""
    alive = np.flatnonzero(leads.status >= 0)
    twins = leads.twins + np.where(people.has_second_email[leads.twins], people.count, 0)
    contacts = np.flatnonzero(leads.deal >= 0)
    others = contact_address(people, contacts)
    rows = np.concatenate(
        [story.forms.address, alive, twins, others, story.mails.person, story.responses.person]
    )
    rows = np.unique(rows)
    rows = rows[~people.is_role[rows % people.count] | (rows >= people.count)]
    return rows % people.count, rows


def handoff_flags(settings: Settings, story: Story) -> tuple[Bools, Bools, Bools]:
    """Whether each handoff was touched by the end, is in the black hole, or is still pending.

    Who is taken up late is in the black hole all the same. Pending is what is too young to judge,
    and who was called before the handoff and never after.
    """
    hand = story.handoffs
    early = hand.early_at < settings.days
    worked = (hand.touch_at < settings.days) | early
    judged = (hand.outcome == VERDICT_ONLY) & (hand.end_at < settings.days)
    mature = hand.at + 14 <= settings.last_load
    forgotten = np.isin(hand.outcome, [FORGOTTEN, FORGOTTEN_WON])
    black_hole = (forgotten | hand.is_late) & mature & ~early
    return worked, black_hole, (~worked & ~judged & ~mature) | (forgotten & early)


def logged_apart(activities: Activities, handed_over_at: Floats) -> tuple[Bools, Bools]:
    """Whether each handoff has an early note, and a first touch that is logged by its day."""
    rows = len(handed_over_at)
    noted, by_day = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    soon = activities.at < handed_over_at[activities.handoff] + 14
    notes = soon & (activities.kind == NOTE) & (activities.by == OWNER)
    noted[activities.handoff[notes]] = True
    days = activities.is_first & (activities.at == np.floor(activities.at))
    by_day[activities.handoff[days]] = True
    return noted, by_day


def write_truth(
    settings: Settings,
    people: People,
    story: Story,
    leads: Leads,
    status: Changes,
    beside: Beside,
) -> tuple[dict[str, Any], Counter[str], dict[str, Counter[str]]]:
    """Truth of one chunk.

    Returns
    -------
    dict
        Truth tables.
    Counter
        Numbers to be summed over chunks.
    dict
        Leads and won leads by source.
    """
    hand, count = story.handoffs, people.count
    worked, black_hole, pending = handoff_flags(settings, story)
    minutes = true_minutes(settings, story, beside.activities)
    taken_up = black_hole & (np.fmin(hand.converted_at, hand.touch_at) < settings.days)
    noted, by_day = logged_apart(beside.activities, hand.at)
    replies = reached_us(story, beside.activities)
    first_touch = np.fmin(hand.early_at, np.where(worked, hand.touch_at, np.nan))
    won = is_won(hand, settings.days)
    alive = leads.status >= 0
    person_won, person_will = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    person_won[hand.person[won]] = True
    person_will[hand.person[is_won(hand, np.inf)]] = True
    won_at, chance = np.full(count, np.nan), np.full(count, np.nan)
    won_at[hand.person[won]] = hand.end_at[won]
    chance[hand.person] = hand.probability

    def flag(chosen: Bools) -> Bools:
        result = np.zeros(count, dtype=bool)
        result[hand.person[chosen]] = True
        return result

    back = (hand.outcome == 2) & (hand.end_at < settings.days)
    address_person, address = _used_addresses(people, story, leads)
    device_person, device = _pairs(
        np.concatenate([story.visits.person, story.forms.person]),
        np.concatenate([story.visits.device, story.forms.device]),
    )
    lead_person = np.concatenate([np.flatnonzero(alive), leads.twins])
    lead_ids = stack(
        label("lead-", people.number[np.flatnonzero(alive)]),
        label("lead-", people.number[leads.twins], suffix="b"),
    )
    user = np.unique(story.visits.person[story.visits.name == 2])
    user = user[people.has_user_id[user]]
    names = {
        "email": (address_person, pick(people.emails, address)),
        "anonymous_id": (device_person, pick(people.devices, device)),
        "crm_lead_id": (lead_person, lead_ids),
        "user_id": (user, label("u", people.number[user])),
    }
    seen = see(people, story, leads)
    groups = {
        "email": seen.group[address_person, address // count],
        "anonymous_id": np.full(len(device), -1),
        "crm_lead_id": np.concatenate([seen.group[alive, LEAD], seen.group[leads.twins, TWIN]]),
        "user_id": seen.group[user, USER],
    }
    identifiers = [
        _identifiers(people, kind, who, values, groups[kind])
        for kind, (who, values) in names.items()
    ]
    persons = table(
        {
            "person_id": label("p", people.number),
            "kind": pick(words.KINDS, people.kind),
            "latent_intent": numbers(people.intent),
            "fit": numbers(people.fit),
            "source": pick([item.lead_source for item in words.SOURCES], people.source),
            "win_probability": numbers(chance, np.isnan(chance)),
            "is_won": numbers(person_won),
            "won_at": times(won_at, settings.start),
            "will_win": numbers(person_will),
            "black_hole": numbers(flag(black_hole)),
            "was_worked": numbers(flag(worked)),
            "was_handed_over": numbers(flag(np.ones(len(won), dtype=bool))),
            "was_handed_back": numbers(flag(back)),
            "emails": lists(address_person, names["email"][1], count),
            "devices": lists(device_person, names["anonymous_id"][1], count),
            "crm_lead_ids": lists(lead_person, lead_ids, count),
        },
        TRUTH["truth_persons"],
    )
    handoffs = table(
        {
            "person_id": label("p", people.number[hand.person]),
            "lead_id": label("lead-", people.number[hand.person]),
            "cycle": numbers(hand.cycle),
            "handed_over_at": times(hand.at, settings.start),
            "worked": numbers(worked),
            "first_touch_at": times(
                np.where(first_touch < settings.days, first_touch, np.nan), settings.start
            ),
            "verdict_at": times(
                np.where(hand.end_at < settings.days, hand.end_at, np.nan), settings.start
            ),
            "black_hole": numbers(black_hole),
            "taken_up_later": numbers(taken_up),
            "pending": numbers(pending),
            "after_hours": numbers(hand.after_hours),
            "over_capacity": numbers(hand.over_capacity),
            "win_probability": numbers(hand.probability),
            "won_at": times(np.where(won, hand.end_at, np.nan), settings.start),
            "sales_minutes": numbers(minutes, np.isnan(minutes)),
            "late": numbers(hand.is_late),
            "unlogged": numbers(hand.is_unlogged),
            "noted": numbers(noted),
            "touch_day_only": numbers(by_day),
            "work_probability": numbers(sigmoid(hand.willing)),
            "work_probability_in_hours": numbers(
                sigmoid(hand.willing + LATE_HOURS * hand.after_hours)
            ),
            "work_probability_with_capacity": numbers(
                sigmoid(hand.willing + FULL_WEEK * hand.over_capacity)
            ),
        },
        TRUTH["truth_handoffs"],
    )
    known = np.zeros(count, dtype=bool)
    known[story.forms.person] = known[story.responses.person] = True
    known |= alive
    mature = hand.at + 14 <= settings.last_load
    careers = np.unique(story.visits.person[words.TYPE_OF_PAGE[story.visits.page] == 3])
    found = len(beside.hunted.number)
    sums = Counter(
        persons=int(known.sum()) + found,
        persons_never_seen=int((known & (seen.groups == 0)).sum()),
        persons_seen_apart=int(np.maximum(seen.groups - 1, 0).sum()),
        persons_in_data=int(seen.groups.sum()) + found,
        leads_in_data=int(seen.leads.sum()) + found,
        won_in_data=int(person_won.sum()) + int(beside.hunted.is_won.sum()),
        found_by_sales=found,
        found_by_sales_won=int(beside.hunted.is_won.sum()),
        expansions=len(beside.expansions.person),
        expansions_won=int(beside.expansions.is_won.sum()),
        taken_up_late=int((hand.is_late & (hand.touch_at < settings.days)).sum()),
        worked_without_trace=int(hand.is_unlogged.sum()),
        removed_leads=len(beside.removed),
        persons_with_crm_lead=int(alive.sum()),
        crm_leads=int(alive.sum()) + len(leads.twins) + len(beside.removed),
        won=int(person_won.sum()),
        handoffs=len(won),
        handoffs_without_mql_status=int(hand.skips_mql.sum()),
        mature_handoffs=int(mature.sum()),
        black_hole_handoffs=int(black_hole.sum()),
        black_hole_taken_up_later=int(taken_up.sum()),
        pending_handoffs=int(pending.sum()),
        worked_handoffs=int(worked.sum()),
        second_cycle_handoffs=int((hand.cycle == 2).sum()),
        hand_backs=int(back.sum()),
        merges=int((~np.isnan(leads.merged_at)).sum()),
        careers_visitors=len(careers),
        job_seekers=int((people.kind == words.JOB_SEEKER).sum()),
        shared_devices=int((np.bincount(device, minlength=1) > 1).sum()),
        persons_with_two_emails=int((np.bincount(address_person, minlength=1) > 1).sum()),
    )
    by_source = {
        source.lead_source: Counter(
            leads=int((alive & (people.source == place)).sum()),
            won=int((person_won & (people.source == place)).sum()),
        )
        for place, source in enumerate(words.SOURCES)
    }
    return (
        {
            "truth_persons": persons,
            "truth_identifiers": concat(
                [*identifiers, write_true_removed(people, seen, beside.removed)]
            ),
            "truth_handoffs": handoffs,
            "truth_stages": write_course(
                settings, people, story, seen, status, replies, leads, beside.expansions
            ),
            "truth_chances": write_chances(settings, people, story),
        },
        sums,
        by_source,
    )


def _identifiers(people: People, kind: str, who: Ints, values: Column, group: Ints) -> Any:
    """List the identifiers of one type, with the group of those that rows link."""
    return table(
        {
            "person_id": label("p", people.number[who]),
            "identifier_type": pick((kind,), np.zeros(len(who), dtype=np.int64)),
            "identifier_value": glue(values, ""),
            "seen_as": glue(label("p", people.number[who]), "/", label("", group, group < 0)),
        },
        TRUTH["truth_identifiers"],
    )
