"""Clicks and openings that no person made, and some that a person did."""

from __future__ import annotations

from tests.messy.company import Row, Rows


def mail(who: str, number: int, name: str, moment: str, link: str = "") -> Row:
    return {
        "event_id": f"scan-{who}-{number}",
        "event_name": name,
        "occurred_at": f"2025-05-05 {moment}",
        "email": f"{who}@scanners.example",
        "url": f"https://www.scanners.example/{link}" if link else "",
    }


PEOPLE = ("gateway", "single", "silent", "reader", "opener", "shopper")
ROWS: Rows = {
    "crm_leads": [
        {
            "lead_id": f"scan-{who}",
            "created_at": "2025-05-01 08:00:00",
            "status": "New",
            "email": f"{who}@scanners.example",
            "phone": "+49 30 5550101",
            "lead_source": "cold_call",
        }
        for who in PEOPLE
    ],
    "email_events": [
        mail("gateway", 0, "delivered", "09:00:00"),
        *(mail("gateway", n, "clicked", f"09:00:{n + 1:02}", f"{n}") for n in range(1, 8)),
        # One link only, at once.
        mail("single", 0, "delivered", "09:00:00"),
        mail("single", 1, "clicked", "09:00:04", "only"),
        # A tool that tells of no delivery.
        mail("silent", 0, "clicked", "09:00:01", "a"),
        mail("silent", 1, "clicked", "09:00:01", "b"),
        mail("silent", 2, "clicked", "09:00:03", "c"),
        # Somebody reads, and comes back to one link.
        mail("reader", 0, "delivered", "09:00:00"),
        mail("reader", 1, "clicked", "09:04:00", "offer"),
        mail("reader", 2, "clicked", "09:04:03", "offer"),
        mail("reader", 3, "clicked", "09:04:06", "offer"),
        # A program opens the message by itself.
        mail("opener", 0, "delivered", "09:00:00"),
        mail("opener", 1, "opened", "09:00:01"),
        # Two links, one after the other.
        mail("shopper", 0, "delivered", "09:00:00"),
        mail("shopper", 1, "clicked", "10:00:00", "one"),
        mail("shopper", 2, "clicked", "10:00:05", "two"),
    ],
}
