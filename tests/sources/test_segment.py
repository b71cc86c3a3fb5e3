"""What a site says through Segment: calls become events, once each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sources.web_sites import FIXTURES

Ask = Callable[[str], list[tuple[Any, ...]]]

SITE = """
    (
        select * from staging.stg_raw__web_events
        where event_key in (
            select cast(md5('site:' || event_id) as uuid)
            from staging.segment__web_events where source = 'site'
        )
    )
"""


def test_calls_are_events_once_each(ask: Ask) -> None:
    assert ask(
        f"select event_name, user_id, email, version_count from {SITE} order by occurred_at"
    ) == [
        ("page_view", None, None, 1),
        ("page_view", None, None, 2),
        ("identify", "u1", "ada@one.example", 1),
        ("colleague_invited", None, None, 1),
    ]


def test_they_are_of_one_person_in_one_session(ask: Ask) -> None:
    assert ask(
        f"""
        select count(distinct lead_key), count(distinct session_number), count(*)
        from intermediate.lead_events
        where device_key in (select device_key from {SITE})
        """
    ) == [(1, 1, 4)]


def test_the_tags_in_an_address_give_the_channel(ask: Ask) -> None:
    assert ask(
        f"""
        select utm_source, utm_medium from intermediate.lead_events
        where device_key in (select device_key from {SITE}) and utm_source is not null
        """
    ) == [("google", "cpc")]
    assert ask(
        f"""
        select distinct channel from intermediate.lead_profiles
        where lead_key in (
            select lead_key from intermediate.lead_events
            where device_key in (select device_key from {SITE})
        )
        """
    ) == [("paid_search",)]


@pytest.mark.skipif(
    not FIXTURES["segment_sample"][2].exists(), reason="Segment's fixture is not there"
)
def test_the_row_of_its_own_package(ask: Ask) -> None:
    assert ask(
        """
        select
            event_name, occurred_at, loaded_at, anonymous_id, user_id, page_url, page_title,
            referrer_url, utm_source, utm_medium, utm_campaign, utm_content, utm_term,
            left(user_agent, 11)
        from staging.segment__web_events where source = 'segment_sample'
        """
    ) == [
        (
            "page_view",
            "2015-02-23 22:28:55",
            "2015-02-23 22:28:55",
            "507f191e810c19729de860ea",
            "97980cfea0067",
            "https://www.getdbt.com/",
            "Product",
            "https://www.google.com/",
            "facebook",
            "social",
            "autumn_collection_2015",
            "bar",
            "foo",
            "Mozilla/5.0",
        )
    ]
