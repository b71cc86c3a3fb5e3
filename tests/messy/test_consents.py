"""An opt-out stands until the person takes it back, and nobody else can."""

from __future__ import annotations

from tests.messy.company import Messy

POLICIES = """
    select crm_lead_id, may_email, email_reason
    from marts.contact_policy
    inner join marts.dim_leads using (lead_key)
    where crm_lead_id like 'consent-%'
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
