"""Opt-outs that somebody else might seem to take back, and records without any consent."""

from __future__ import annotations

from tests.messy.company import Row, Rows


def record(lead_id: str, email: str, **more: str) -> Row:
    at = {"created_at": "2025-05-01 08:00:00", "updated_at": "2025-05-01 08:00:00"}
    return at | {"lead_id": f"consent-{lead_id}", "email": f"{email}@consents.example"} | more


def word(number: str, email: str, at: str, consent: str, **more: str) -> Row:
    return {
        "submission_id": f"consent-{number}",
        "form_id": "newsletter",
        "occurred_at": at,
        "email": f"{email}@consents.example",
        "consent_marketing": consent,
    } | more


def leaving(number: str, email: str, name: str = "unsubscribed") -> Row:
    return {
        "event_id": f"consent-{number}",
        "event_name": name,
        "occurred_at": "2025-05-05 09:00:00",
        "email": f"{email}@consents.example",
    }


def known(lead_id: str, status: str, **more: str) -> Row:
    phone = {"status": status, "phone": "+49 30 5550102"}
    return record("", lead_id) | phone | {"lead_id": f"basis-{lead_id}"} | more


ROWS: Rows = {
    "crm_leads": [
        record("import", "imported", has_opted_out="true", loaded_at="2025-05-02 00:00:00"),
        record(
            "import",
            "imported",
            has_opted_out="false",
            updated_at="2025-05-20 08:00:00",
            loaded_at="2025-05-21 00:00:00",
        ),
        record("again", "again", has_opted_out="true"),
        record("gone", "gone", has_opted_out="true", is_deleted="true"),
        record("new", "gone", has_opted_out="false", created_at="2025-05-10 08:00:00"),
        record("plus", "plus"),
        record("base", "base+fair"),
        record("left", "left"),
        record("late", "late"),
        record("complained", "complained"),
        known("asked", "New"),
        known("found", "New", lead_source="cold_call"),
        known("worked", "Working", lead_source="cold_call"),
        known("deal", "Qualified", lead_source="cold_call"),
        known("no-mail", "New", has_opted_out_of_email="true"),
    ],
    "form_submissions": [
        word("f1", "imported", "2025-04-30 08:00:00", "yes"),
        word("f2", "again", "2025-05-10 08:00:00", "yes"),
        word("f3", "gone", "2025-04-30 08:00:00", "yes"),
        word("f4", "plus", "2025-05-01 08:00:00", "yes"),
        word("f5", "left", "2025-05-10 08:00:00", "yes"),
        word("f6", "base+fair", "2025-05-01 08:00:00", "yes"),
        word("f7", "late", "2025-05-03 08:00:00", "yes", loaded_at="2025-06-20 00:00:00"),
        word("f8", "complained", "2025-05-10 08:00:00", "yes"),
    ],
    "email_events": [
        leaving("m1", "PLUS+news"),
        leaving("m2", "base"),
        leaving("m3", "left"),
        leaving("m4", "late"),
        leaving("m5", "complained", "complained"),
    ],
}
