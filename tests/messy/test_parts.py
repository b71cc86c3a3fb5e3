"""A deal has one primary person, others with a part in it, and a kind."""

from __future__ import annotations

import pytest

from tests.messy.company import Messy

PEOPLE = """
    select people.opportunity_id, members.identifier_value, people.role, people.is_primary
    from marts.opportunity_people as people
    inner join intermediate.identity_members as members
        on people.lead_key = members.lead_key and members.identifier_type = 'crm_contact'
    where people.opportunity_id like 'part-%' and people.opportunity_id {}
    order by all
"""
CUSTOMER = """
    select leads.is_customer, leads.current_stage, cycles.origin, results.won_at is not null
    from marts.dim_leads as leads
    left join marts.fct_lead_cycles as cycles
        on leads.lead_key = cycles.lead_key and cycles.is_current
    left join intermediate.int_lead_results as results on leads.lead_key = results.lead_key
    where leads.crm_contact_id = ?
"""


def test_a_deal_with_a_row_per_contact_is_one_deal_of_them_all(messy: Messy) -> None:
    people = messy.ask(PEOPLE.format("= 'part-joined'"))
    assert [contact for _, contact, _, _ in people] == ["part-ben", "part-eve"]
    assert sorted(is_primary for *_, is_primary in people) == [False, True]
    deals = "select count(*) from marts.fct_opportunities where opportunity_id = 'part-joined'"
    assert messy.ask(deals) == [(1,)]


def test_the_people_of_a_deal_stay_people_of_their_own(messy: Messy) -> None:
    assert messy.ask(PEOPLE.format("!= 'part-joined'")) == [
        ("part-from-fair", "part-eve", None, True),
        ("part-own", "part-anna", "User", False),
        ("part-own", "part-ben", None, True),
        ("part-renewed", "part-cora", None, True),
        ("part-shared", "part-anna", "Decision Maker", True),
        ("part-shared", "part-ben", "Influencer", False),
        ("part-typed", "part-dan", None, True),
    ]
    assert messy.ask(
        "select count(distinct lead_key) from intermediate.identity_members "
        "where identifier_value like '%@parts.example'"
    ) == [(5,)]


@pytest.mark.parametrize(
    ("contact_id", "is_customer", "stage", "origin", "is_new_business"),
    [
        ("part-anna", True, "closed_won", "sales", True),
        ("part-ben", False, "sql", "sales", False),
        ("part-cora", True, "closed_won", "expansion", False),
        ("part-dan", True, "closed_won", "sales", True),
        ("part-eve", False, "sql", "sales", False),
    ],
)
def test_a_renewal_is_a_cycle_of_its_own_and_no_new_business(
    messy: Messy, contact_id: str, is_customer: bool, stage: str, origin: str, is_new_business: bool
) -> None:
    assert messy.ask(CUSTOMER, contact_id) == [(is_customer, stage, origin, is_new_business)]


def test_a_merged_deal_is_gone_and_counted(messy: Messy) -> None:
    assert not messy.ask(
        "select 1 from staging.stg_raw__crm_opportunities where opportunity_id = 'part-merged'"
    )
    assert messy.ask(
        "select is_balanced from marts.audit_raw_rows where raw_table = 'crm_opportunities'"
    ) == [(True,)]


def test_the_campaign_of_a_deal_is_its_persons(messy: Messy) -> None:
    assert messy.ask(
        "select first_campaign_id from marts.dim_leads where crm_contact_id = 'part-eve'"
    ) == [("part-fair",)]


def test_a_call_about_a_deal_is_its_primary_persons_or_the_accounts(messy: Messy) -> None:
    (owner,) = messy.ask(
        "select members.identifier_value from intermediate.lead_events as events "
        "inner join intermediate.identity_members as members on events.lead_key = members.lead_key "
        "where events.source_id = 'part-call' and members.identifier_type = 'crm_contact'"
    )
    assert owner == ("part-anna",)
    ((of_accounts,),) = messy.ask(
        "select rows_of_accounts from marts.audit_raw_rows where raw_table = 'crm_activities'"
    )
    assert of_accounts >= 1
