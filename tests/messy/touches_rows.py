"""What people and programs did for leads that were handed over on Friday, 2 May 2025, at nine."""

from __future__ import annotations

from collections.abc import Mapping

from tests.messy.company import Row, Rows

REP = "touches-rep"
HANDED_OVER = "2025-05-02 09:00:00"
# What is logged of each lead: type, direction, outcome, rep, and when.
LOGGED: Mapping[str, tuple[tuple[str, str, str, str, str], ...]] = {
    "automail": (("email", "outbound", "sent", "", "2025-05-02 09:01:00"),),
    "mail": (("email", "outbound", "sent", REP, "2025-05-02 09:01:00"),),
    "answered": (("call", "inbound", "connected", REP, "2025-05-02 10:00:00"),),
    "missed": (("call", "inbound", "No answer", REP, "2025-05-02 10:00:00"),),
    "reply": (("email", "inbound", "", "", "2025-05-02 11:00:00"),),
    "noted": (("note", "", "", REP, "2025-05-02 10:00:00"),),
    "task": (("task", "", "", REP, "2025-05-02 10:00:00"),),
    "before": (("call", "outbound", "connected", REP, "2025-05-02 08:00:00"),),
    "long-before": (("call", "outbound", "connected", REP, "2025-05-01 08:30:00"),),
    "dated": (("call", "outbound", "connected", REP, "2025-05-02"),),
    "both-dated": (("call", "outbound", "connected", REP, "2025-05-02"),),
    "weekend": (("call", "outbound", "connected", REP, "2025-05-05 08:30:00"),),
    "tuesday": (("call", "outbound", "connected", REP, "2025-05-06 08:30:00"),),
}
# Six in the afternoon in Berlin.
EVENING = "2025-05-02 16:00:00"
MQL_AT = {"both-dated": "2025-05-02", "weekend": EVENING, "tuesday": EVENING}


def activity(name: str, number: int, logged: tuple[str, str, str, str, str]) -> Row:
    columns = ("activity_type", "direction", "outcome", "rep_id", "occurred_at")
    return {
        "activity_id": f"touches-{name}-{number}",
        "lead_id": f"touches-{name}",
        **dict(zip(columns, logged, strict=True)),
    }


ROWS: Rows = {
    "crm_reps": [{"rep_id": REP, "name": "Rep", "team_id": "emea", "is_active": "true"}],
    "crm_leads": [
        {
            "lead_id": f"touches-{name}",
            "created_at": "2025-04-28 08:00:00",
            "updated_at": "2025-05-02 09:00:00",
            "status": "MQL",
            "email": f"{name}@touches.example",
            "owner_id": REP,
        }
        for name in LOGGED
    ],
    "crm_lead_history": [
        {
            "history_id": f"touches-{name}",
            "lead_id": f"touches-{name}",
            "field_name": "Status",
            "old_value": "New",
            "new_value": "MQL",
            "changed_at": MQL_AT.get(name, HANDED_OVER),
        }
        for name in LOGGED
    ],
    "crm_activities": [
        activity(name, number, logged)
        for name, activities in LOGGED.items()
        for number, logged in enumerate(activities)
    ],
}
