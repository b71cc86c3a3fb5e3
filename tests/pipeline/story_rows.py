"""Raw rows of people whose story is told: what each did, and what the CRM said of it."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

LOADED = "2026-03-01 02:00:00"
AS_OF = "2026-03-31 02:00:00"


def web(event_id: str, at: str, device: str, path: str, **more: Any) -> Row:
    return {
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": at,
        "loaded_at": LOADED,
        "anonymous_id": device,
        "page_url": f"https://www.example.com{path}",
        "user_agent": "Mozilla/5.0",
        **more,
    }


def form(submission_id: str, at: str, device: str | None, email: str, form_id: str) -> Row:
    return {
        "submission_id": submission_id,
        "form_id": form_id,
        "occurred_at": at,
        "loaded_at": LOADED,
        "anonymous_id": device,
        "email": email,
    }


def crm_lead(lead_id: str, at: str, email: str | None, **more: Any) -> Row:
    return {
        "lead_id": lead_id,
        "created_at": at,
        "updated_at": at,
        "loaded_at": LOADED,
        "email": email,
        **more,
    }


def status(history_id: str, lead_id: str, at: str, old: str | None, new: str) -> Row:
    return {
        "history_id": history_id,
        "lead_id": lead_id,
        "field_name": "status",
        "old_value": old,
        "new_value": new,
        "changed_at": at,
        "loaded_at": LOADED,
    }


def deal(opportunity_id: str, lead_id: str, created: str, **more: Any) -> Row:
    return {
        "opportunity_id": opportunity_id,
        "lead_id": lead_id,
        "created_at": created,
        "updated_at": created,
        "loaded_at": LOADED,
        "is_closed": False,
        "is_won": False,
        **more,
    }


def touch(activity_id: str, lead_id: str, at: str) -> Row:
    return {
        "activity_id": activity_id,
        "activity_type": "call",
        "direction": "outbound",
        "occurred_at": at,
        "loaded_at": LOADED,
        "lead_id": lead_id,
    }


def stories() -> dict[str, list[Row]]:
    """All histories, by raw table."""
    tables: dict[str, list[Row]] = {
        "web_events": [
            # anna browses unknown, then sends a form on the same device
            web("w1", "2026-01-05 10:00:00", "anna-laptop", "/products/analytics"),
            web("w2", "2026-01-05 10:10:00", "anna-laptop", "/pricing"),
            # bert and cleo share a device
            web("w3", "2026-01-06 09:00:00", "shared", "/blog/analytics-basics"),
            web("w4", "2026-01-06 12:00:00", "shared", "/pricing"),
            web("w5", "2026-01-06 15:00:00", "shared", "/careers/engineer"),
            # a bot, and one of our own
            web("w6", "2026-01-06 10:00:00", "shared", "/pricing", user_agent="NiceBot/1.0"),
            # carl's careers visit takes points away after he was handed over
            web("w7", "2026-01-20 10:00:00", "carl-phone", "/careers/sales"),
            # worked example: one product click
            web(
                "w8",
                "2026-01-12 10:05:00",
                "quinn-phone",
                "/products/security",
                event_name="product_click",
                email="quinn@firm.example",
            ),
        ],
        "form_submissions": [
            form("f1", "2026-01-05 10:20:00", "anna-laptop", "anna@firm.example", "newsletter"),
            form("f2", "2026-01-06 10:30:00", "shared", "bert@firm.example", "newsletter"),
            form("f3", "2026-01-06 14:00:00", "shared", "cleo@other.example", "newsletter"),
            form("f4", "2026-01-10 10:00:00", "carl-phone", "carl@firm.example", "demo_request"),
            form("f5", "2026-01-10 10:05:00", "carl-phone", "carl@firm.example", "contact"),
            form("f6", "2026-01-12 10:10:00", "quinn-phone", "quinn@firm.example", "newsletter"),
            # two people behind one role address
            form("f7", "2026-01-12 11:00:00", "role-a", "info@firm.example", "newsletter"),
            # rita comes back after she was handed back
            form("f8", "2026-02-20 11:00:00", "rita-phone", "rita@firm.example", "whitepaper"),
            # one of our own tests a form
            form("f9", "2026-01-12 12:00:00", "office", "eve@internal.example", "demo_request"),
            # late: happened in the backfill's time, arrived a month later
            {
                **form("f10", "2026-02-25 10:00:00", "anna-laptop", "anna@firm.example", "webinar"),
                "loaded_at": AS_OF,
            },
        ],
        "campaign_responses": [
            {
                "response_id": "r1",
                "campaign_id": "fair",
                "occurred_at": "2026-01-12 10:00:00",
                "loaded_at": LOADED,
                "email": "quinn@firm.example",
                "response_type": "qr_scan",
            }
        ],
        "crm_leads": [
            crm_lead("L-anna", "2026-01-05 11:00:00", "anna@firm.example", lead_source="web"),
            crm_lead(
                "L-anna2",
                "2026-01-07 11:00:00",
                "anna@firm.example",
                merged_into_lead_id="L-anna",
                is_deleted=True,
            ),
            crm_lead("L-role1", "2026-01-12 12:00:00", "info@firm.example"),
            crm_lead("L-role2", "2026-01-12 13:00:00", "info@firm.example"),
            crm_lead("L-rita", "2026-01-02 09:00:00", "rita@firm.example", status="Qualified"),
            crm_lead("L-skip", "2026-01-02 09:00:00", "skip@firm.example", status="Qualified"),
            crm_lead("L-odd", "2026-01-02 09:00:00", "odd@firm.example", status="Zombie"),
            crm_lead("L-early", "2026-01-15 09:00:00", "early@early.example"),
            crm_lead("L-hole", "2026-01-02 09:00:00", "hole@firm.example", status="MQL"),
            crm_lead("L-work", "2026-01-02 09:00:00", "work@firm.example", status="Working"),
            crm_lead(
                "L-fresh",
                "2026-03-25 09:00:00",
                "fresh@firm.example",
                status="MQL",
                loaded_at=AS_OF,
            ),
            crm_lead("L-two", "2026-01-02 09:00:00", "two@two.example"),
            crm_lead("L-late", "2026-01-02 09:00:00", "late@firm.example", status="Working"),
            crm_lead("L-self", "2026-01-02 09:00:00", None, merged_into_lead_id="L-self"),
            crm_lead("L-ring1", "2026-01-02 09:00:00", None, merged_into_lead_id="L-ring2"),
            crm_lead("L-ring2", "2026-01-03 09:00:00", None, merged_into_lead_id="L-ring1"),
            crm_lead("L-stage", "2026-01-02 09:00:00", None),
            # three of one company: one buys, by a deal that names the company alone
            crm_lead("L-uno", "2026-01-02 09:00:00", "uno@trio.example", status="Working"),
            crm_lead("L-due", "2026-01-02 09:00:00", "due@trio.example", status="MQL"),
            crm_lead("L-tre", "2026-01-02 09:00:00", "tre@trio.example", status="New"),
            crm_lead("L-back", "2026-01-02 09:00:00", "back@firm.example", status="MQL"),
        ],
        "crm_lead_history": [
            status("h1", "L-rita", "2026-01-03 09:00:00", "New", "MQL"),
            status("h2", "L-rita", "2026-01-05 09:00:00", "MQL", "Working"),
            status("h3", "L-rita", "2026-01-20 09:00:00", "Working", "Not Ready"),
            status("h4", "L-rita", "2026-02-22 09:00:00", "Not Ready", "Qualified"),
            status("h5", "L-skip", "2026-01-09 09:00:00", "New", "Qualified"),
            status("h6", "L-hole", "2026-01-03 09:00:00", "New", "MQL"),
            status("h7", "L-work", "2026-01-03 09:00:00", "New", "MQL"),
            status("h8", "L-work", "2026-01-04 09:00:00", "MQL", "Working"),
            {**status("h9", "L-fresh", "2026-03-26 09:00:00", "New", "MQL"), "loaded_at": AS_OF},
            # this history starts when the lead was an MQL already
            status("h10", "L-late", "2026-01-08 09:00:00", "MQL", "Working"),
            status("h14", "L-uno", "2026-01-04 09:00:00", "New", "Working"),
            status("h15", "L-due", "2026-01-05 09:00:00", "New", "MQL"),
            status("h11", "L-back", "2026-01-04 09:00:00", "New", "Working"),
            # the lead itself never came
            status("h13", "L-ghost", "2026-01-09 09:00:00", "New", "Working"),
            status("h12", "L-back", "2026-01-05 09:00:00", "Working", "MQL"),
        ],
        "crm_activities": [
            touch("a1", "L-work", "2026-01-03 11:00:00"),
            touch("a2", "L-uno", "2026-01-04 11:00:00"),
        ],
        "crm_accounts": [
            {
                "account_id": "A-trio",
                "created_at": "2026-01-02 09:00:00",
                "loaded_at": LOADED,
                "domain": "https://www.trio.example/about",
                "industry": "Software",
            }
        ],
        "crm_opportunities": [
            # no flags and no history: only the stage's name says that it was won
            {
                "opportunity_id": "O-stage",
                "lead_id": "L-stage",
                "created_at": "2026-01-10 09:00:00",
                "closed_at": "2026-02-03 09:00:00",
                "loaded_at": LOADED,
                "stage_name": "closed won",
            },
            deal(
                "O-early",
                "L-early",
                "2026-01-10 09:00:00",
                is_closed=True,
                is_won=True,
                closed_at="2026-01-10 09:00:00",
                amount=1000,
            ),
            {
                **deal("O-trio", "", "2026-01-08 09:00:00", is_closed=True, is_won=True),
                "lead_id": None,
                "account_id": "A-trio",
                "closed_at": "2026-01-15 09:00:00",
                "amount": 300,
                "currency_code": "EUR",
            },
            deal(
                "O-two-a",
                "L-two",
                "2026-01-10 09:00:00",
                is_closed=True,
                closed_at="2026-01-20 09:00:00",
            ),
            deal(
                "O-two-b",
                "L-two",
                "2026-01-15 09:00:00",
                is_closed=True,
                is_won=True,
                closed_at="2026-02-01 09:00:00",
                amount=500,
            ),
        ],
    }
    return tables
