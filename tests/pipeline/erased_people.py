"""Anna, who asks to be forgotten, and people whose rows lie beside hers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]

LOADED = "2026-03-01 02:00:00"
LATER = "2026-03-31 02:00:00"

PERSON = [
    "anna@firm.example",
    "anna.private@mail.example",
    "user-anna-77",
    "anna-laptop-1",
    "L-anna-001",
    "L-anna-002",
    "C-anna-001",
    "O-anna-001",
]
BYSTANDERS = ["bert@firm.example", "L-bert-001", "C-bert-001", "cleo@other.example"]


def web(event_id: str, at: str, device: str | None, path: str, **more: Any) -> Row:
    return {
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": at,
        "anonymous_id": device,
        "page_url": f"https://www.example.com{path}",
        "user_agent": "Mozilla/5.0",
        **more,
    }


def form(submission_id: str, at: str, device: str | None, email: str | None, **more: Any) -> Row:
    return {
        "submission_id": submission_id,
        "form_id": "newsletter",
        "occurred_at": at,
        "anonymous_id": device,
        "email": email,
        **more,
    }


def lead(lead_id: str, at: str, email: str | None, **more: Any) -> Row:
    return {"lead_id": lead_id, "created_at": at, "updated_at": at, "email": email, **more}


def call(activity_id: str, at: str, **whose: Any) -> Row:
    return {
        "activity_id": activity_id,
        "activity_type": "call",
        "direction": "outbound",
        "occurred_at": at,
        **whose,
    }


def history() -> Tables:
    """Anna, who will ask, and two who share a device or an account with her."""
    tables: Tables = {
        "web_events": [
            web("w1", "2026-01-05 10:00:00", "anna-laptop-1", "/products/analytics"),
            web(
                "w2",
                "2026-01-05 10:10:00",
                "anna-laptop-1",
                "/profile/anna@firm.example/settings",
                email="Anna@Firm.Example",
                user_id="user-anna-77",
            ),
            web(
                "w3",
                "2026-01-05 10:15:00",
                None,
                "/pricing",
                email="anna.private@mail.example",
                user_id="user-anna-77",
            ),
            # One tablet: Anna's until Bert signs in on it, then his, then hers again.
            web("w4", "2026-01-06 09:00:00", "family-tablet", "/blog/analytics-basics"),
            web("w5", "2026-01-06 12:00:00", "family-tablet", "/pricing"),
            web("w6", "2026-01-06 15:00:00", "family-tablet", "/products/security"),
            web("w7", "2026-01-06 18:00:00", "family-tablet", "/pricing"),
            # Somebody is told of her in an address.
            web("w8", "2026-01-07 18:00:00", "kiosk", "/invited-by/anna%40firm.example"),
            web("w9", "2026-01-07 18:05:00", "cleo-phone", "/pricing?from=anna@firm.example"),
            {
                **web("w10", "2026-01-07 19:00:00", "kiosk", "/pricing"),
                "user_agent": "Reader/1.0 (for Anna@firm.example)",
            },
        ],
        "form_submissions": [
            form("f1", "2026-01-05 10:20:00", "anna-laptop-1", "anna@firm.example"),
            form("f2", "2026-01-06 10:30:00", "family-tablet", "anna@firm.example"),
            form("f3", "2026-01-06 14:00:00", "family-tablet", "bert@firm.example"),
            form("f4", "2026-01-06 17:00:00", "family-tablet", "ANNA@firm.example "),
            form("f5", "2026-01-07 18:10:00", "cleo-phone", "cleo@other.example"),
            form("f6", "2026-01-07 18:10:00", None, "info@firm.example"),
            # These cannot be used, and name her.
            form("f7", "long ago", None, None, fields={"colleague": "Mail ANNA@Firm.example."}),
            form("f8", "long ago", "anna-laptop-1", None),
            form("f9", "long ago", None, "cleo@other.example"),
        ],
        "email_events": [
            {
                "event_id": f"e{number}",
                "event_name": "opened",
                "occurred_at": "2026-01-08 08:00:00",
                "email": email,
            }
            for number, email in enumerate(["anna.private@mail.example", "bert@firm.example"])
        ],
        "campaign_responses": [
            {
                "response_id": f"r{number}",
                "campaign_id": "fair",
                "occurred_at": "2026-01-09 08:00:00",
                "response_type": "qr_scan",
                **whose,
            }
            for number, whose in enumerate(
                [
                    {"crm_lead_id": "L-anna-001"},
                    {"email": "anna@firm.example"},
                    {"crm_lead_id": "L-bert-001"},
                ]
            )
        ],
        "crm_leads": [
            lead(
                "L-anna-001",
                "2026-01-05 11:00:00",
                "anna@firm.example",
                status="Qualified",
                converted_at="2026-01-20 09:00:00",
                converted_contact_id="C-anna-001",
                converted_account_id="A-firm",
                converted_opportunity_id="O-anna-001",
            ),
            lead("L-anna-002", "2026-01-05 12:00:00", None, merged_into_lead_id="L-anna-001"),
            lead("L-anna-003", "2026-01-05 12:00:00", "anna@firm.example", employee_count="many"),
            lead(
                "L-bert-001",
                "2026-01-06 12:00:00",
                "bert@firm.example",
                status="Working",
                converted_at="2026-01-21 09:00:00",
                converted_contact_id="C-bert-001",
                converted_account_id="A-firm",
                converted_opportunity_id="O-anna-001",
            ),
            lead("L-info-001", "2026-01-06 13:00:00", "info@firm.example"),
            # She once worked for the company that keeps these rows.
            lead(
                "L-info-003",
                "2026-01-06 13:00:00",
                None,
                owner_id="Anna@firm.example",
            ),
            lead("L-info-002", "2026-01-06 13:00:00", "info@firm.example"),
        ],
        "crm_lead_history": [
            {
                "history_id": f"h{number}",
                "lead_id": lead_id,
                "field_name": "status",
                "old_value": "New",
                "new_value": "Working",
                "changed_at": "2026-01-08 09:00:00",
                "changed_by": "anna@firm.example",
            }
            for number, lead_id in enumerate(["L-anna-001", "L-bert-001"])
        ],
        "crm_contacts": [
            {
                "contact_id": f"C-{name}-001",
                "account_id": "A-firm",
                "created_at": "2026-01-20 09:00:00",
                "email": email,
            }
            for name, email in [("anna", None), ("bert", "bert@firm.example")]
        ],
        "crm_accounts": [
            {
                "account_id": "A-firm",
                "created_at": "2026-01-01 09:00:00",
                "name": "Firm",
                "domain": "firm.example",
            },
            {
                "account_id": "A-alone",
                "created_at": "2026-01-01 09:00:00",
                "name": "Works alone: anna.private@mail.example",
            },
        ],
        "campaigns": [
            {"campaign_id": "dinner", "name": "Dinner with anna@firm.example"},
            {"campaign_id": "fair", "name": "Fair"},
        ],
        "crm_opportunities": [
            {
                "opportunity_id": f"O-{name}-001",
                "account_id": "A-firm",
                "contact_id": f"C-{name}-001",
                "created_at": "2026-01-21 09:00:00",
                "stage_name": "Open",
                "is_closed": False,
                "is_won": False,
            }
            for name in ["anna", "bert"]
        ],
        "crm_opportunity_history": [
            {
                "history_id": f"oh-{number}",
                "opportunity_id": f"O-{name}-001",
                "stage_name": "Open",
                "changed_at": "2026-01-21 09:00:00",
            }
            for number, name in enumerate(["anna", "bert"])
        ],
        "crm_activities": [
            call("a1", "2026-01-09 09:00:00", lead_id="L-anna-002"),
            call("a2", "2026-01-22 09:00:00", contact_id="C-anna-001"),
            call("a3", "2026-01-23 09:00:00", opportunity_id="O-anna-001"),
            call("a4", "2026-01-09 09:00:00", lead_id="L-bert-001"),
            call("a5", "2026-01-24 09:00:00", lead_id="L-bert-001", opportunity_id="O-anna-001"),
            {**call("a6", "2026-01-09 09:00:00", contact_id="C-anna-001"), "direction": "sideways"},
        ],
    }
    return {table: [{"loaded_at": LOADED, **row} for row in rows] for table, rows in tables.items()}


def request(request_id: str | None = "q1", **named: str) -> Tables:
    rows = [{"request_id": request_id, "requested_at": LATER, "loaded_at": LATER, **named}]
    return {"erasure_requests": rows}


def renamed(text: str, family: str) -> str:
    """The same identifier in another family: anna2 of firm2.example."""
    words = "anna|bert|cleo|firm|other|mail|family|kiosk|alone|dinner|(?<=L-)info"
    return re.sub(f"(?i)(?<![a-z])({words})(?![a-z])", lambda found: f"{found[1]}{family}", text)


def relatives(family: str) -> Tables:
    """The same rows of other people."""
    keys = ("event_id", "submission_id", "response_id", "history_id", "activity_id")

    def value(column: str, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: value(name, each) for name, each in given.items()}
        if not isinstance(given, str):
            return given
        return f"{family}-{given}" if column in keys else renamed(given, family)

    return {
        table: [{name: value(name, each) for name, each in row.items()} for row in rows]
        for table, rows in history().items()
    }


MERGES = 12


def merged() -> Tables:
    """One person whose record was merged into another, time after time."""
    rows = [
        lead(
            f"L-merged-{number:03}",
            "2026-01-05 12:00:00",
            f"merged{number:03}@chain.example",
            **({"merged_into_lead_id": f"L-merged-{number + 1:03}"} if number < MERGES else {}),
            loaded_at=LOADED,
        )
        for number in range(MERGES + 1)
    ]
    return {"crm_leads": rows}


def together(parts: Sequence[Tables]) -> Tables:
    """All rows of some tables."""
    found: Tables = {}
    for part in parts:
        for table, rows in part.items():
            found.setdefault(table, []).extend(rows)
    return found
