"""An opt-out stands until the person takes it back, and nobody else can."""

from __future__ import annotations

from tests.messy.company import Messy

POLICIES = """
    select crm_lead_id, may_email, email_reason
    from marts.contact_policy
    inner join marts.dim_leads using (lead_key)
    where crm_lead_id like 'consent-%'
"""
BASES = """
    select crm_lead_id, email_reason, email_basis, call_reason, call_basis
    from marts.contact_policy
    inner join marts.dim_leads using (lead_key)
    where crm_lead_id like 'basis-%'
"""


def test_only_the_person_takes_an_opt_out_back(messy: Messy) -> None:
    found = {lead: (may, reason) for lead, may, reason in messy.ask(POLICIES)}
    assert found == {
        "consent-import": (False, "opted_out"),
        "consent-again": (True, "none"),
        "consent-new": (False, "opted_out"),
        "consent-plus": (False, "unsubscribed"),
        "consent-base": (False, "unsubscribed"),
        "consent-left": (True, "none"),
        "consent-late": (False, "unsubscribed"),
        "consent-complained": (False, "complained"),
    }


def test_a_record_of_the_crm_needs_no_consent_column(messy: Messy) -> None:
    found = {lead: tuple(rest) for lead, *rest in messy.ask(BASES)}
    assert found == {
        "basis-asked": ("none", "request", "none", "request"),
        "basis-found": ("no_basis", "none", "no_basis", "none"),
        "basis-worked": ("no_basis", "none", "none", "relationship"),
        "basis-deal": ("none", "relationship", "none", "relationship"),
        "basis-no-mail": ("opted_out_of_email", "request", "none", "request"),
    }
