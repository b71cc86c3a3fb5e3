"""Requests to forget people, among them one that nobody answers to."""

from __future__ import annotations

from tests.messy.company import Row, Rows


def record(name: str, **more: str) -> Row:
    return {
        "lead_id": f"erase-{name}",
        "created_at": "2025-05-01 08:00:00",
        "email": f"{name}@erasures.example",
    } | more


def request(name: str, **named: str) -> Row:
    return {"request_id": f"erase-{name}", "requested_at": "2025-06-01 00:00:00"} | named


ROWS: Rows = {
    "crm_leads": [
        *(record(f"m{n:02}", merged_into_lead_id=f"erase-m{n + 1:02}") for n in range(15)),
        record("m15"),
        record("stays", owner_id="m03@erasures.example"),
    ],
    "crm_accounts": [
        {
            "account_id": "erase-alone",
            "created_at": "2025-05-01 08:00:00",
            "name": "Trades as m15@erasures.example",
        }
    ],
    "campaigns": [{"campaign_id": "erase-dinner", "name": "Dinner with M09@erasures.example"}],
    "erasure_requests": [
        request("chain", email="m00@erasures.example"),
        request("nobody", email="somebody@nowhere.example"),
        request("unreadable", email="not an address"),
        # Ids that differ in case are two, and a plus address may be another's.
        request("cased", crm_lead_id="ERASE-stays"),
        request("cased-end", crm_lead_id="erase-stayS"),
        request("plus", email="stays+news@erasures.example"),
    ],
}
