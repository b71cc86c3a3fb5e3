"""One thing told twice, and two things that look alike."""

from __future__ import annotations

from tests.messy.company import Row, Rows


def demo(number: str, who: str, second: int, **more: str) -> Row:
    return {
        "submission_id": f"repeat-{number}",
        "form_id": "demo_request",
        "occurred_at": f"2025-05-05 09:00:{second:02}",
        "email": f"{who}@repeats.example",
        "phone": "",
    } | more


def view(number: str, moment: str, path: str = "pricing", device: str = "repeat-phone") -> Row:
    return {
        "event_id": f"repeat-{number}",
        "event_name": "page_view",
        "occurred_at": f"2025-05-05 {moment}",
        "page_url": f"https://www.repeats.example/{path}",
        "anonymous_id": device,
        "email": "viewer@repeats.example",
    }


ROWS: Rows = {
    "form_submissions": [
        # A double click, and one that went on clicking.
        demo("f1", "double", 0),
        demo("f2", "double", 1),
        demo("f3", "double", 5),
        # A second thought is another request: with other words, or later.
        demo("f4", "corrected", 0),
        demo("f5", "corrected", 3, phone="+49 30 5550100"),
        demo("f6", "later", 0),
        demo("f7", "later", 40),
        # Two people at once.
        demo("f8", "one", 0),
        demo("f9", "other", 0),
    ],
    "web_events": [
        view("w1", "08:00:00.000"),
        view("w2", "08:00:00.050"),
        view("w3", "08:01:00.000"),
        view("w4", "08:01:00.900"),
        # Another page, another device, and the same page again.
        view("w5", "08:02:00.000", "blog/security"),
        view("w6", "08:02:00.200", "blog/analytics"),
        view("w7", "08:03:00.000", device="repeat-laptop"),
        view("w8", "08:03:00.200"),
        view("w9", "08:03:05.000"),
    ],
}
