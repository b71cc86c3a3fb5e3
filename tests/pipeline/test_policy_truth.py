"""Policies are judged on the simulated company, whose handoffs have a known chance to be won."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from ml.judge.policy import Decisions, judge
from tests.pipeline.demo_company import Company

SURE, CHANCE, DRAWS = 0.3, 0.1, 200


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_what_handing_over_more_leads_brings_is_the_truth(company: Company, share: float) -> None:
    """The points order the handoffs; the best are worked, a tenth of the others is drawn."""
    with duckdb.connect(str(company.db), read_only=True) as connection:
        frame = connection.execute(
            f"""
            select
                dense_rank() over (order by leads.lead_key) as lead,
                handoffs.points_at_handoff as points,
                truth.win_probability as chance
            from read_parquet('{company.truth}/truth_handoffs.parquet') as truth
            inner join marts.dim_leads as leads on truth.lead_id = leads.crm_lead_id
            inner join marts.fct_handoffs as handoffs
                on leads.lead_key = handoffs.lead_key and truth.cycle = handoffs.cycle_number
            order by handoffs.handoff_key
            """
        ).df()
    assert len(frame) > 800
    random = np.random.default_rng(4)
    # Ties are broken, so that a share of the leads is a threshold.
    points = frame["points"].to_numpy() + random.random(len(frame)) / 1000
    chances = frame["chance"].to_numpy()
    is_sure = points >= np.quantile(points, 1 - SURE)
    below = np.flatnonzero(~is_sure)
    threshold = np.quantile(points, 1 - share)
    truth = chances[points >= threshold].sum()
    errors, counted, covered = [], [], 0
    for _ in range(DRAWS):
        drawn = random.choice(below, round(CHANCE * len(below)), replace=False)
        is_handed_over = is_sure.copy()
        is_handed_over[drawn] = True
        decisions = Decisions(
            leads=frame["lead"].to_numpy(dtype=np.int64),
            propensity=np.where(is_sure, 1.0, len(drawn) / len(below)),
            is_handed_over=is_handed_over,
            is_won=(is_handed_over & (random.random(len(points)) < chances)).astype("float64"),
            values=points,
        )
        estimate = judge(decisions, threshold)
        errors.append(estimate.wins - truth)
        covered += estimate.low <= truth <= estimate.high
        counted.append(estimate.naive - truth)
    assert abs(np.mean(errors)) < 3.5 * np.std(errors) / np.sqrt(DRAWS)
    assert covered / DRAWS >= 0.9
    # Counting only those handed over says too much, by more than chance makes of 200 draws.
    assert np.mean(counted) > 5 * np.std(counted) / np.sqrt(DRAWS)
    assert np.mean(counted) > 5 * abs(np.mean(errors))
