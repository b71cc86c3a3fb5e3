"""Histories of tables that loaders replace rows in, told by hand."""

from __future__ import annotations

from tests.properties.steps import Arrive, Row, Run, Step, Value
from tests.properties.stories import ANNA, BERT, PRICES, forget_row


def contact_row(
    contact_id: str, email: str | None, synced: str = "2026-01-10", **more: Value
) -> tuple[str, Row]:
    return "hubspot.contact", {
        "id": contact_id,
        "property_createdate": "2026-01-05 09:00:00",
        "property_email": email,
        "_fivetran_synced": synced,
        "_fivetran_deleted": False,
        **more,
    }


def deal_row(stage: str, synced: str = "2026-01-10", **more: Value) -> tuple[str, Row]:
    return "hubspot.deal", {
        "deal_id": "7",
        "property_createdate": "2026-01-06 09:00:00",
        "deal_pipeline_stage_id": stage,
        "_fivetran_synced": synced,
        "is_deleted": False,
        **more,
    }


def deal_contact_row(contact_id: str, synced: str = "2026-01-10") -> tuple[str, Row]:
    return "hubspot.deal_contact", {
        "deal_id": "7",
        "contact_id": contact_id,
        "_fivetran_synced": synced,
        "_fivetran_deleted": False,
    }


def call_row(call_id: str, at: str, synced: str) -> tuple[str, Row]:
    return "hubspot.engagement_call", {
        "engagement_id": call_id,
        "property_hs_timestamp": at,
        "property_hs_call_direction": "OUTBOUND",
        "_fivetran_synced": synced,
        "_fivetran_deleted": False,
    }


def call_contact_row(call_id: str, contact_id: str, synced: str) -> tuple[str, Row]:
    return "hubspot.engagement_contact", {
        "engagement_id": call_id,
        "contact_id": contact_id,
        "_fivetran_synced": synced,
    }


def form_row(form_id: str, contact_id: str, at: str, synced: str) -> tuple[str, Row]:
    return "hubspot.contact_form_submission", {
        "conversion_id": form_id,
        "contact_id": contact_id,
        "form_id": "demo_request",
        "timestamp": at,
        "_fivetran_synced": synced,
    }


def page_row(page_id: str, at: str, received: str = "2026-01-10") -> tuple[str, Row]:
    return "site.pages", {
        "id": page_id,
        "timestamp": at,
        "anonymous_id": "phone",
        "url": PRICES,
        "context_user_agent": "Mozilla/5.0",
        "received_at": received,
    }


def identify_row(call_id: str, at: str, email: str, received: str) -> tuple[str, Row]:
    return "site.identifies", {
        "id": call_id,
        "timestamp": at,
        "anonymous_id": "phone",
        "email": email,
        "received_at": received,
    }


COMPANY = (
    contact_row("1", ANNA, property_lifecyclestage="marketingqualifiedlead"),
    contact_row("2", BERT),
    deal_row("qualifiedtobuy"),
    deal_contact_row("1"),
    call_row("40", "2026-01-08 10:00:00", "2026-01-10"),
    call_contact_row("40", "1", "2026-01-10"),
    form_row("f1", "2", "2026-01-06 10:00:00", "2026-01-10"),
    page_row("w1", "2026-01-05 10:00:00"),
    identify_row("i1", "2026-01-05 10:01:00", ANNA, "2026-01-10"),
)
"""Rows in every kind of table."""

TOOL_STORIES: dict[str, tuple[Step, ...]] = {
    "late rows were loaded before those that are there": (
        Arrive(COMPANY),
        Run(),
        Arrive(
            (
                contact_row("3", ANNA, "2026-01-07"),
                contact_row("2", ANNA, "2026-01-09"),
                form_row("f2", "1", "2026-01-05 08:00:00", "2026-01-06"),
                page_row("w2", "2026-01-04 10:00:00", "2026-01-04 12:00"),
            )
        ),
        Run(),
    ),
    "a contact gets another address, and the first one back": (
        Arrive(COMPANY),
        Run(),
        Arrive((contact_row("1", BERT, "2026-01-11"),)),
        Run(),
        Arrive((contact_row("1", ANNA, "2026-01-12"),)),
        Run(),
    ),
    "a contact is replaced within the day that it was loaded on": (
        Arrive(COMPANY),
        Run(),
        Arrive((contact_row("1", BERT, "2026-01-10 08:00"),)),
        Run(),
    ),
    "a contact is deleted, and comes back": (
        Arrive(COMPANY),
        Run(),
        Arrive((contact_row("1", ANNA, "2026-01-11", _fivetran_deleted=True),)),
        Run(),
        Arrive((contact_row("1", ANNA, "2026-01-12"),)),
        Run(),
    ),
    "a contact takes another in, which is deleted": (
        Arrive(COMPANY),
        Run(),
        Arrive(
            (
                contact_row("1", ANNA, "2026-01-11", property_hs_merged_object_ids="2"),
                contact_row("2", BERT, "2026-01-11", _fivetran_deleted=True),
            )
        ),
        Run(),
    ),
    "a deal changes hands and is won": (
        Arrive(COMPANY),
        Run(),
        Arrive((deal_contact_row("2", "2026-01-11"),)),
        Run(killed_after=70),
        Arrive(
            (
                (
                    "hubspot.deal_contact",
                    deal_contact_row("1", "2026-01-12")[1] | {"_fivetran_deleted": True},
                ),
                deal_row(
                    "closedwon",
                    "2026-01-12",
                    property_closedate="2026-01-11 15:00:00",
                    property_hs_is_closed="true",
                    property_hs_is_closed_won="true",
                    property_amount="1000",
                ),
            )
        ),
        Run(),
    ),
    "a call lay ahead, and its time comes": (
        Arrive(
            (
                *COMPANY,
                call_row("41", "2026-01-15 10:00:00", "2026-01-10"),
                call_contact_row("41", "2", "2026-01-10"),
            )
        ),
        Run(),
        Arrive((call_row("42", "2026-01-16 10:00:00", "2026-01-16 11:00"),)),
        Run(),
    ),
    "somebody is forgotten by an address that the contact had before": (
        Arrive(COMPANY),
        Run(),
        Arrive((contact_row("1", BERT, "2026-01-11"),)),
        Run(),
        Arrive((forget_row("e1", ANNA),)),
        Run(),
        Arrive((contact_row("1", ANNA, "2026-01-25"),)),
        Run(),
    ),
}
