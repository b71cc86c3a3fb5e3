"""What a machine clicks or opens is no interest, no consent and no points."""

from __future__ import annotations

from tests.messy.company import Messy

MACHINES = ("scan-gateway", "scan-opener", "scan-silent", "scan-single")
FOUND = """
    select
        leads.crm_lead_id,
        count(case when events.event_type = 'email_clicked' then 1 end),
        count(case when events.is_engagement then 1 end),
        coalesce(sum(events.points_awarded), 0),
        max(policies.temperature),
        bool_or(policies.may_email or policies.may_call)
    from marts.dim_leads as leads
    inner join marts.fct_lead_timeline as events using (lead_key)
    inner join marts.contact_policy as policies using (lead_key)
    where leads.crm_lead_id like 'scan-%'
    group by 1
"""


def test_machines_are_not_interested(messy: Messy) -> None:
    found = {lead: rest for lead, *rest in messy.ask(FOUND)}
    for lead in MACHINES:
        assert found[lead] == [0, 0, 0, "cold", False], lead
    assert found["scan-reader"][:3] == [3, 3, 6]
    assert found["scan-shopper"][:3] == [2, 2, 4]
    # A reader is interested, and still has asked for nothing.
    assert found["scan-reader"][3:] == ["cold", False]


def test_their_clicks_are_told_apart(messy: Messy) -> None:
    scanned = (
        "select source_id from intermediate.lead_events where event_type = 'email_scanned' "
        "and source_id like 'scan-%' order by 1"
    )
    assert [event for (event,) in messy.ask(scanned)] == [
        *(f"scan-gateway-{number}" for number in range(1, 8)),
        *(f"scan-silent-{number}" for number in range(3)),
        "scan-single-1",
    ]
