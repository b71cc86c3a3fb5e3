"""What random histories of a handful of people are drawn of.

Everything is drawn from small pools, so that people share devices, rows come in several
versions, times tie and identities merge and part again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.properties.draws import COMPANIES, Columns, Drawn, own_domain
from tests.properties.steps import Value

START = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - the warehouse's times are UTC without a zone

EMAILS = (
    "anna@firm.example",
    "anna@firm.example",
    "anna@firm.example",
    "bert@firm.example",
    "cleo@gmail.com",
    "info@firm.example",
    "eve@internal.example",
)
DEVICES = ("phone", "laptop")
USERS = ("u1", "u2")
LEADS = ("L1", "L2", "L3")
CONTACTS = ("C1", "C2")
OPPORTUNITIES = ("O1", "O2")
ACCOUNTS = ("A1", "A2")
CAMPAIGNS = ("spring", "fair")
PAGES = (
    "https://www.example.com/pricing?a=1",
    "https://www.example.com/pricing",
    "https://www.example.com/pricing",
    "https://www.example.com/products/analytics",
    "https://www.example.com/blog/security-basics",
    "https://www.example.com/careers/sales",
)
STATUSES = ("New", "MQL", "Working", "Qualified", "Not Ready", "Bad Data", "Zombie")
# Moments tie often; sessions, cycles and silences lie on both sides of them.
MOMENTS = tuple(
    START + timedelta(days=days, minutes=minutes)
    for days, minutes in ((0, 0), (0, 10), (0, 45), (1, 0), (20, 0), (20, 45), (85, 0))
)
EDITS: dict[str, tuple[str, str]] = {
    "points of a page": (
        "points_rules",
        "update @seed set points = 40 where rule_id = 'pricing_view'",
    ),
    "fewer points of a page": (
        "points_rules",
        "update @seed set points = 1 where rule_id = 'pricing_view'",
    ),
    "cap of a page": (
        "points_rules",
        "update @seed set max_awards = 1 where rule_id = 'product_view'",
    ),
    "cap of a group": (
        "points_caps",
        "update @seed set max_points_in_period = 7, max_points = 12",
    ),
    "a cell hands over": (
        "points_cells",
        "update @seed set hands_over = 'mql' where cell in ('C3', 'D3')",
    ),
    "no points for a form": ("points_rules", "delete from @seed where rule_id = 'demo_request'"),
    "no type for a page": ("event_types", "delete from @seed where path_pattern = '/pricing%'"),
    "another type for a page": (
        "event_types",
        "update @seed set event_type = 'case_study_viewed' where path_pattern = '/blog/security%'",
    ),
    "a role address": ("role_addresses", "insert into @seed values ('anna')"),
    "an own domain": (
        "internal_domains",
        "insert into @seed values "
        + ", ".join(f"('{own_domain(company)}')" for company in range(COMPANIES)),
    ),
    "nobody is a bot": ("bot_user_agents", "delete from @seed"),
    "a status means more": (
        "crm_status_map",
        "update @seed set stage = 'sql' where raw_status = 'Working'",
    ),
    "a status means nothing": ("crm_status_map", "delete from @seed where raw_status = 'MQL'"),
}
"""By name, the seed edited and the statement."""


def _or_none(values: Sequence[Value]) -> st.SearchStrategy[Value]:
    return st.sampled_from((*values, None))


def ids(prefix: str, count: int) -> st.SearchStrategy[str]:
    return st.sampled_from([f"{prefix}{number}" for number in range(count)])


moments = st.sampled_from([str(moment) for moment in MOMENTS])


def _web_events() -> Columns:
    return dict(
        event_id=ids("w", 8),
        event_name=st.sampled_from(("page_view", "page_view", "product_click", "identify")),
        occurred_at=moments,
        anonymous_id=st.sampled_from((DEVICES[0], *DEVICES, None)),
        user_id=st.sampled_from((None, None, *USERS)),
        email=st.sampled_from((None, None, None, *EMAILS)),
        page_url=st.sampled_from(PAGES),
        user_agent=st.sampled_from(("Mozilla/5.0", "Mozilla/5.0", "NiceBot/1.0")),
        utm_campaign=st.sampled_from((None, None, *CAMPAIGNS)),
    )


def _form_submissions() -> Columns:
    return dict(
        submission_id=ids("f", 4),
        form_id=st.sampled_from(("demo_request", "newsletter", "contact")),
        occurred_at=moments,
        anonymous_id=_or_none(DEVICES),
        email=_or_none(EMAILS),
        job_title=_or_none(("CEO", "Student")),
        company_name=_or_none(("Firm",)),
        country_code=_or_none(("de", "US")),
        employee_count=_or_none(("3", "200", "many")),
        crm_lead_id=st.sampled_from((None, None, *LEADS)),
        click_id=st.sampled_from((None, None, "gclid=1")),
    )


def _email_events() -> Columns:
    return dict(
        event_id=ids("m", 3),
        event_name=st.sampled_from(("clicked", "opened", "unsubscribed")),
        occurred_at=moments,
        email=_or_none(EMAILS),
        crm_contact_id=st.sampled_from((None, *CONTACTS)),
        campaign_id=_or_none(CAMPAIGNS),
    )


def _campaign_responses() -> Columns:
    return dict(
        response_id=ids("r", 3),
        campaign_id=_or_none(CAMPAIGNS),
        occurred_at=moments,
        email=_or_none(EMAILS),
        crm_lead_id=_or_none(LEADS),
        crm_contact_id=st.sampled_from((None, None, None, *CONTACTS)),
        response_type=st.sampled_from(("qr_scan", "trade_fair")),
        has_responded=st.sampled_from((None, None, "true", "false")),
    )


def _crm_leads() -> Columns:
    return dict(
        lead_id=st.sampled_from(LEADS),
        created_at=moments,
        updated_at=st.one_of(st.none(), moments),
        email=_or_none(EMAILS),
        status=_or_none(STATUSES),
        merged_into_lead_id=st.sampled_from((None, None, *LEADS)),
        converted_contact_id=st.sampled_from((None, None, None, *CONTACTS)),
        converted_at=st.one_of(st.none(), moments),
        industry=_or_none(("software", "mining")),
        employee_count=_or_none(("3", "2000")),
        owner_id=_or_none(("rep-1",)),
        is_deleted=_or_none(("true", "false")),
        second_status=st.sampled_from((None, None, *STATUSES)),
        account_id=st.sampled_from((None, None, *ACCOUNTS)),
        website=st.sampled_from((None, None, "https://firm.example")),
    )


def _crm_lead_history() -> Columns:
    return dict(
        history_id=ids("h", 6),
        lead_id=st.sampled_from(LEADS),
        field_name=st.sampled_from(("Status", "Status", "Owner", "second_status")),
        old_value=_or_none(STATUSES),
        new_value=_or_none(STATUSES),
        changed_at=moments,
    )


def _crm_contacts() -> Columns:
    return dict(
        contact_id=st.sampled_from(CONTACTS),
        created_at=moments,
        updated_at=st.one_of(st.none(), moments),
        email=_or_none(EMAILS),
        job_title=_or_none(("CTO",)),
        status=st.sampled_from((None, None, *STATUSES)),
        merged_into_contact_id=st.sampled_from((None, None, None, *CONTACTS)),
    )


def _crm_accounts() -> Columns:
    return dict(
        account_id=st.sampled_from(ACCOUNTS),
        created_at=moments,
        updated_at=st.one_of(st.none(), moments),
        domain=_or_none(("firm.example",)),
        industry=_or_none(("software", "mining")),
    )


def _crm_opportunities() -> Columns:
    return dict(
        opportunity_id=st.sampled_from(OPPORTUNITIES),
        lead_id=_or_none(LEADS),
        contact_id=_or_none(CONTACTS),
        created_at=moments,
        updated_at=st.one_of(st.none(), moments),
        is_closed=_or_none(("true", "false")),
        is_won=_or_none(("true", "false")),
        closed_at=st.one_of(st.none(), moments),
        amount=_or_none(("1000", "0.1", "a lot")),
        stage_name=_or_none(("Proposal", "Closed Won")),
        deal_type=st.sampled_from((None, None, "renewal")),
        campaign_id=st.sampled_from((None, None, *CAMPAIGNS)),
        merged_into_opportunity_id=st.sampled_from((None, None, None, *OPPORTUNITIES)),
    )


def _crm_opportunity_contacts() -> Columns:
    return dict(
        opportunity_id=st.sampled_from(OPPORTUNITIES),
        lead_id=_or_none(LEADS),
        contact_id=_or_none(CONTACTS),
        is_primary=_or_none(("true", "false")),
    )


def _crm_opportunity_history() -> Columns:
    return dict(
        history_id=ids("s", 3),
        opportunity_id=st.sampled_from(OPPORTUNITIES),
        stage_name=_or_none(("Proposal", "Closed Won")),
        changed_at=moments,
    )


def _crm_activities() -> Columns:
    return dict(
        activity_id=ids("a", 4),
        activity_type=st.sampled_from(("call", "email", "meeting")),
        direction=_or_none(("inbound", "outbound", "sideways")),
        occurred_at=moments,
        lead_id=_or_none(LEADS),
        contact_id=st.sampled_from((None, None, *CONTACTS)),
        opportunity_id=st.sampled_from((None, None, *OPPORTUNITIES)),
        is_completed=st.sampled_from((None, None, "true", "false")),
    )


def _erasure_requests() -> Columns:
    return dict(
        request_id=ids("e", 3),
        requested_at=moments,
        email=_or_none(EMAILS),
        anonymous_id=st.sampled_from((None, None, *DEVICES)),
        crm_lead_id=st.sampled_from((None, None, *LEADS)),
    )


# How often each raw table is drawn. Requests for erasure are drawn once models read them.
TABLES: dict[str, tuple[int, Columns]] = {
    "web_events": (7, _web_events()),
    "form_submissions": (4, _form_submissions()),
    "crm_leads": (5, _crm_leads()),
    "crm_lead_history": (3, _crm_lead_history()),
    "email_events": (1, _email_events()),
    "campaign_responses": (1, _campaign_responses()),
    "crm_contacts": (1, _crm_contacts()),
    "crm_accounts": (1, _crm_accounts()),
    "crm_opportunities": (2, _crm_opportunities()),
    "crm_opportunity_contacts": (1, _crm_opportunity_contacts()),
    "crm_opportunity_history": (1, _crm_opportunity_history()),
    "crm_activities": (2, _crm_activities()),
    "erasure_requests": (1, _erasure_requests()),
}


RAW = Drawn(TABLES, ("occurred_at", "created_at", "updated_at", "changed_at", "requested_at"))
