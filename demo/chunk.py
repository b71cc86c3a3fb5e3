"""Simulate one chunk of people: their story, what the CRM keeps of it, and the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import numpy as np

from demo.activities import draw_activities, write_activities
from demo.behavior import keep
from demo.beside import Beside
from demo.buying import (
    copy_deals,
    draw_buyers,
    name_buyers,
    take_back,
    write_roles,
    write_true_deals,
)
from demo.changes import owner_changes, rating_changes, status_changes, write_history
from demo.columns import concat
from demo.contest import draw_prizes
from demo.contract import Settings
from demo.crm import Leads, close_books, write_leads, write_reps
from demo.customers import ask_again, draw_expansions, write_expansions
from demo.deals import write_contacts, write_deals
from demo.desk import call_early, keep_the_desk
from demo.draws import Draws, draws_of
from demo.hunters import hunt, write_hunted, write_true_hunted
from demo.late_work import take_up_later
from demo.mess import mess_up
from demo.people import People, draw_people
from demo.removed import draw_removed, write_removed
from demo.sales import Reps, hire_reps
from demo.scanners import write_scans
from demo.second_crm import write_second_crm
from demo.story import Story, tell_story
from demo.truth import write_truth
from demo.web import write_forms, write_mails, write_responses, write_strangers, write_visits
from demo.write import Write

PUNCTUAL = ("crm_opportunity_contacts",)
"""Tables without a time of their own: they come with their deals, once."""


def _until(story: Story, end: float) -> Story:
    """Forget what lies beyond the end."""
    return replace(
        story,
        visits=keep(story.visits, story.visits.at < end),
        forms=keep(story.forms, story.forms.at < end),
        mails=keep(story.mails, story.mails.at < end),
        responses=keep(story.responses, story.responses.at < end),
    )


def _tell(
    draws: Draws, settings: Settings, people: People, reps: Reps, rng: np.random.Generator
) -> Story:
    """Tell the whole story of the leads."""
    story = _until(tell_story(rng, settings, people, reps), settings.days)
    story = take_up_later(draws("late work"), settings, people, story)
    story = call_early(draws("early calls"), story)
    return draw_prizes(draws("prizes"), settings, people, story)


def _crm_tables(
    draws: Draws,
    settings: Settings,
    people: People,
    reps: Reps,
    story: Story,
    leads: Leads,
    beside: Beside,
) -> tuple[dict[str, tuple[Any, Any | None]], Any]:
    """Build what the CRM keeps of accounts, deals and activities, and `truth_deals`."""
    contacts, contacts_made, accounts = write_contacts(
        draws("contacts"), settings, people, reps, story, leads
    )
    deals, opened, history = write_deals(draws("deals"), settings, people, reps, story)
    deals, opened = (name_buyers(beside.buyers, rows) for rows in (deals, opened))
    copies = copy_deals(
        draws("copies"), settings, deals, story.handoffs.converted_at[beside.buyers.handoff]
    )
    more, more_true = write_expansions(settings, people, reps, beside.expansions)
    taken_back = take_back(draws("taken back"), settings, people, story, beside.buyers)
    rows, made = write_leads(
        draws("leads"),
        settings,
        people,
        reps,
        story,
        leads,
        beside.buyers.nameless(people.count, story),
    )
    removed = write_removed(settings, people, story, beside.removed)
    activities = write_activities(
        draws("activities"), settings, people, reps, story, beside.activities
    )
    return {
        "crm_leads": (concat([rows, removed]), made),
        "crm_contacts": (contacts, contacts_made),
        "crm_accounts": (accounts, None),
        "crm_opportunities": (concat([deals, copies, more]), opened),
        "crm_opportunity_history": (concat([history, taken_back]), None),
        "crm_opportunity_contacts": (
            write_roles(settings, people, story, beside.buyers),
            None,
        ),
        "crm_activities": (activities, None),
        "crm_reps": (write_reps(draws("reps"), settings, reps), None),
    }, write_true_deals(people, story, beside.buyers, deals, more_true)


def simulate_chunk(
    settings: Settings,
    place: int,
    first: int,
    count: int,
    first_rep: int,
    write_raw: Write,
    write_apart: Write,
) -> tuple[Counter[str], dict[str, Counter[str]], dict[str, Counter[str]], int]:
    """Simulate one chunk of people and write its rows.

    Returns
    -------
    Counter
        Numbers of the truth.
    dict
        Leads and wins by source.
    dict
        Planted mess by table.
    int
        Number of reps.
    """
    rng, draws = np.random.default_rng([settings.seed, place]), draws_of(settings, place)
    people = draw_people(rng, settings, first, count)
    reps = hire_reps(people, first_rep)
    story = _tell(draws, settings, people, reps, rng)
    expansions = draw_expansions(draws("expansions"), settings, people, story)
    story = ask_again(people, story, expansions)
    status = status_changes(draws("status"), settings, people, story)
    owner = owner_changes(draws("owner"), settings, people, reps, story)
    rating = rating_changes(draws("rating"), settings, people, story)
    leads = close_books(draws("books"), settings, people, story, status, owner, rating)
    activities = draw_activities(draws("activity"), story)
    beside = Beside(
        activities=keep_the_desk(draws("desk"), settings, story, activities),
        buyers=draw_buyers(draws("buyers"), settings, people, story, leads),
        expansions=expansions,
        hunted=hunt(draws("hunted"), settings, reps, count, first),
        removed=draw_removed(draws("removed"), settings, people, story, leads),
    )
    strangers, robots = write_strangers(draws("strangers"), settings, count, first)
    scans, true_scans = write_scans(draws("scans"), settings, people, story)
    visits = write_visits(draws("visits"), settings, people, story.visits)
    mails = write_mails(draws("mails"), settings, people, story.mails)
    answers = write_responses(
        draws("responses"), settings, people, story.responses, leads.status >= 0
    )
    changes = {"status": status, "owner_id": owner, "rating": rating}
    crm, true_deals = _crm_tables(draws, settings, people, reps, story, leads, beside)
    tables: dict[str, tuple[Any, Any | None]] = {
        "web_events": (concat([visits, strangers]), None),
        "form_submissions": (write_forms(draws("forms"), settings, people, story.forms), None),
        "email_events": (concat([mails, scans]), None),
        "campaign_responses": (answers, None),
        "crm_lead_history": (write_history(settings, people, reps, changes), None),
        **crm,
    }
    truth, sums, by_source = write_truth(settings, people, story, leads, status, beside)
    more = [write_hunted(settings, reps, beside.hunted)]
    more_true = [write_true_hunted(settings, beside.hunted)]
    if settings.second_crm:
        rows, true_rows = write_second_crm(draws("second crm"), settings, count, first)
        more.append(rows)
        more_true.append({"truth_second_crm": true_rows})
    truth |= {"truth_deals": true_deals, "truth_machine_clicks": true_scans}
    for name, added in _by_table(more).items():
        rows, older = tables[name]
        tables[name] = (concat([rows, *added]), older)
    planted = {}
    for name, (rows, older) in tables.items():
        if name in PUNCTUAL:
            messy, planted[name] = rows, Counter(rows=rows.num_rows)
        else:
            messy, planted[name] = mess_up(draws(f"mess {name}"), settings, name, rows, older)
        write_raw(name, messy)
    for name, added in _by_table([truth, *more_true]).items():
        write_apart(name, concat(added))
    sums["bots"] = robots
    sums["machine_clicks"] = scans.num_rows
    return sums, by_source, planted, len(reps.team)


def _by_table(parts: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Collect the rows of several sources by table."""
    result: defaultdict[str, list[Any]] = defaultdict(list)
    for part in parts:
        for name, rows in part.items():
            result[name].append(rows)
    return result
