"""Mailboxes that many read, people whose names look like one, machines, and a phone."""

from __future__ import annotations

from tests.messy.company import Row, Rows

# Two people each, who must not become one.
SHARED = (
    "kontakt", "buero", "vertrieb", "einkauf", "rechnung", "buchhaltung", "bewerbung", "jobs", "hr",
    "marketing", "team", "mail", "post", "service", "hilfe", "contacto", "ventas", "facturacion",
    "compras", "contatto", "vendite", "amministrazione", "accueil", "achats", "compta",
    "kundenservice", "newsletter", "billing", "privacy", "abuse", "hostmaster", "biuro", "verkoop",
    "info2", "info-de", "sales.emea", "sales_support", "Customer.Service", "office+fair",
)  # fmt: skip
PEOPLE = ("hr.koch", "mail.meier", "jobst", "serviceman.lee", "p.ost")
AGENTS = {
    "phone": "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Mobile Safari/537.36",
    "crawler": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "script": "python-requests/2.31.0",
    "gateway": "Mozilla/5.0 (Windows NT 10.0) BarracudaCentral",
    "browser": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36",
}


def record(lead_id: str, email: str) -> Row:
    return {"lead_id": lead_id, "created_at": "2025-05-01 08:00:00", "email": email}


ROWS: Rows = {
    "crm_leads": [
        record(f"mailbox-{number}-{each}", f"{local}@mailboxes.example")
        for number, local in enumerate(SHARED + PEOPLE)
        for each in "ab"
    ]
    + [
        record(f"mailbox-free-{domain}", f"someone@{domain}")
        for domain in ("t-online.de", "qq.com")
    ]
    + [record(f"mailbox-gone-{each}", "someone@trashmail.com") for each in "ab"],
    "web_events": [
        {
            "event_id": f"mailbox-{name}",
            "event_name": "page_view",
            "occurred_at": "2025-05-05 09:00:00",
            "page_url": "https://www.mailboxes.example/pricing",
            "email": f"{name}@agents.example",
            "user_agent": agent,
        }
        for name, agent in AGENTS.items()
    ],
}
