"""Features counted plainly, event by event, beside those that the marts hold."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import timedelta
from typing import Any

from tests.pipeline.small_company import SmallCompany

WEEK, MONTH, QUARTER = timedelta(days=7), timedelta(days=30), timedelta(days=90)
EVER = timedelta(days=10_000)


def test_features_are_what_a_plain_count_finds(small_company: SmallCompany) -> None:
    events = defaultdict(list)
    for lead, *event in small_company.ask(
        "select lead_key, occurred_at, known_at, is_engagement, source, nullif(topic, ''), "
        "content_id, event_type from intermediate.lead_events"
    ):
        events[lead].append(event)
    accounts = {
        lead: (account, known_at)
        for lead, account, known_at in small_company.ask(
            "select lead_key, account_key, account_known_at from intermediate.lead_accounts "
            "where account_known_at is not null"
        )
    }
    people = defaultdict(list)
    for lead, (account, known_at) in accounts.items():
        people[account].append((lead, known_at))

    def engaged(lead: Any, as_of: Any, window: timedelta) -> list[Any]:
        return [
            event
            for event in events[lead]
            if event[2] and max(event[0], event[1]) <= as_of and event[0] > as_of - window
        ]

    examples = small_company.ask(
        """
        select
            lead_key, as_of, engagements_7d, engagements_90d, days_since_last_engagement,
            visit_days_30d, distinct_topics_90d, distinct_content_90d,
            careers_views, blog_views, account_engagements_30d, account_engaged_leads_90d
        from marts.fct_training_examples
        """
    )
    for lead, as_of, *features in examples:
        quarter = engaged(lead, as_of, QUARTER)
        visits = {
            occurred_at.date()
            for occurred_at, known_at, _, source, *_ in events[lead]
            if source in ("web", "form")
            and max(occurred_at, known_at) <= as_of
            and occurred_at > as_of - MONTH
        }
        account, account_known_at = accounts.get(lead, (None, None))
        colleagues = [
            other
            for other, known_at in people[account]
            if other != lead and max(known_at, account_known_at) <= as_of
        ]
        last = max((event[0] for event in engaged(lead, as_of, EVER)), default=None)
        known = [event[6] for event in events[lead] if max(event[0], event[1]) <= as_of]
        expected = [
            len(engaged(lead, as_of, WEEK)),
            len(quarter),
            None if last is None else (as_of - last) / timedelta(days=1),
            len(visits),
            len({event[4] for event in quarter if event[4] is not None}),
            len({event[5] for event in quarter if event[5] is not None}),
            known.count("careers_viewed"),
            known.count("blog_viewed"),
            sum(len(engaged(other, as_of, MONTH)) for other in colleagues),
            sum(bool(engaged(other, as_of, QUARTER)) for other in colleagues),
        ]
        assert features == expected
    assert len(examples) > 1000
    assert sum(features[-1] > 0 for _, _, *features in examples) > 100
    assert sum((features[2] or 0) > 90 for _, _, *features in examples) > 100


def test_examples_reach_as_far_as_the_cycles_that_are_open(small_company: SmallCompany) -> None:
    later = small_company.ask(
        "select lead_key, cycle_number, as_of from marts.fct_training_examples "
        "where example_kind = 'later' order by all"
    )
    assert len(later) > 150
    assert {as_of.isoweekday() for _, _, as_of in later} == {1}
    for before, after in itertools.pairwise(later):
        if before[:2] == after[:2]:
            assert (after[2] - before[2]) % (8 * WEEK) == timedelta(0)
    [(old, oldest_gap)] = small_company.ask(
        """
        select count(*), max(gap)
        from (
            select date_diff('day', max(examples.as_of), any_value(features.as_of)) as gap
            from marts.fct_lead_features as features
            inner join marts.fct_training_examples as examples using (lead_key, cycle_number)
            where features.days_since_cycle_start > 70
            group by lead_key
        )
        """
    )
    assert old > 50
    assert oldest_gap <= 56
