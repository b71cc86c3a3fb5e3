"""Who stays with a rep, replayed on made-up markets and held to a plain oracle."""

from dataclasses import replace

import numpy as np

from tests.marts.market import DAY_BEGAN, assign, make_market
from tests.marts.scratch import Compiled


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
            is_expansion=stays & (random.random(len(leads)) < 0.6),
        )
        week = dict(zip(market.reps["rep_id"], market.reps["free_slots"], strict=True))
        day = dict(zip(market.reps["rep_id"], market.reps["free_slots_today"], strict=True))
        right, full = set(), set()
        staying = leads[leads["is_standing"] | leads["is_expansion"]]
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
