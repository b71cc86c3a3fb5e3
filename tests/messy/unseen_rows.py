"""Leads of CRMs that log no activities or deals, and before one logged its first activity."""

from __future__ import annotations

from tests.messy.company import Row, Rows

# By lead, its CRM, when it was handed over, and when it was called.
HANDED_OVER = {
    "before": ("unseen_busy", "2025-05-10 10:00:00", None),
    "touched": ("unseen_busy", "2025-05-19 10:00:00", "2025-05-20 10:00:00"),
    "ignored": ("unseen_busy", "2025-05-20 08:00:00", None),
    "elsewhere": ("unseen_quiet", "2025-05-20 08:00:00", None),
}
# By old lead, its CRM: people sell in one, and both keep no deals.
SOLD_ELSEWHERE = {"sold": "unseen_quiet", "handed-on": "unseen_tool"}
REP = {"rep_id": "unseen-rep", "name": "Rep", "team_id": "emea", "is_active": "true"}


def _of(name: str) -> Row:
    return {"source": HANDED_OVER[name][0], "lead_id": f"unseen-{name}"}


ROWS: Rows = {
    "crm_leads": [
        {
            **_of(name),
            "created_at": "2025-05-01 08:00:00",
            "updated_at": at,
            "status": "MQL",
            "email": f"{name}@unseen.example",
        }
        for name, (_, at, _) in HANDED_OVER.items()
    ]
    + [
        {
            "source": source,
            "lead_id": f"unseen-{name}",
            "loaded_at": "2025-02-03 09:00:00",
            "created_at": "2025-02-03 08:00:00",
            "updated_at": "2025-02-03 08:00:00",
            "status": "New",
            "email": f"{name}@unseen.example",
            "lead_source": f"unseen {name}",
            "owner_id": REP["rep_id"] if name == "sold" else "",
        }
        for name, source in SOLD_ELSEWHERE.items()
    ],
    "crm_reps": [{"source": "unseen_quiet", **REP}],
    "crm_lead_history": [
        {
            **_of(name),
            "history_id": f"unseen-{name}",
            "field_name": "status",
            "old_value": "New",
            "new_value": "MQL",
            "changed_at": at,
        }
        for name, (_, at, _) in HANDED_OVER.items()
    ],
    "crm_activities": [
        {
            **_of(name),
            "activity_id": f"unseen-{name}",
            "activity_type": "call",
            "direction": "outbound",
            "occurred_at": called_at,
        }
        for name, (_, _, called_at) in HANDED_OVER.items()
        if called_at
    ],
}
