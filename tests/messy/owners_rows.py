"""Records that a queue owns, or somebody who is none of the reps."""

from __future__ import annotations

from tests.messy.company import Rows

OWNERS = {
    "queue": "00G5g000003abcd",
    "stranger": "somebody-else",
    "rep": "owners-rep",
    "nobody": "",
}
ROWS: Rows = {
    "crm_reps": [{"rep_id": "owners-rep", "name": "Rep", "team_id": "emea"}],
    "crm_leads": [
        {
            "lead_id": f"owned-by-{name}",
            "created_at": "2025-05-01 08:00:00",
            "updated_at": "2025-05-02 09:00:00",
            "status": "MQL",
            "email": f"{name}@owners.example",
            "owner_id": owner,
        }
        for name, owner in OWNERS.items()
    ],
    "crm_lead_history": [
        {
            "history_id": f"owned-by-{name}",
            "lead_id": f"owned-by-{name}",
            "field_name": "status",
            "old_value": "New",
            "new_value": "MQL",
            "changed_at": "2025-05-02 09:00:00",
        }
        for name in OWNERS
    ],
    # Somebody logs what is done, so that silence tells.
    "crm_activities": [
        {
            "activity_id": "owned-call",
            "activity_type": "call",
            "direction": "outbound",
            "occurred_at": "2025-05-02 10:00:00",
            "lead_id": "owned-by-other",
            "rep_id": "owners-rep",
        }
    ],
}
