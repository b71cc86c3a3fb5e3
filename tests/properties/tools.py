"""Tables of tools as loaders keep them: records are replaced in place, events are added."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.properties.compiled import Table, Tools
from tests.properties.draws import Columns, Drawn
from tests.properties.histories import EMAILS, TABLES, ids, moments
from tests.properties.steps import Value

CONTACTS = ("1", "2", "3")
DEALS = ("7", "8")
LIFECYCLE = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "customer")
STATUSES = ("CONNECTED", "BAD_TIMING")
STAGES = ("qualifiedtobuy", "closedwon", "closedlost")


def _or_none(*values: Value) -> st.SearchStrategy[Value]:
    return st.sampled_from((*values, None))


def _contacts() -> Columns:
    return dict(
        id=st.sampled_from(CONTACTS),
        property_createdate=moments,
        property_lastmodifieddate=st.one_of(st.none(), moments),
        property_email=_or_none(*EMAILS),
        property_lifecyclestage=_or_none(*LIFECYCLE),
        property_hs_lead_status=_or_none(*STATUSES),
        property_hs_merged_object_ids=st.sampled_from((None, None, None, *CONTACTS)),
        _fivetran_deleted=st.sampled_from((False, False, True)),
    )


def _contact_changes() -> Columns:
    return dict(
        contact_id=st.sampled_from(CONTACTS),
        name=st.sampled_from(("lifecyclestage", "lifecyclestage", "hs_lead_status")),
        timestamp=moments,
        value=_or_none(*LIFECYCLE, *STATUSES),
    )


def _deals() -> Columns:
    return dict(
        deal_id=st.sampled_from(DEALS),
        property_createdate=moments,
        property_hs_lastmodifieddate=st.one_of(st.none(), moments),
        deal_pipeline_stage_id=_or_none(*STAGES),
        property_amount=_or_none("1000", "0.1", "a lot"),
        property_closedate=st.one_of(st.none(), moments),
        property_hs_is_closed=_or_none("true", "false"),
        property_hs_is_closed_won=_or_none("true", "false"),
        is_deleted=st.sampled_from((False, False, False, True)),
    )


def _deal_contacts() -> Columns:
    return dict(
        deal_id=st.sampled_from(DEALS),
        contact_id=st.sampled_from(CONTACTS),
        _fivetran_deleted=st.sampled_from((False, False, True)),
    )


def _deal_stages() -> Columns:
    return dict(deal_id=st.sampled_from(DEALS), date_entered=moments, value=st.sampled_from(STAGES))


def _calls() -> Columns:
    return dict(
        engagement_id=ids("4", 3),
        property_hs_timestamp=moments,
        property_hs_call_direction=_or_none("INBOUND", "OUTBOUND"),
        _fivetran_deleted=st.sampled_from((False, False, True)),
    )


def _call_contacts() -> Columns:
    return dict(engagement_id=ids("4", 3), contact_id=st.sampled_from(CONTACTS))


def _forms() -> Columns:
    return dict(
        conversion_id=ids("f", 3),
        contact_id=st.sampled_from(CONTACTS),
        form_id=st.sampled_from(("demo_request", "newsletter")),
        timestamp=moments,
    )


def _erasure_requests() -> Columns:
    return dict(request_id=ids("e", 2), requested_at=moments, email=st.sampled_from(EMAILS))


def _pages() -> Columns:
    web: Columns = TABLES["web_events"][1]
    return dict(
        id=web["event_id"],
        timestamp=moments,
        anonymous_id=web["anonymous_id"],
        user_id=web["user_id"],
        url=web["page_url"],
        context_user_agent=web["user_agent"],
    )


def _identifies() -> Columns:
    web: Columns = TABLES["web_events"][1]
    return dict(
        id=ids("i", 4),
        timestamp=moments,
        anonymous_id=web["anonymous_id"],
        user_id=web["user_id"],
        email=st.sampled_from(EMAILS),
    )


# How often each table is drawn, the key by which its rows are replaced, and its columns.
TOOLS: dict[str, tuple[int, tuple[str, ...], Columns]] = {
    "hubspot.contact": (9, ("id",), _contacts()),
    "hubspot.contact_property_history": (
        2, ("contact_id", "name", "timestamp"), _contact_changes(),
    ),
    "hubspot.deal": (4, ("deal_id",), _deals()),
    "hubspot.deal_contact": (3, ("deal_id", "contact_id"), _deal_contacts()),
    "hubspot.deal_stage": (1, ("deal_id", "date_entered"), _deal_stages()),
    "hubspot.engagement_call": (2, ("engagement_id",), _calls()),
    "hubspot.engagement_contact": (2, ("engagement_id", "contact_id"), _call_contacts()),
    "hubspot.contact_form_submission": (2, ("conversion_id",), _forms()),
    "site.pages": (4, (), _pages()),
    "site.identifies": (3, (), _identifies()),
}  # fmt: skip
LOADED = {
    table: "received_at" if table.startswith("site.") else "_fivetran_synced" for table in TOOLS
}
HAPPENED = (
    "property_createdate",
    "property_lastmodifieddate",
    "property_hs_lastmodifieddate",
    "property_hs_timestamp",
    "timestamp",
    "date_entered",
    "requested_at",
)
# Days on which deals are to be closed may lie ahead.
TIMES = {*HAPPENED, *LOADED.values(), "property_closedate"}

DRAWN = Drawn(
    {
        **{table: (often, columns) for table, (often, _, columns) in TOOLS.items()},
        "erasure_requests": (1, _erasure_requests()),
    },
    HAPPENED,
    LOADED,
)
"""What histories are drawn of."""

READ: dict[str, set[str]] = {
    "crm_leads": {
        "created_at", "updated_at", "email", "status", "second_status",
        "hs_merged_object_ids", "is_deleted",
    },
    "crm_lead_history": {"lead_id", "field_name", "old_value", "new_value", "changed_at"},
    "crm_opportunities": {
        "lead_id", "created_at", "updated_at", "stage_name", "amount", "is_closed", "is_won",
        "closed_at", "is_deleted",
    },
    "crm_opportunity_contacts": {"lead_id", "is_primary", "is_deleted"},
    "crm_opportunity_history": {"opportunity_id", "stage_name", "changed_at"},
    "crm_activities": {
        "activity_type", "direction", "occurred_at", "lead_id", "is_completed", "is_deleted",
    },
    "form_submissions": {"form_id", "occurred_at", "crm_lead_id"},
    "web_events": {
        "event_name", "occurred_at", "anonymous_id", "user_id", "email", "page_url", "user_agent",
    },
    "erasure_requests": {"requested_at", "email"},
}  # fmt: skip
FILLED = {table: {*columns, "source", "loaded_at"} for table, columns in READ.items()}
"""By raw table, the columns in which the tools' views have a value."""


def tools() -> Tools:
    """HubSpot and Segment, with the columns that are drawn."""
    return Tools(
        connections=[{"tool": "hubspot", "name": "hubspot"}, {"tool": "segment", "name": "site"}],
        tables={
            table: Table(
                {
                    column: "timestamp"
                    if column in TIMES
                    else "boolean"
                    if column.endswith("_deleted")
                    else "varchar"
                    for column in (*columns, LOADED[table])
                },
                key,
            )
            for table, (_, key, columns) in TOOLS.items()
        },
    )
