"""What the draws below the cut-off are good for: judging what was not done."""

import numpy as np

from ml.judge.policy import Decisions, judge, wilson
from tests.marts.market import assign, crowded_market
from tests.marts.scratch import Compiled


def test_wins_below_the_cutoff_are_estimated_from_the_draws_of_routing(compiled: Compiled) -> None:
    random = np.random.default_rng(11)
    market = crowded_market(random, 300, 25)
    leads = market.leads
    assigned = assign(compiled, market).set_index("lead_key").loc[leads["lead_key"]]
    # The better the place, the likelier the win, if somebody works the lead.
    quality = 1 - leads["priority_rank"].to_numpy() / len(leads)
    chances = 0.02 + 0.6 * quality**3
    is_handed_over = assigned["owner_id"].notna().to_numpy()
    propensity = assigned["exploration_probability"].fillna(1.0).to_numpy()
    covered, counted_covers, draws = 0, 0, 200
    for _ in range(draws):
        decisions = Decisions(
            leads=np.arange(len(leads), dtype=np.int64),
            propensity=propensity,
            is_handed_over=is_handed_over,
            is_won=(is_handed_over & (random.random(len(leads)) < chances)).astype("float64"),
            values=quality,
        )
        estimate = judge(decisions, 0.2)
        judged = (quality >= 0.2) & (propensity > 0)
        truth = chances[judged].sum()
        covered += estimate.low <= truth <= estimate.high
        low, high = wilson(estimate.naive / estimate.judged, int((judged & is_handed_over).sum()))
        counted_covers += low <= truth / estimate.judged <= high
    assert estimate.without_propensity > 0
    assert covered / draws >= 0.9
    assert counted_covers / draws < 0.05
