"""What Google Analytics 4 exports: nested parameters, no key of an event, names of countries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sources.web_sites import FIXTURES

Ask = Callable[[str], list[tuple[Any, ...]]]


def shop(view: str) -> str:
    """Give the rows of a model that are of the shop."""
    return f"""(
        select * from staging.{view} where event_key in (
            select cast(md5('shop:' || event_id) as uuid)
            from staging.ga4__web_events where source = 'shop'
        )
    )"""


def test_a_day_replaces_what_came_of_it_so_far(ask: Ask) -> None:
    """Two events came twice, though one with its parameters in another order."""
    assert ask(
        f"""
        select event_name, version_count, cast(occurred_at as varchar)[12:]
        from {shop("stg_raw__web_events")} order by occurred_at, event_name
        """
    ) == [
        ("page_view", 1, "10:00:00"),
        ("session_start", 1, "10:00:00"),
        ("page_view", 2, "10:00:20"),
        ("sign_up", 2, "10:00:40"),
        ("scroll", 1, "10:00:50"),
    ]


def test_parameters_are_columns_and_the_tool_s_words_for_nothing_are_null(ask: Ask) -> None:
    assert ask(
        """
        select distinct
            event_name, anonymous_id, session_id, page_url, page_title, utm_source, utm_medium,
            utm_campaign, country_code
        from staging.ga4__web_events
        where source = 'shop' and event_name in ('page_view', 'scroll')
        order by event_name, utm_source
        """
    ) == [
        (
            *("page_view", "7.7", "7.7.5", "https://shop.example/", "Shop"),
            *("news", "email", "spring", "Viet Nam"),
        ),
        (
            *("page_view", "7.7", "7.7.5", "https://shop.example/", "Shop"),
            *(None, None, None, "Viet Nam"),
        ),
        ("scroll", "7.7", "7.7.5", None, None, None, None, None, None),
    ]


def test_a_day_arrives_when_it_is_over(ask: Ask) -> None:
    assert ask(
        """
        select distinct event_name, loaded_at from staging.ga4__web_events
        where source = 'shop' and event_name in ('session_start', 'scroll')
        order by event_name
        """
    ) == [("scroll", None), ("session_start", "2021-03-04 00:00:00")]


def test_who_signs_in_is_one_person(ask: Ask) -> None:
    assert ask(
        f"""
        select count(distinct lead_key), count(*) from intermediate.lead_events
        where device_key in (select device_key from {shop("stg_raw__web_events")})
        """
    ) == [(1, 5)]


@pytest.mark.skipif(not FIXTURES["ga4_sample"][2].exists(), reason="GA4's fixture is not there")
def test_the_sample_event_of_another_package(ask: Ask) -> None:
    assert ask(
        """
        select
            count(*), count(distinct raw_rows.event_id), count(distinct events.device_key),
            min(events.country_code), max(events.country_code),
            count(*) filter (where raw_rows.utm_campaign like '(%')
        from staging.ga4__web_events as raw_rows
        inner join staging.stg_raw__web_events as events
            on cast(md5('ga4_sample:' || raw_rows.event_id) as uuid) = events.event_key
        where raw_rows.source = 'ga4_sample'
        """
    ) == [(5, 5, 1, "VN", "VN", 0)]
    assert ask(
        """
        select count(distinct lead_key) from intermediate.lead_events
        where device_key in (
            select cast(md5(anonymous_id) as uuid)
            from staging.ga4__web_events where source = 'ga4_sample'
        )
        """
    ) == [(1,)]
