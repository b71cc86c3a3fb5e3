"""Say which people the raw tables can tell apart: not all that is true can be seen in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo import vocabulary as words
from demo.behavior import IDENTIFY
from demo.changes import CONVERTED
from demo.columns import Bools, Ints
from demo.crm import Leads, contact_address
from demo.outreach import MAIL_EVENTS
from demo.people import People
from demo.story import Story

OWN, SECOND, USER, LEAD, TWIN, CONTACT = range(6)
"""Identifiers of a person: two addresses, the account on the site, two leads and the contact."""


@dataclass(frozen=True)
class Seen:
    """How people appear in the raw tables, one row a person.

    Attributes
    ----------
    group : ndarray of int, shape (people, 6)
        Identifiers with one number are linked by some row; -1: never seen, or of no use.
    is_lead : ndarray of bool, shape (people, 6)
        Whether a group, by its number, raised a hand or is known to the CRM.
    """

    group: Ints
    is_lead: Bools

    @property
    def groups(self) -> Ints:
        """How many groups each person falls into."""
        here = [(self.group == place).any(axis=1) for place in range(6)]
        return np.asarray(np.sum(here, axis=0))

    @property
    def leads(self) -> Ints:
        """How many of them are leads."""
        return np.asarray(self.is_lead.sum(axis=1))


def see(people: People, story: Story, leads: Leads) -> Seen:
    """Link what belongs together by a row that names both.

    Addresses that many share, and those of the company itself, identify nobody.
    """
    count = people.count
    everyone = np.arange(count)
    alive = leads.status >= 0
    twin = np.zeros(count, dtype=bool)
    twin[leads.twins] = True
    merged = np.zeros(count, dtype=bool)
    merged[leads.twins[~np.isnan(leads.merged_at)]] = True
    deal = leads.deal >= 0
    other = np.where(people.has_second_email, SECOND, OWN)

    acted = np.zeros((count, 6), dtype=bool)
    acted[story.forms.person, story.forms.address // count] = True
    acted[story.responses.person, OWN] = True
    clicks = story.mails.name == MAIL_EVENTS.index("clicked")
    acted[story.mails.person[clicks], OWN] = True
    acted[:, LEAD], acted[:, TWIN], acted[:, CONTACT] = alive, twin, deal

    calls = np.flatnonzero(story.visits.name == IDENTIFY)
    called = np.zeros((count, 2), dtype=bool)
    called[story.visits.person[calls], story.visits.address[calls] // count] = True
    user = people.has_user_id & called.any(axis=1)

    there = acted.copy()
    there[:, USER] = user
    there[story.mails.person, OWN] = True
    there[alive, OWN] = True
    there[twin, other[twin]] = True
    there[deal, contact_address(people, everyone)[deal] // count] = True
    is_nobodys = people.is_role | (people.kind == words.INTERNAL)
    there[is_nobodys, OWN] = False

    group = np.where(there, np.arange(6), 99)
    links = (
        (user & called[:, OWN], USER, np.full(count, OWN)),
        (user & called[:, SECOND], USER, np.full(count, SECOND)),
        (alive, LEAD, np.full(count, OWN)),
        (twin, TWIN, other),
        (merged, TWIN, np.full(count, LEAD)),
        (deal & (leads.status == CONVERTED), CONTACT, np.full(count, LEAD)),
        (deal, CONTACT, contact_address(people, everyone) // count),
    )
    for _ in range(6):
        for linked, left, right in links:
            both = linked & there[:, left] & there[everyone, right]
            lower = np.minimum(group[:, left], group[everyone, right])[both]
            group[both, left] = lower
            group[both, right[both]] = lower
    group = np.where(there, group, -1)
    is_lead = np.array([((group == place) & acted).any(axis=1) for place in range(6)]).T
    return Seen(group, is_lead)
