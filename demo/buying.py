"""Let firms buy: several people with one deal, other currencies, deals deleted and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.columns import (
    Bools,
    Floats,
    Ints,
    choose,
    concat,
    filter_rows,
    label,
    nothing,
    numbers,
    pick,
    set_column,
    table,
    times,
)
from demo.contract import RAW, TRUTH, Settings
from demo.crm import Leads, has_deal
from demo.mess import load_day
from demo.people import People
from demo.sales import LOST, WON
from demo.story import Story

BY_ROLES = 0.12
"""Share of deals that name their people by contact roles alone."""
BY_ACCOUNT = 0.05
"""Share of deals that name the account alone."""
FOREIGN = {"US": ("USD", 0.2), "GB": ("GBP", 0.4), "CH": ("CHF", 0.4)}
"""Currency of some deals by country; no rate is shipped, so these stay out of sums."""
CURRENCIES = ("EUR", *(currency for currency, _ in FOREIGN.values()))
ENTERED_TWICE = 0.05
"""Share of deals of which there is a copy, deleted or merged days later."""
TAKEN_BACK = 0.03
"""Share of lost deals that somebody had set to won the day before."""
ROLES = ("Decision Maker", "Influencer", "User")
BY_LEAD_ID, BY_ROLE_ID, BY_ACCOUNT_ID = range(3)
NAMED_BY = ("lead", "roles", "account")


@dataclass(frozen=True)
class Buyers:
    """How deals name their people and their money; arrays by deal unless said."""

    handoff: Ints
    named_by: Ints
    currency: Ints
    colleague_deal: Ints
    """Deal and person of each further part, one row each."""
    colleague: Ints

    def nameless(self, people: int, story: Story) -> Bools:
        """By person, whether the converted lead does not say which deal it became."""
        result = np.zeros(people, dtype=bool)
        chosen = self.handoff[self.named_by == BY_ACCOUNT_ID]
        result[story.handoffs.person[chosen]] = True
        return result


def draw_buyers(
    rng: np.random.Generator, settings: Settings, people: People, story: Story, leads: Leads
) -> Buyers:
    """Draw how the CRM names the people of each deal, and in which currency it is.

    A deal names its account alone only where nobody else of the firm was handed over: whose it
    is could not be told otherwise. Colleagues are leads of the CRM when the deal is opened.
    """
    hand = story.handoffs
    rows = np.flatnonzero(has_deal(hand, settings.days))
    who, count = hand.person[rows], len(rows)
    company = people.company[who]
    firms = len(people.company_size)
    handed = people.company[np.unique(hand.person)]
    of_firm = np.bincount(handed[handed >= 0], minlength=firms)
    alone = (company >= 0) & (of_firm[np.maximum(company, 0)] == 1) & (hand.cycle[rows] == 1)
    alone &= np.isin(hand.outcome[rows], [WON, LOST])
    roll = rng.random(count)
    named_by = np.where(roll < BY_ROLES, BY_ROLE_ID, BY_LEAD_ID)
    named_by = np.where(alone & (roll > 1 - 2 * BY_ACCOUNT), BY_ACCOUNT_ID, named_by)
    codes = np.array([item.code for item in words.COUNTRIES])[people.country[who]]
    currency = np.zeros(count, dtype=np.int64)
    paid = rng.random(count)
    for place, (country, (_, share)) in enumerate(FOREIGN.items(), 1):
        currency = np.where((codes == country) & (paid < share), place, currency)
    deal, colleague = _colleagues(people, story, leads, rows, who)
    seldom = rng.random(len(deal)) < np.where(named_by[deal] == BY_ROLE_ID, 0.8, 0.15)
    seldom &= named_by[deal] != BY_ACCOUNT_ID
    return Buyers(rows, named_by, currency, deal[seldom], colleague[seldom])


def _colleagues(
    people: People, story: Story, leads: Leads, rows: Ints, who: Ints
) -> tuple[Ints, Ints]:
    """Deal and person of every pair of a deal and a lead of the firm that was there by then."""
    known = np.flatnonzero((leads.status >= 0) & (people.company >= 0))
    known = known[np.argsort(people.company[known], kind="stable")]
    firm = people.company[known]
    company = people.company[who]
    begin = np.searchsorted(firm, company, side="left")
    sizes = np.where(company >= 0, np.searchsorted(firm, company, side="right") - begin, 0)
    deal = np.repeat(np.arange(len(rows)), sizes)
    place = np.arange(len(deal)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    person = known[begin[deal] + place]
    opened = story.handoffs.converted_at[rows]
    good = (person != who[deal]) & (story.created_at[person] < opened[deal])
    return deal[good], person[good]


def name_buyers(buyers: Buyers, deals: Any) -> Any:
    """Take the names away from the deals that roles or the account stand for, set currencies."""
    unnamed = buyers.named_by != BY_LEAD_ID
    gone = nothing(len(unnamed))
    for column in ("lead_id", "contact_id"):
        deals = set_column(
            deals, column, choose(unnamed, gone, deals.column(column).combine_chunks())
        )
    deals = set_column(deals, "currency_code", pick(CURRENCIES, buyers.currency))
    return set_column(deals, "deal_type", pick(("New Business",), buyers.currency * 0))


def write_roles(settings: Settings, people: People, story: Story, buyers: Buyers) -> Any:
    """Build the raw table `crm_opportunity_contacts`, loaded with the deals."""
    hand = story.handoffs
    main = np.flatnonzero(buyers.named_by == BY_ROLE_ID)
    deal = np.concatenate([main, buyers.colleague_deal])
    rows = len(deal)
    primary = np.arange(rows) < len(main)
    person = np.concatenate([hand.person[buyers.handoff[main]], buyers.colleague])
    owner = people.number[hand.person[buyers.handoff[deal]]]
    opened = hand.converted_at[buyers.handoff[deal]]
    return table(
        {
            "opportunity_id": label("opp-", owner, suffix="-1"),
            "contact_id": label("contact-", people.number[person], ~primary),
            "lead_id": label("lead-", people.number[person], primary),
            "role": pick(ROLES, np.where(primary, 0, 1 + person % 2)),
            "is_primary": numbers(primary),
            "loaded_at": times(load_day(settings, opened), settings.start),
        },
        RAW["crm_opportunity_contacts"],
    )


def copy_deals(rng: np.random.Generator, settings: Settings, deals: Any, opened: Floats) -> Any:
    """Copy some deals, as entered by mistake: won or not, each is deleted days later."""
    chosen = np.flatnonzero(rng.random(deals.num_rows) < ENTERED_TWICE)
    gone_at = opened[chosen] + 1 + 5 * rng.random(len(chosen))
    happened = gone_at < settings.days
    chosen, gone_at = chosen[happened], gone_at[happened]
    copies = filter_rows(deals, chosen)
    rows = len(chosen)
    ids = copies.column("opportunity_id").combine_chunks()
    won = rng.random(rows) < 0.5
    changes = {
        "opportunity_id": pick([f"{value}-copy" for value in ids.to_pylist()], np.arange(rows)),
        "created_at": times(opened[chosen] + 0.02, settings.start),
        "updated_at": times(gone_at, settings.start),
        "stage_name": pick(("Prospecting", "Closed Won"), won.astype(np.int64)),
        "is_closed": numbers(won),
        "is_won": numbers(won),
        "closed_at": times(np.where(won, gone_at, np.nan), settings.start),
        "lost_reason": nothing(rows),
        "is_deleted": numbers(np.ones(rows, dtype=bool)),
        "merged_into_opportunity_id": choose(rng.random(rows) < 0.5, ids, nothing(rows)),
    }
    for name, values in changes.items():
        copies = set_column(copies, name, values)
    return copies


def take_back(
    rng: np.random.Generator, settings: Settings, people: People, story: Story, buyers: Buyers
) -> Any:
    """History of wins that were none: set the day before the deal was lost."""
    hand = story.handoffs
    lost = (hand.outcome[buyers.handoff] == LOST) & (hand.end_at[buyers.handoff] < settings.days)
    rows = buyers.handoff[lost & (rng.random(len(lost)) < TAKEN_BACK)]
    last = hand.converted_at[rows] + 0.9 * (hand.end_at[rows] - hand.converted_at[rows])
    return table(
        {
            "history_id": label(f"stage-{people.first}-back", np.arange(len(rows))),
            "opportunity_id": label("opp-", people.number[hand.person[rows]], suffix="-1"),
            "stage_name": pick(("Closed Won",), rows * 0),
            "changed_at": times(last, settings.start),
            "loaded_at": nothing(len(rows), "time"),
        },
        RAW["crm_opportunity_history"],
    )


def write_true_deals(people: People, story: Story, buyers: Buyers, deals: Any, more: Any) -> Any:
    """Build `truth_deals`: whose each deal is, however the CRM names them."""
    who = story.handoffs.person[buyers.handoff]
    own = table(
        {
            "opportunity_id": label("opp-", people.number[who], suffix="-1"),
            "person_id": label("p", people.number[who]),
            "deal_type": pick(("new_business",), who * 0),
            "named_by": pick(NAMED_BY, buyers.named_by),
            "is_won": deals.column("is_won").combine_chunks(),
            "amount": deals.column("amount").combine_chunks(),
            "currency_code": pick(CURRENCIES, buyers.currency),
        },
        TRUTH["truth_deals"],
    )
    return concat([own, more])
