"""A queue is nobody, and somebody who is no rep is unknown."""

from __future__ import annotations

from tests.messy.company import Messy


def test_a_queue_is_nobody_and_a_stranger_is_unknown(messy: Messy) -> None:
    causes = """
        select crm_lead_id, handoffs.owner_id, black_hole_cause
        from marts.fct_handoffs as handoffs
        inner join marts.dim_leads using (lead_key)
        where crm_lead_id like 'owned-by-%'
    """
    found = {lead: (owner, cause) for lead, owner, cause in messy.ask(causes)}
    assert found["owned-by-queue"] == (None, "no_owner")
    assert found["owned-by-nobody"] == (None, "no_owner")
    assert found["owned-by-stranger"] == ("somebody-else", "owner_unknown")
    assert found["owned-by-rep"][1] not in ("no_owner", "owner_unknown")
