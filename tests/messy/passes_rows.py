"""Leads of one CRM, each with something of its own in how its cycles began, went on and ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.messy.company import Row, Rows

CRM = "passes"
REP = "passes-rep"
START = datetime(2025, 1, 6, 9, tzinfo=UTC)
"""A Monday."""

# By lead, the statuses that the CRM went through, each with the days since the start.
MQL = ((0.0, "New"), (1.0, "MQL"))
STATUSES: dict[str, tuple[tuple[float, str], ...]] = {
    "repeat": (*MQL, (2, "Working")),
    "upsell": MQL,
    "buyer": MQL,
    "colleague": MQL,
    "newcomer": ((0.0, "New"),),
    "latecomer": ((120.0, "New"), (121, "MQL")),
    "accountonly": (*MQL, (3, "Working")),
    "late": MQL,
    "coldcall": ((0.0, "Working"), (5, "Converted")),
    "parallel": (*MQL, (2, "Working")),
    "usd": MQL,
    "jpy": MQL,
    "noamount": MQL,
    "lostwon": MQL,
    "wonlost": MQL,
    "twin-a": ((0.0, "New"),),
    "twin-b": ((1.0, "New"),),
    "recycle": (
        *MQL,
        *((5, "Returned to Marketing"), (30, "MQL"), (32, "Working")),
        *((40, "Not Ready"), (50, "MQL")),
    ),
    "rejected": (*MQL, (3, "Unqualified")),
    "backstep": (*MQL, (2, "Working"), (6, "MQL")),
    "takenup": (*MQL, (120, "Working")),
    "handedback": (*MQL, (5, "Returned to Marketing")),
    "subscribed": ((0.0, "Subscriber"), (3, "New")),
}
# Records without a history: what they say, and when they were changed last.
UNTOLD: dict[str, Row] = {
    # A duplicate of `handedback`, merged after that was handed back.
    "copy": {"status": "MQL", "created_at": "2", "updated_at": "20", "merged_into": "handedback"},
    "reader": {"status": "subscriber", "created_at": "0", "updated_at": "30"},
    "reader-asks": {"status": "subscriber", "created_at": "0", "updated_at": "30"},
}
ACCOUNTS = {
    **dict.fromkeys(("buyer", "colleague", "newcomer", "latecomer"), "trio"),
    "accountonly": "lone",
}
TWINS = ("twin-a", "twin-b")
# When sales called each.
CALLS: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(("repeat", "upsell", "buyer", "accountonly", "parallel", "usd"), (1.1,)),
    **dict.fromkeys(("jpy", "noamount", "lostwon", "wonlost"), (1.1,)),
    "late": (41,),
    "coldcall": (0.05,),
    "recycle": (1.1, 30.1),
}
# By deal: whose it is, made, closed, won, amount and currency.
DEALS: dict[str, tuple[str, float, float, bool, str, str]] = {
    "repeat-1": ("repeat", 5, 20, True, "1000", "EUR"),
    "repeat-2": ("repeat", 60, 80, True, "5000", "EUR"),
    "upsell": ("upsell", 5, 20, True, "1000", "EUR"),
    "trio": ("buyer", 10, 40, True, "90000", "EUR"),
    "lone": ("", 10, 40, True, "70000", "EUR"),
    "coldcall": ("coldcall", 5, 30, True, "3000", "EUR"),
    "parallel-1": ("parallel", 4, 10, False, "1000", "EUR"),
    "parallel-2": ("parallel", 5, 30, True, "8000", "EUR"),
    "usd": ("usd", 5, 30, True, "1000", "USD"),
    "jpy": ("jpy", 5, 30, True, "1000000", "JPY"),
    "noamount": ("noamount", 5, 30, True, "", "EUR"),
    "lostwon": ("lostwon", 5, 60, True, "700", "EUR"),
    "wonlost": ("wonlost", 5, 60, False, "700", "EUR"),
}
DEAL_STAGES = {
    "lostwon": ((5, "Prospecting"), (20, "Closed Lost"), (40, "Negotiation"), (60, "Closed Won")),
    "wonlost": ((5, "Prospecting"), (20, "Closed Won"), (60, "Closed Lost")),
}
PORTALS = ("passes_north", "passes_south")
"""Two CRMs that give the same id to two people."""
ASKED_AGAIN = (100, 101, 102)
"""When the customer `upsell` asked for a demonstration, three times after its win."""
READER_ASKED = 10
"""When the subscriber `reader-asks` did."""


def at(days: float) -> str:
    return (START + timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")


def address(name: str) -> str:
    domain = ACCOUNTS.get(name, "twins" if name in TWINS else name)
    return f"{name}@{domain}.passes.example"


def lead(name: str) -> Row:
    statuses = STATUSES[name]
    return {
        "source": CRM,
        "lead_id": name,
        "created_at": at(statuses[0][0]),
        "updated_at": at(statuses[-1][0]),
        "status": statuses[-1][1],
        "email": address(name),
        "first_name": "Max" if name in TWINS else "Ann",
        "last_name": "Twin" if name in TWINS else name,
        "company_name": "Twins" if name in TWINS else ACCOUNTS.get(name, ""),
        "lead_source": "cold_call" if name == "coldcall" else "paid_search",
        "owner_id": REP,
        "country_code": "DE",
    }


def untold(name: str) -> Row:
    given = UNTOLD[name]
    return {
        **lead("newcomer"),
        "lead_id": name,
        "email": address(name),
        "last_name": name,
        "company_name": "",
        "status": given["status"],
        "created_at": at(float(given["created_at"])),
        "updated_at": at(float(given["updated_at"])),
        "merged_into_lead_id": given.get("merged_into", ""),
    }


def deal(name: str) -> Row:
    whose, made, closed, is_won, amount, currency = DEALS[name]
    return {
        "source": CRM,
        "opportunity_id": name,
        "lead_id": whose,
        "account_id": "lone" if not whose else ACCOUNTS.get(whose, ""),
        "owner_id": REP,
        "created_at": at(made),
        "updated_at": at(closed),
        "closed_at": at(closed),
        "stage_name": "Closed Won" if is_won else "Closed Lost",
        "is_closed": "true",
        "is_won": str(is_won).lower(),
        "amount": amount,
        "currency_code": currency,
    }


ROWS: Rows = {
    "crm_reps": [
        {"source": CRM, "rep_id": REP, "name": "Rep", "team_id": "emea", "is_active": "true"}
    ],
    "crm_accounts": [
        {
            "source": CRM,
            "account_id": account,
            "created_at": at(0),
            "name": account,
            "domain": f"{account}.passes.example",
            "owner_id": REP,
        }
        for account in ("trio", "lone")
    ],
    "crm_leads": [
        *(lead(name) for name in STATUSES),
        *(untold(name) for name in UNTOLD),
        *(
            {
                **lead("rejected"),
                "source": portal,
                "lead_id": "501",
                "email": f"ann@{portal.replace('_', '-')}.example",
                "last_name": portal,
            }
            for portal in PORTALS
        ),
    ],
    "crm_lead_history": [
        {
            "source": CRM,
            "history_id": f"passes-{name}-{number}",
            "lead_id": name,
            "field_name": "status",
            "old_value": statuses[number - 1][1] if number else "",
            "new_value": status,
            "changed_at": at(days),
        }
        for name, statuses in STATUSES.items()
        for number, (days, status) in enumerate(statuses)
    ],
    "crm_activities": [
        {
            "source": CRM,
            "activity_id": f"passes-{name}-{days}",
            "activity_type": "call",
            "direction": "outbound",
            "outcome": "connected",
            "occurred_at": at(days),
            "lead_id": name,
            "rep_id": REP,
        }
        for name, calls in CALLS.items()
        for days in calls
    ],
    "crm_opportunities": [deal(name) for name in DEALS],
    "crm_opportunity_history": [
        {
            "source": CRM,
            "history_id": f"passes-{name}-{days}",
            "opportunity_id": name,
            "stage_name": stage,
            "changed_at": at(days),
        }
        for name, stages in DEAL_STAGES.items()
        for days, stage in stages
    ],
    "form_submissions": [
        {
            "submission_id": f"passes-{name}-{days}",
            "form_id": "demo_request",
            "occurred_at": at(days),
            "email": address(name),
            "page_url": "https://www.site.example/demo",
        }
        for name, asked in {"upsell": ASKED_AGAIN, "reader-asks": (READER_ASKED,)}.items()
        for days in asked
    ],
}
