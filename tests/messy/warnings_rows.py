"""What a build should tell of: words that no seed maps, rows of nobody, and small teams."""

from __future__ import annotations

# Teams of one, two and four reps, and a handoff of each.
TEAMS = {"solo": 1, "duo": 2, "crew": 4}


def _lead(name: str, status: str, source: str, owner: str = "") -> dict[str, str]:
    return {
        "lead_id": f"warn-{name}",
        "email": f"{name}@{name}.warn.example",
        "created_at": "2025-05-01 09:00:00",
        "updated_at": "2025-05-02 09:00:00",
        "status": status,
        "lead_source": source,
        "owner_id": owner,
    }


ROWS = {
    "crm_leads": [
        _lead("agency", "With the Agency, 2nd line", "Billboard"),
        _lead("agency2", "with the agency, 2nd line", "Billboard"),
        _lead("typed", "ask jane@typed.warn.example", "Partner"),
        # What a new Salesforce org and a new HubSpot portal write by default.
        _lead("salesforce", "Working - Contacted", "Partner"),
        _lead("hubspot", "ATTEMPTED_TO_CONTACT", "Partner"),
        *(_lead(f"of-{team}", "MQL", "Partner", f"warn-{team}-1") for team in TEAMS),
    ],
    "crm_opportunities": [
        {
            "opportunity_id": "warn-deal",
            "lead_id": "warn-hubspot",
            "stage_name": "presentationscheduled",
            "created_at": "2025-05-06 09:00:00",
        },
    ],
    "crm_reps": [
        {
            "rep_id": f"warn-{team}-{number}",
            "name": "Rep",
            "email": f"{number}@{team}.warn.example",
            "team_id": f"warn-{team}",
            "is_active": "true",
            "hired_at": "2024-01-01 09:00:00",
        }
        for team, reps in TEAMS.items()
        for number in range(1, reps + 1)
    ],
    "email_events": [
        {
            "event_id": "warn-mail",
            "event_name": "opened",
            "occurred_at": "2025-05-03 09:00:00",
            "email": "",
            "campaign_id": "warn-letter",
        },
    ],
    "form_submissions": [
        {
            "submission_id": "warn-form",
            "form_id": "demo_request",
            "occurred_at": "2025-05-04 09:00:00",
            "email": "tagged@tagged.warn.example",
            "utm_source": "zeppelin",
            "utm_medium": "banner, towed",
        },
    ],
    "erasure_requests": [
        {
            "request_id": "warn-vague",
            "requested_at": "2025-06-01 09:00:00",
            "email": "tall man",
        },
    ],
}
