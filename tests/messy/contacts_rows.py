"""Contacts of people who were never leads, as a CRM has them that keeps people in one table."""

from __future__ import annotations

from tests.messy.company import Row, Rows

AT = {"created_at": "2025-05-01 08:00:00", "updated_at": "2025-05-02 08:00:00"}


def contact(name: str, **fields: str) -> Row:
    at_domain = {"contact_id": f"con-{name}", "email": f"{name}@contacts.example"}
    return AT | at_domain | {"owner_id": "con-rep", "country_code": "DE"} | fields


ROWS: Rows = {
    "crm_reps": [{"rep_id": "con-rep", "name": "Cleo Rep", "team_id": "emea", "is_active": "yes"}],
    "crm_contacts": [
        contact("qualified", status="MQL"),
        contact("plain"),
        contact("deleted", status="MQL", is_deleted="true"),
        # Of somebody who is a lead.
        contact("second", status="MQL", email="lead@contacts.example"),
    ],
    "crm_leads": [AT | {"lead_id": "con-lead", "email": "lead@contacts.example", "status": "New"}],
    "crm_activities": [
        {
            "activity_id": "con-call",
            "activity_type": "call",
            "direction": "outbound",
            "occurred_at": "2025-05-05 10:00:00",
            "contact_id": "con-qualified",
            "rep_id": "con-rep",
        }
    ],
}
