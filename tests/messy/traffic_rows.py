"""Visits whose origin stands in tags, in the address, in a click id or on the page before."""

from __future__ import annotations

from tests.messy.company import Row, Rows

SITE = "https://www.traffic.example/pricing"


def visit(who: str, query: str = "", **more: str) -> list[Row]:
    """A first page, and ten minutes later somebody says who it was."""
    row = {
        "event_id": f"traffic-{who}",
        "event_name": "page_view",
        "occurred_at": "2025-05-05 09:00:00",
        "page_url": SITE + query,
        "anonymous_id": f"traffic-{who}",
        "email": "",
    }
    known = row | {
        "event_id": f"traffic-{who}-2",
        "event_name": "identify",
        "occurred_at": "2025-05-05 09:10:00",
        "page_url": SITE,
        "email": f"{who}@{who}.traffic.example",
    }
    return [row | more, known]


ROWS: Rows = {
    "web_events": [
        *visit("column", utm_source=" Google ", utm_medium="CPC", utm_campaign="Spring_2025"),
        *visit("address", "?utm_source=Google&utm_medium=cpc&utm_campaign=spring+sale#top"),
        *visit("clicked", "?gclid=Cj0abc", utm_source="google", utm_medium="organic"),
        *visit("bing", "?a=1&msclkid=77"),
        *visit("linked", "?li_fat_id=9", utm_source="linkedin", utm_medium="social"),
        *visit("network", "?fbclid=IwAR"),
        *visit("search", referrer_url="https://www.google.de/"),
        *visit("other-search", referrer_url="https://duckduckgo.com/"),
        *visit("social", referrer_url="https://www.linkedin.com/feed/"),
        *visit("webmail", referrer_url="https://mail.google.com/mail/u/0/"),
        *visit("own", referrer_url="https://www.traffic.example/blog"),
        *visit("unfilled", utm_source="google", utm_medium="cpc", utm_campaign="{{campaign.name}}"),
        *visit("unset", utm_source="(direct)", utm_medium="(none)", utm_campaign="(not set)"),
        *visit("template", "?utm_source=google&utm_medium=cpc&utm_campaign=%7Bcampaignid%7D"),
        # Paid for on the way back from a payment page.
        *visit("payer", utm_source="google", utm_medium="cpc"),
        {
            "event_id": "traffic-payer-3",
            "event_name": "page_view",
            "occurred_at": "2025-05-05 09:20:00",
            "page_url": f"{SITE}/thanks",
            "anonymous_id": "traffic-payer",
            "referrer_url": "https://checkout.pay.example/return",
        },
    ],
}
