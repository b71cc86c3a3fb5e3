"""Deals, customers, machines and money of the simulated company, held to its truth."""

from __future__ import annotations

from typing import Any

import pytest

from bench.truth_measures import causes, forecasts
from tests.pipeline.demo_company import Company


def test_every_deal_is_the_true_persons_however_the_crm_names_them(company: Company) -> None:
    """Roles and accounts tell whose a deal is; copies that were deleted are nobody's."""
    rows = company.ask(
        f"""
        select truth.named_by, count(*),
            count(*) filter (members.lead_key = deals.lead_key),
            count(*) filter ((deals.closed_as = 'closed_won') = truth.is_won
                or (deals.closed_as is null and not truth.is_won))
        from read_parquet('{company.truth}/truth_deals.parquet') as truth
        inner join intermediate.opportunities as deals using (opportunity_id)
        inner join read_parquet('{company.truth}/truth_identifiers.parquet') as persons
            on truth.person_id = persons.person_id
        inner join intermediate.identity_members as members
            on members.identifier_value = persons.identifier_value
            and members.identifier_type = case persons.identifier_type
                when 'crm_lead_id' then 'crm_lead' else persons.identifier_type end
        where persons.identifier_type in ('crm_lead_id', 'crm_contact')
            and persons.identifier_value not like '%b' and persons.identifier_value not like '%d'
        group by truth.named_by
        """
    )
    assert {named_by for named_by, *_ in rows} == {"lead", "roles", "account", "contact"}
    assert all(deals == own == same for _, deals, own, same in rows)
    [(deals, true_deals)] = company.ask(
        f"""
        select count(*), (select count(*) from '{company.truth}/truth_deals.parquet')
        from intermediate.opportunities
        """
    )
    assert deals == true_deals


# The true deals with the cycle in which each was made or ended, and whether somebody else of its
# company had bought before that began.
OF_CYCLES = """
    select truth.*, cycles.origin, exists (
        select 1 from intermediate.opportunities as others
        where others.account_key = deals.account_key
            and others.lead_key is distinct from deals.lead_key
            and others.closed_as = 'closed_won' and others.ended_at < cycles.started_at
    ) as is_of_customer
    from read_parquet('{truth}/truth_deals.parquet') as truth
    inner join intermediate.opportunities as deals using (opportunity_id)
    inner join marts.fct_lead_cycles as cycles
        on deals.lead_key = cycles.lead_key and deals.{moment} >= cycles.started_at
        and deals.{moment} < cycles.next_started_at
"""


def test_second_deals_are_expansions_and_what_sales_found_is_its_own(company: Company) -> None:
    deals = OF_CYCLES.format(truth=company.truth, moment="created_at")
    rows = company.ask(
        f"""
        select is_of_customer, deal_type <> 'new_business', starts_with(person_id, 's'), origin
        from ({deals}) as deals group by all
        """
    )
    origins: dict[tuple[bool, bool], set[Any]] = {}
    for is_of_customer, is_again, is_found, origin in rows:
        if is_of_customer:
            assert origin == "expansion"
        else:
            origins.setdefault((is_again, is_found), set()).add(origin)
    assert any(is_of_customer and not is_again for is_of_customer, is_again, *_ in rows)
    assert origins[True, False] == {"expansion"}
    assert origins[False, True] == {"sales"}
    # Whom sales took up when the cycle was over is sales' too.
    assert origins[False, False] <= {"marketing", "sales"}


def test_machines_clicks_are_no_engagement_and_peoples_are(company: Company) -> None:
    kinds = company.ask(
        f"""
        select machines.event_id is not null, clicks.event_type, count(*)
        from intermediate.lead_events as clicks
        left join read_parquet('{company.truth}/truth_machine_clicks.parquet') as machines
            on clicks.source_id = machines.event_id
        where clicks.event_type in ('email_scanned', 'email_clicked')
        group by all
        """
    )
    found = {(is_machine, kind): rows for is_machine, kind, rows in kinds}
    assert found[True, "email_scanned"] > 100
    assert (True, "email_clicked") not in found
    assert found.get((False, "email_scanned"), 0) < found[False, "email_clicked"] / 100


def test_a_foreign_deal_is_left_out_and_blanks_nothing(company: Company) -> None:
    """There is no rate for it."""
    deals = OF_CYCLES.format(truth=company.truth, moment="ended_at")
    [(true_won, foreign)] = company.ask(
        f"""
        select sum(amount) filter (currency_code = 'EUR'),
            count(*) filter (currency_code <> 'EUR')
        from ({deals}) as deals
        where is_won and deal_type = 'new_business' and not is_of_customer
        """
    )
    [(won, without)] = company.ask(
        """
        select sum(won_amount), sum(won_without_amount) from marts.source_performance
        where dimension = 'channel'
        """
    )
    assert won == pytest.approx(true_won)
    assert without == foreign > 0


def test_a_campaign_for_executives_that_draws_others_shows(company: Company) -> None:
    rows = company.ask(
        """
        select sum(leads) filter (is_target), sum(leads) from marts.persona_match
        where campaign_id like 'prize-%'
        """
    )
    [(meant, came)] = rows
    assert came > 30
    assert meant < came / 3


def test_what_goes_with_the_black_hole_holds_the_true_excess(company: Company) -> None:
    """Of the handoffs that the CRM made, whose chances to be worked are known."""
    factor = causes(company.db, company.truth)["after_hours"]
    assert factor["low"] < factor["true"] < factor["high"]
    assert factor["true"] > 0


def test_most_weeks_bring_the_wins_that_were_expected(company: Company) -> None:
    weeks = forecasts(company.db)
    assert weeks["weeks"] >= 8
    assert weeks["within"] >= 0.9 * weeks["weeks"] - 1


def test_effort_is_the_time_that_reps_truly_spent(company: Company) -> None:
    rows = company.ask(
        f"""
        select leads.lead_source, truth.sales_minutes, handoffs.sales_minutes
        from read_parquet('{company.truth}/truth_handoffs.parquet') as truth
        inner join intermediate.identity_members as members
            on members.identifier_type = 'crm_lead' and members.identifier_value = truth.lead_id
        inner join marts.fct_handoffs as handoffs
            on handoffs.lead_key = members.lead_key and handoffs.cycle_number = truth.cycle
        inner join marts.dim_leads as leads on leads.lead_key = handoffs.lead_key
        where handoffs.sales_minutes is not null and truth.sales_minutes is not null
        """
    )
    assert len(rows) > 300
    assert all(true == measured for _, true, measured in rows)
    average = sum(true for _, true, _ in rows) / len(rows)
    efforts = company.ask(
        "select lead_source, minutes_per_handoff, slots from marts.source_efforts "
        "where effort_from = 'measured'"
    )
    assert len(efforts) >= 5
    for source, minutes, slots in efforts:
        true = [spent for name, spent, _ in rows if name == source]
        mean = sum(true) / len(true)
        # There are also handoffs that points made, or that a second deal implies.
        assert minutes == pytest.approx(mean, rel=0.15)
        # Two only where leads truly take longer.
        assert slots == 1 or mean > 1.5 * average
