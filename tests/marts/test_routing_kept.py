"""Who stays with a rep, replayed on made-up markets and held to a plain oracle."""

from dataclasses import replace

import numpy as np

from tests.marts.market import DAY_BEGAN, assign, crowded_market, make_market
from tests.marts.scratch import AS_OF, Compiled


def test_who_stays_takes_what_fits_in_order(compiled: Compiled) -> None:
    """One after the other, each as the slots before it leave room: no lead holds up the next."""
    held_up = 0
    for seed in range(3):
        random = np.random.default_rng(seed)
        market = make_market(random, 40)
        leads = market.leads[market.leads["blocked_reason"].isna() & ~market.leads["is_running"]]
        stays = leads["preferred_owner_id"].notna()
        leads = leads.assign(
            slots=random.integers(1, 3, len(leads)),
            is_standing=stays & (random.random(len(leads)) < 0.6),
            is_customer_asking=stays & (random.random(len(leads)) < 0.6),
        )
        week = dict(zip(market.reps["rep_id"], market.reps["free_slots"], strict=True))
        day = dict(zip(market.reps["rep_id"], market.reps["free_slots_today"], strict=True))
        right, full = set(), set()
        staying = leads[leads["is_standing"] | leads["is_customer_asking"]]
        for lead in staying.sort_values(
            ["is_standing", "priority_rank"], ascending=[False, True]
        ).itertuples():
            rep = str(lead.preferred_owner_id)
            today = 0 if lead.is_standing and lead.standing_since_at <= DAY_BEGAN else lead.slots
            if lead.slots <= week[rep] and today <= day[rep]:
                week[rep] -= lead.slots
                day[rep] -= today
                right.add(str(lead.lead_key))
                held_up += rep in full
            else:
                full.add(rep)
        kept = assign(compiled, replace(market, leads=leads), model="int_routing_kept")
        assert set(kept["lead_key"]) == right
    assert held_up > 5


def test_the_fifteenth_lead_is_taken_although_three_rounds_end_before_it(
    compiled: Compiled,
) -> None:
    """Each (slots, slots of today); the week holds twelve, the day four."""
    asked = [(1, 1)] * 3 + [(2, 2)] * 2 + [(2, 0)] * 3 + [(2, 2)] + [(1, 1)] * 3
    asked += [(1, 0), (2, 0), (1, 0), (2, 2)]
    market = crowded_market(np.random.default_rng(0), 1, len(asked))
    reps = market.reps.assign(free_slots=12, free_slots_today=4)
    since = [DAY_BEGAN if today == 0 else AS_OF for _, today in asked]
    leads = market.leads.assign(
        slots=[slots for slots, _ in asked],
        priority_rank=range(1, len(asked) + 1),
        preferred_owner_id="rep-0",
        preference="kept_owner",
        is_standing=True,
        standing_since_at=since,
        standing_due_at=AS_OF,
    )
    kept = assign(compiled, replace(market, reps=reps, leads=leads), model="int_routing_kept")
    ranks = leads.set_index("lead_key")["priority_rank"].loc[kept["lead_key"]]
    # By hand: of the day 1 + 1 + 1 + 1; of the week these and 2 + 2 + 2 + 1 + 1.
    assert sorted(ranks) == [1, 2, 3, 6, 7, 8, 10, 13, 15]
