"""A mailbox of a function glues nobody together, and a phone called like a robot is a phone."""

from __future__ import annotations

from tests.messy.company import Messy
from tests.messy.mailboxes_rows import PEOPLE, SHARED

RECORDS = """
    select identifier_value, lead_key
    from intermediate.identity_members
    where identifier_type = 'crm_lead' and identifier_value like 'mailbox-%'
"""


def test_mailboxes_of_functions_glue_nobody_together(messy: Messy) -> None:
    leads = dict(messy.ask(RECORDS))
    together = {
        local
        for number, local in enumerate(SHARED + PEOPLE)
        if leads[f"mailbox-{number}-a"] == leads[f"mailbox-{number}-b"]
    }
    assert together == {*PEOPLE}
    assert leads["mailbox-gone-a"] != leads["mailbox-gone-b"]


def test_free_mail_says_nothing_of_a_firm(messy: Messy) -> None:
    classes = (
        "select distinct email_class from marts.dim_leads where crm_lead_id like 'mailbox-free-%'"
    )
    assert messy.ask(classes) == [("free_mail",)]


def test_machines_leave_no_events_and_phones_do(messy: Messy) -> None:
    seen = """
        select distinct split_part(members.identifier_value, '@', 1)
        from intermediate.lead_events as events
        inner join intermediate.identity_members as members using (lead_key)
        where members.identifier_value like '%@agents.example' and events.source = 'web'
        order by 1
    """
    assert messy.ask(seen) == [("browser",), ("phone",)]
