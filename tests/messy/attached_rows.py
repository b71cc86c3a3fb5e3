"""Rows that name nobody but a CRM record, and what CRMs say beside the old columns."""

from __future__ import annotations

from tests.messy.company import Row, Rows

MADE = {"created_at": "2025-05-01 08:00:00", "updated_at": "2025-05-01 08:00:00"}
CLICK = "Cj0KCQjwattached"


def lead(name: str, **fields: str) -> Row:
    return MADE | {"lead_id": f"att-{name}"} | fields


def contact(name: str, **fields: str) -> Row:
    return MADE | {"contact_id": f"att-{name}"} | fields


def form(name: str, **fields: str) -> Row:
    given = {"submission_id": f"att-{name}", "form_id": "att-form"}
    return given | {"occurred_at": "2025-05-10 09:00:00"} | fields


def mail(name: str, event_name: str = "opened", **fields: str) -> Row:
    given = {"event_id": f"att-{name}", "event_name": event_name, "campaign_id": "att-mail"}
    return given | {"occurred_at": "2025-05-11 09:00:00"} | fields


def response(name: str, **fields: str) -> Row:
    given = {"response_id": f"att-{name}", "campaign_id": "att-fair"}
    return given | {"occurred_at": "2025-05-12 09:00:00", "response_type": "trade_fair"} | fields


def call(name: str, **fields: str) -> Row:
    given = {"activity_id": f"att-{name}", "activity_type": "call", "direction": "outbound"}
    return given | {"occurred_at": "2025-05-13 09:00:00", "rep_id": "att-rep"} | fields


def opted(name: str, **fields: str) -> Row:
    address = {"email": f"{name}@attached.example", "phone": "+49 30 5550123"}
    return lead(name, **address, **fields)


ROWS: Rows = {
    "crm_leads": [
        lead("bare"),
        lead("role", email="info@attached.example"),
        lead("known", email="known@attached.example"),
        lead("stage", second_status="att-Taken-On"),
        lead("second", status="New", second_status="Working"),
        lead("facts", email="facts@at-account.example"),
        lead("own", email="own@at-account.example", industry="Own", employee_count="3"),
        lead("site", email="site@gmail.com", website="https://www.at-account.example/about"),
        lead("social", email="social@gmail.com", website="https://www.linkedin.com/company/x"),
        lead("joined", account_id="att-account"),
        lead("clicked", click_id=CLICK),
        lead("clicked-bing", click_id="msclkid=0123abc"),
        lead("detail", lead_source="att-offline", lead_source_detail="Trade_Fair / Hall 4"),
        lead("gone", email="gone@attached.example"),
        opted("no-mail", has_opted_out_of_email="true", consent_marketing="true"),
        opted("no-call", do_not_call="yes", consent_marketing="true"),
        opted("granted", consent_marketing="granted"),
        opted("denied", consent_marketing="no"),
        opted("by-form", consent_marketing="no"),
    ],
    "crm_contacts": [
        contact("gone-contact", merged_into_contact_id="att-gone-survivor"),
        contact("gone-survivor", email="gone@attached.example"),
        contact("customer", status="Qualified", lead_source="Partner"),
        contact("loser", email="loser@attached.example", merged_into_contact_id="att-winner"),
        contact("winner", email="winner@attached.example"),
    ],
    "crm_accounts": [
        MADE
        | {
            "account_id": "att-account",
            "name": "Attached",
            "domain": "at-account.example",
            "industry": "Machines",
            "employee_count": "250",
            "country_code": "DE",
        },
    ],
    "form_submissions": [
        form("bare", crm_lead_id="att-bare", phone="+49 30 5550124", job_title="Buyer"),
        form("contact", crm_contact_id="att-customer"),
        form("role", email="info@attached.example", crm_lead_id="att-role"),
        form("kiosk", email="visitor@attached.example", crm_lead_id="att-known"),
        form("unknown", crm_lead_id="att-only-here"),
        form("gone", crm_lead_id="att-gone"),
        form("gone-contact", crm_contact_id="att-gone-contact"),
        form("nobody", first_name="Nobody"),
        form("by-form", email="by-form@attached.example", consent_marketing="yes"),
        form("click", crm_lead_id="att-bare", click_id=CLICK),
    ],
    "email_events": [
        mail("bare", crm_lead_id="att-bare"),
        mail("contact", crm_contact_id="att-customer"),
        mail("role", email="info@attached.example", crm_lead_id="att-role"),
        mail("unsubscribed", "unsubscribed", crm_lead_id="att-known"),
        mail("gone", crm_lead_id="att-gone"),
        mail("nobody"),
        mail("two-names", email="visitor@attached.example", crm_lead_id="att-never-synced"),
    ],
    "campaign_responses": [
        response("contact", crm_contact_id="att-customer"),
        response("sent", crm_lead_id="att-bare", has_responded="false"),
        response("gone", crm_contact_id="att-gone-contact"),
        response("answered", crm_lead_id="att-bare", has_responded="true"),
    ],
    "crm_activities": [
        call("both", lead_id="att-bare"),
        call("both", lead_id="att-known"),
        call("both", lead_id="att-known", loaded_at="2025-06-01 04:00:00"),
        call("with-gone", lead_id="att-gone"),
        call("with-gone", lead_id="att-known"),
        call("corrected", lead_id="att-bare", loaded_at="2025-06-01 04:00:00"),
        call("corrected", lead_id="att-known"),
        call("planned", lead_id="att-bare", is_completed="Not Started"),
        call("ahead", lead_id="att-bare", is_completed="no", occurred_at="2025-09-01 09:00:00"),
        call("done", lead_id="att-bare", is_completed="Completed"),
        call("nobody"),
    ],
    "erasure_requests": [
        {
            "request_id": "att-1",
            "requested_at": "2025-06-15 09:00:00",
            "email": "gone@attached.example",
        },
    ],
    "web_events": [
        {
            "event_id": "att-click",
            "event_name": "page_view",
            "occurred_at": "2025-05-02 09:00:00",
            "anonymous_id": "att-device",
            "email": "wanda@attached.example",
            "page_url": "https://www.leadfunnel.example/pricing",
            "click_id": CLICK,
        },
    ],
}
