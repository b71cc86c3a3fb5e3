"""Where a visitor came from is what tags, addresses, click ids and sites before say."""

from __future__ import annotations

from tests.messy.company import Messy

FOUND = """
    select split_part(members.identifier_value, '@', 1), leads.channel, leads.first_campaign_id
    from marts.dim_leads as leads
    inner join intermediate.identity_members as members using (lead_key)
    where members.identifier_value like '%.traffic.example'
"""
EXPECTED = {
    "column": "paid_search",
    "address": "paid_search",
    "clicked": "paid_search",
    "bing": "paid_search",
    "linked": "paid_social",
    "network": "social",
    "search": "organic_search",
    "other-search": "organic_search",
    "social": "social",
    "webmail": None,
    "own": None,
    "unfilled": "paid_search",
    "unset": None,
    "template": "paid_search",
    "payer": "paid_search",
}


def test_the_channel_is_where_the_visitor_came_from(messy: Messy) -> None:
    assert {who: channel for who, channel, _ in messy.ask(FOUND)} == EXPECTED


def test_a_name_that_was_never_filled_in_is_no_campaign(messy: Messy) -> None:
    campaigns = {who: campaign for who, _, campaign in messy.ask(FOUND) if campaign}
    assert {who: name.lower() for who, name in campaigns.items()} == {
        "column": "spring_2025",
        "address": "spring sale",
    }
