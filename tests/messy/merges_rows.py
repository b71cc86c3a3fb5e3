"""Records that were merged: in a chain, into a record that was never exported, in a circle."""

from __future__ import annotations

from tests.messy.company import Rows

CREATED = {"created_at": "2025-05-01 08:00:00"}
ROWS: Rows = {
    "crm_leads": [
        CREATED
        | {"lead_id": "merge-1", "email": "one@merges.example", "merged_into_lead_id": "merge-2"},
        CREATED
        | {"lead_id": "merge-2", "email": "two@merges.example", "merged_into_lead_id": "merge-3"},
        CREATED | {"lead_id": "merge-3", "email": "three@merges.example"},
        CREATED
        | {"lead_id": "merge-11", "email": "a@merges.example", "merged_into_lead_id": "merge-12"},
        CREATED
        | {"lead_id": "merge-12", "email": "b@merges.example", "merged_into_lead_id": "merge-11"},
        CREATED
        | {
            "lead_id": "merge-21",
            "email": "self@merges.example",
            "merged_into_lead_id": "merge-21",
        },
        CREATED
        | {"lead_id": "merge-31", "email": "x@merges.example", "merged_into_lead_id": "merge-99"},
    ],
}
