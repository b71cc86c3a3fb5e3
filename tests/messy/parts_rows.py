"""Deals of several people, of customers, and merged ones."""

from __future__ import annotations

from tests.messy.company import Row, Rows

MADE = {"created_at": "2025-05-01 08:00:00", "updated_at": "2025-05-01 08:00:00"}
WON = {"is_closed": "true", "is_won": "true", "closed_at": "2025-05-20 10:00:00"}


def person(name: str) -> Row:
    return MADE | {
        "contact_id": f"part-{name}",
        "account_id": "part-account",
        "email": f"{name}@parts.example",
    }


def deal(name: str, **fields: str) -> Row:
    given = {"opportunity_id": f"part-{name}", "account_id": "part-account", "amount": "700"}
    return {"created_at": "2025-05-05 09:00:00", "currency_code": "EUR"} | given | fields


def part(deal_name: str, **fields: str) -> Row:
    return {"opportunity_id": f"part-{deal_name}"} | fields


ROWS: Rows = {
    "crm_accounts": [MADE | {"account_id": "part-account", "name": "Parts"}],
    "crm_contacts": [
        person("anna"),
        person("ben"),
        person("cora"),
        person("dan"),
        person("eve"),
    ],
    "crm_opportunities": [
        deal("shared", **WON),
        deal("own", contact_id="part-ben"),
        deal("renewed", contact_id="part-cora", pipeline="Renewals", **WON),
        deal("typed", contact_id="part-dan", deal_type="newbusiness", pipeline="Renewals", **WON),
        deal("merged", contact_id="part-eve", merged_into_opportunity_id="part-own", **WON),
        deal("account"),
        deal("from-fair", contact_id="part-eve", campaign_id="part-fair"),
        # Exported with its contacts: a row for each.
        deal("joined", contact_id="part-ben"),
        deal("joined", contact_id="part-eve"),
    ],
    "crm_opportunity_contacts": [
        part("shared", contact_id="part-ben", role="Influencer"),
        part("shared", contact_id="part-anna", role="Decision Maker", is_primary="true"),
        part("own", contact_id="part-anna", role="User", is_primary="true"),
        part("own", contact_id="part-cora", is_deleted="true"),
        part("merged", contact_id="part-dan"),
    ],
    "crm_activities": [
        {
            "activity_id": "part-call",
            "activity_type": "call",
            "occurred_at": "2025-05-06 09:00:00",
            "opportunity_id": "part-shared",
        },
        {
            "activity_id": "part-account-call",
            "activity_type": "call",
            "occurred_at": "2025-05-06 09:00:00",
            "opportunity_id": "part-account",
        },
    ],
}
