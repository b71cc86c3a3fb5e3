"""Values as trackers, mailers, spreadsheets and CRMs write them."""

from __future__ import annotations

from tests.messy.company import Row, Rows

DAY = "2025-05-05 09:00:00"
CREATED = {"created_at": "2025-05-01 08:00:00", "updated_at": "2025-05-02 08:00:00"}
LONG_ID = "00Q7x00000QwErTEAV"
"""As Salesforce's API gives an id; its reports show the first fifteen characters."""

ADDRESSES = [
    "vera.k@values.example",
    " Vera.K@Values.Example ",
    "vera.k@values.example\t",
    "vera.k@values.example\u200b",
    "\ufeffvera.k@values.example",
    "\u00a0vera.k@values.example",
    "vera.k@values.example\n",
    "mailto:vera.k@values.example",
    "Vera K <vera.k@values.example>",
    '"K, Vera" <vera.k@values.example>',
    "vera.k@values.example.",
    "vera.k@values.example;",
    "'vera.k@values.example'",
    "vera.k@values.example, other@values.example",
    "vera.k\uff20values.example",
    "\uff56era.k@values.example",
    "vera.k%40values.example",
]
NO_ADDRESSES = [
    "vera.k@values..example",
    "vera k@values.example",
    "vera.k@val\u2011ues.example",
    "vera.k@values.example@x.example",
    "vera.k@values.example\u060c other@values.example",
    "vera.k@values",
]
PUNYCODE = [
    "ida@b\u00fccher.m\u00fcller.example",
    "Ida@XN--BCHER-KVA.xn--mller-kva.example",
    "Ida <ida@xn--bcher-kva.m\u00fcller.example>",
    "ida@xn--bcher-kv.example",
    "ida@xn--99999999999999999999.example",
]
"""Three ways to write one domain, and two labels that no letters give."""

PHONES = {
    "+49 30 5557123": True,
    "n/a": False,
    "0": False,
    "unknown": False,
    "555": False,
    "999999999": False,
    "who@values.example": False,
    "4.93055E+11": False,
}
SIZES = {"51-200": 51, "1,200": 1200, "10,001+": 10001, "340.0": 340, "many": None, "12.000": None}
COUNTRIES = {
    "Germany": "DE",
    "UK": "GB",
    "usa\x0b": "US",
    "\u00d6sterreich": "AT",
    "Atlantis": None,
}
SOURCES = {
    "Trade Show": "tradeshow",
    "tradeshow": "tradeshow",
    "TRADE-SHOW": "tradeshow",
    "Paid Search": "paid_search",
    "SEM / PPC": "sem/ppc",
    "Towed Banner": "towed_banner",
    "towed-banner": "towed_banner",
}
"""How a CRM spells a lead source, and how it is published: the last is in no line of the seed."""
NULL_WORDS = ["NULL", "None", "nan", "\\N", "N/A", "-", "undefined", "#N/A"]
EPOCHS = ["1746090000", "1746090000000", "1746090000000000", "1746090000.0"]
"""2025-05-01 09:00 in UTC."""


GONE_ID = "00Q7x00000AsDfGEAV"
REQUESTS = {
    "vera.gone-0@values.example": " VERA.Gone-0@Values.Example ",
    "vera.gone-1@values.example": "vera.gone-1@values.example\t",
    "vera.gone-2@values.example": "Vera Gone <vera.gone-2@values.example>",
    "vera.gone-3@values.example;": "vera.gone-3@values.example",
}
"""By address as a lead has it, how the request to forget the person writes it."""


# As a spreadsheet writes them that puts no noughts before.
AMERICAN = ["1/13/2025 2:05 PM", "12/1/2024", "3/4/2025"]


def leads(kind: str, column: str, values: list[str]) -> list[Row]:
    """Give one lead for each value of a column."""
    return [
        CREATED
        | {
            "lead_id": f"val-{kind}-{number}",
            "email": f"val-{kind}-{number}@{kind}{number}.example",
            column: value,
        }
        for number, value in enumerate(values)
    ]


ROWS: Rows = {
    "crm_leads": [
        CREATED | {"lead_id": LONG_ID, "email": "val-sf@values.example", "status": "MQL"},
        CREATED | {"lead_id": "00Q7x0000ZzYyXx", "email": "val-one@case-one.example"},
        CREATED | {"lead_id": "00Q7x0000ZzYyXX", "email": "val-two@case-two.example"},
        CREATED
        | {
            "lead_id": "val-float",
            "email": "val-float@values.example",
            "owner_id": "41707.0",
            "converted_contact_id": "91550.0",
        },
        *leads("null", "merged_into_lead_id", NULL_WORDS),
        *leads("owner", "owner_id", NULL_WORDS),
        *leads("source", "lead_source", NULL_WORDS),
        *leads("spelt", "lead_source", list(SOURCES)),
        *leads("phone", "phone", list(PHONES)),
        *leads("size", "employee_count", list(SIZES)),
        *leads("country", "country_code", list(COUNTRIES)),
        *leads("epoch", "created_at", EPOCHS),
        *leads("british", "created_at", ["28/04/2025 14:05", "02/05/2025 2:05 PM"]),
        *leads("dutch", "created_at", ["13-4-2025 14:05", "2-11-2024 14:05", "12/1/2025"]),
        *leads("german", "created_at", ["28.04.2025 14:05", "2.5.2025 14:05:00"]),
        *leads("zone", "created_at", ["2025-05-01 09:00:00 IST", "2025-05-01 09:00:00 GMT"]),
        *leads("converted", "converted_at", ["0000-00-00 00:00:00", "1900-01-01", "9999-12-31"]),
        *leads("opted", "has_opted_out", ["Opted out", "no", "perhaps"]),
        *leads("undated", "created_at", ["", "NULL"]),
        {"lead_id": "val-bare", "created_at": DAY},
        CREATED | {"lead_id": GONE_ID, "email": "vera.gone@values.example"},
        *(
            CREATED | {"lead_id": f"val-gone-{number}", "email": email}
            for number, email in enumerate(REQUESTS)
        ),
    ],
    "erasure_requests": [
        {"request_id": "val-id", "requested_at": DAY, "crm_lead_id": GONE_ID[:15]},
        *(
            {"request_id": f"val-{number}", "requested_at": DAY, "email": asked}
            for number, asked in enumerate(REQUESTS.values())
        ),
    ],
    "crm_lead_history": [
        {
            "history_id": "val-1",
            "lead_id": LONG_ID,
            "field_name": "status",
            "old_value": "New",
            "new_value": "MQL",
            "changed_at": "2025-05-02 09:00:00",
        },
        {"history_id": "val-bare", "changed_at": DAY},
    ],
    "crm_contacts": [
        {"contact_id": "91550", "created_at": DAY, "email": "val-other@values.example"},
        {"contact_id": "val-bare", "created_at": DAY},
    ],
    "crm_reps": [
        {"rep_id": "41707", "name": "Rep", "team_id": "emea", "is_active": "ja"},
        {"rep_id": "val-old", "name": "Old", "team_id": "emea", "hired_at": "1900-01-01"},
        {"rep_id": "val-bare"},
    ],
    "crm_accounts": [
        {"account_id": "val-1", "created_at": DAY, "domain": "https://www.hosts.example/de?x=1"},
        {"account_id": "val-idn", "created_at": DAY, "domain": "www.xn--mller-kva.example/de"},
        {"account_id": "val-bare", "created_at": DAY},
        *(
            {"account_id": f"val-american-{number}", "created_at": moment}
            for number, moment in enumerate(AMERICAN)
        ),
    ],
    "crm_opportunities": [
        {
            "opportunity_id": "val-1",
            "created_at": DAY,
            "lead_id": "val-float",
            "stage_name": "Proposal",
            "amount": "$1,200.00",
            "is_closed": "false",
            "is_won": "false",
            "closed_at": "1900-01-01",
        },
        {"opportunity_id": "val-bare", "created_at": DAY},
    ],
    "crm_opportunity_history": [{"history_id": "val-bare", "changed_at": DAY}],
    "crm_activities": [
        {
            "activity_id": "val-sf",
            "activity_type": "Phone call",
            "direction": "OUTGOING_EMAIL",
            "occurred_at": DAY,
            "lead_id": LONG_ID[:15],
            "rep_id": "41707.0",
        },
        *(
            {
                "activity_id": f"val-{kind}",
                "activity_type": kind,
                "occurred_at": DAY,
                "lead_id": "val-float",
                "rep_id": "41707",
            }
            for kind in ("WhatsApp", "Demo", "pigeon post")
        ),
        {"activity_id": "val-bare", "occurred_at": DAY},
    ],
    "email_events": [
        *(
            {
                "event_id": f"val-{name}",
                "event_name": name,
                # Whoever clicks in the second of the delivery is a machine.
                "occurred_at": f"2025-05-05 {hour:02}:00:00",
                "email": "vera.k@values.example",
            }
            for hour, name in enumerate(
                ("open", "CLICKED ", "delivery", "send", "hard_bounce", "spamreport"), start=9
            )
        ),
        {"event_id": "val-bare", "occurred_at": DAY},
    ],
    "form_submissions": [
        *(
            {
                "submission_id": f"val-yes-{number}",
                "form_id": "demo_request",
                # The same form at the same moment would be a double click.
                "occurred_at": f"2025-05-05 09:{number:02}:00",
                "email": email,
                "employee_count": "201-500",
                "consent_marketing": "on",
                "utm_campaign": "Spring  Fair",
            }
            for number, email in enumerate(ADDRESSES)
        ),
        *(
            {
                "submission_id": f"val-no-{number}",
                "form_id": "demo_request",
                "occurred_at": DAY,
                "email": email,
            }
            for number, email in enumerate(NO_ADDRESSES)
        ),
        *(
            {"submission_id": f"val-uml-{number}", "occurred_at": DAY, "email": email}
            for number, email in enumerate(["j\u00f6rg@uml.example", "jo\u0308rg@uml.example"])
        ),
        *(
            {"submission_id": f"val-idn-{number}", "occurred_at": DAY, "email": email}
            for number, email in enumerate(PUNYCODE)
        ),
        {"submission_id": "val-bare", "occurred_at": DAY},
    ],
    "campaign_responses": [
        {
            "response_id": "val-1",
            "campaign_id": " SPRING fair",
            "occurred_at": "2025-05-04 10:00:00",
            "crm_lead_id": LONG_ID[:15],
            "response_type": "trade_fair",
        },
        {
            "response_id": "val-sent",
            "campaign_id": "spring fair",
            "occurred_at": DAY,
            "crm_lead_id": "val-float",
            "response_type": "Sent",
        },
        {"response_id": "val-bare", "occurred_at": DAY},
    ],
    "campaigns": [
        {"campaign_id": "Spring Fair", "name": "Spring", "ended_at": "9999-12-31"},
        {"campaign_id": "val-bare"},
    ],
    "campaign_costs": [
        {
            "campaign_id": "spring fair",
            "cost_date": "2025-05-01",
            "amount": "1.200,50",
            "currency_code": "EUR",
        },
        {"campaign_id": "val-bare", "cost_date": "2025-05-05"},
        {"campaign_id": "val-open", "cost_date": "03/04/2025", "amount": "1"},
    ],
    "web_events": [
        {
            "event_id": "val-named",
            "event_name": "page_view",
            "occurred_at": DAY,
            "page_url": "https://www.company.example/pricing",
            "email": "vera.k@values.example",
        },
        {
            "event_id": "val-nameless",
            "occurred_at": "2025-05-05 09:04:00",
            "page_url": "https://www.company.example//pricing%20list/\u00fc?q=" + "x" * 100_000,
            "email": "vera.k@values.example",
            "page_title": "nul\u0000 and \U0001f600",
            "properties": "[1, {",
        },
        {"event_id": "val-bare", "occurred_at": DAY},
    ],
}
