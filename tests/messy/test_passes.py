"""How single leads came in, went on and ended is told as it was."""

from __future__ import annotations

from typing import Any

import pytest

from tests.messy.company import Messy
from tests.messy.passes_rows import PORTALS, READER_ASKED, at

LEAD = "(select lead_key from marts.dim_leads where crm_lead_id = 'passes:{}')"


def of(messy: Messy, name: str, sql: str) -> list[tuple[Any, ...]]:
    """Give what a query finds of one lead; {lead} in it is the lead."""
    return messy.ask(sql.replace("{lead}", LEAD.format(name)))


def cycles(messy: Messy, name: str) -> list[tuple[str, str, bool]]:
    """Origin and outcome of each cycle, and whether it is an MQL of marketing's."""
    return of(
        messy,
        name,
        "select origin, outcome, marketing_mql_at is not null from marts.fct_lead_cycles "
        "where lead_key = {lead} order by cycle_number",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("repeat", [("marketing", "closed_won", True), ("expansion", "closed_won", False)]),
        ("upsell", [("marketing", "closed_won", True), ("expansion", "open", False)]),
        ("buyer", [("marketing", "closed_won", True)]),
        ("colleague", [("marketing", "won_by_colleague", True)]),
        ("newcomer", [("marketing", "won_by_colleague", False)]),
        ("latecomer", [("expansion", "open", False)]),
        ("accountonly", [("marketing", "closed_won", True)]),
        ("coldcall", [("sales", "closed_won", False)]),
        ("parallel", [("marketing", "closed_won", True)]),
        ("usd", [("marketing", "closed_won", True)]),
        ("jpy", [("marketing", "closed_won", True)]),
        ("noamount", [("marketing", "closed_won", True)]),
        ("lostwon", [("marketing", "closed_won", True)]),
        ("rejected", [("marketing", "disqualified", True)]),
        ("takenup", [("marketing", "expired", True), ("sales", "open", False)]),
        ("handedback", [("marketing", "recycled", True)]),
        ("reader", []),
    ],
)
def test_each_pass_has_an_origin_and_an_end(
    messy: Messy, name: str, expected: list[tuple[str, str, bool]]
) -> None:
    assert cycles(messy, name) == expected


def test_a_customer_who_asks_again_has_a_score_and_an_owner(messy: Messy) -> None:
    [(scored_by, stage)] = of(
        messy, "upsell", "select scored_by, stage from marts.lead_scores where lead_key = {lead}"
    )
    assert (scored_by, stage) == ("points", "mql")
    assert of(
        messy,
        "upsell",
        "select owner_id, assignment_reason from marts.lead_assignments where lead_key = {lead}",
    ) == [("passes:passes-rep", "customer_account")]


@pytest.mark.parametrize("name", ["colleague", "newcomer"])
def test_colleagues_of_a_customer_are_no_new_business(messy: Messy, name: str) -> None:
    for table in ("marts.lead_scores", "marts.lead_assignments"):
        assert of(messy, name, f"select 1 from {table} where lead_key = {{lead}}") == []
    assert of(
        messy,
        name,
        "select is_in_black_hole from marts.fct_handoffs where lead_key = {lead}",
    ) == ([(False,)] if name == "colleague" else [])
    assert of(
        messy, name, "select is_customer_account from marts.dim_leads where lead_key = {lead}"
    ) == [(True,)]


@pytest.mark.parametrize("name", ["accountonly", "colleague", "newcomer"])
def test_a_win_of_the_company_is_no_loss_to_learn_from(messy: Messy, name: str) -> None:
    lost = "select count(*) from marts.fct_training_examples where lead_key = {lead} and not is_won"
    assert of(messy, name, lost) == [(0,)]


def test_who_is_called_late_was_in_the_black_hole_and_is_found_again(messy: Messy) -> None:
    assert of(
        messy,
        "late",
        "select is_in_black_hole, date_diff('day', handoff_at, found_again_at), "
        "date_diff('day', handoff_at, first_sales_touch_at) "
        "from marts.fct_handoffs where lead_key = {lead}",
    ) == [(True, 40, 40)]


def test_what_expired_without_a_verdict_does_not_wait_for_one(messy: Messy) -> None:
    told = (
        "select verdict, is_in_black_hole, cast(found_again_at as varchar) "
        "from marts.fct_handoffs where lead_key = {lead} and cycle_number = 1"
    )
    assert of(messy, "late", told) == [("expired", True, at(41))]
    assert of(messy, "takenup", told) == [("expired", True, at(120))]


def test_a_subscriber_is_no_inquiry_before_asking_or_being_called_a_lead(messy: Messy) -> None:
    began = "select cast(inquiry_at as varchar) from marts.dim_leads where lead_key = {lead}"
    assert of(messy, "reader", began) == [(None,)]
    assert of(messy, "reader-asks", began) == [(at(READER_ASKED),)]
    assert of(messy, "subscribed", began) == [(at(3),)]
    listed = "select 1 from marts.data_warnings where lower(subject) = 'lead: subscriber'"
    assert messy.ask(listed) == []


@pytest.mark.parametrize(("name", "own", "unknown"), [
    ("usd", ("USD", 1000.0), 0), ("jpy", ("JPY", 1000000.0), 0), ("noamount", ("EUR", None), 1),
])  # fmt: skip
def test_a_foreign_or_unknown_amount_blanks_nothing(
    messy: Messy, name: str, own: tuple[str, float | None], unknown: int
) -> None:
    [(currency, amount)] = messy.ask(
        "select currency_code, amount from intermediate.opportunities where opportunity_id = ?",
        f"passes:{name}",
    )
    assert (currency, amount) == own
    [(known, without)] = messy.ask(
        "select sum(amount) >= ?, sum(without_amount) >= ? from marts.amounts_by_currency "
        "where kind = 'won_new_business' and currency_code = ?",
        own[1] or 0,
        unknown,
        own[0],
    )
    assert known and without
    [(money,)] = messy.ask(
        "select won_amount from marts.source_performance "
        "where dimension = 'channel' and dimension_value = 'paid_search'"
    )
    assert money >= 1000 + 90000 + 70000 + 8000 + 700


def test_a_deal_that_went_from_won_to_lost_is_not_won(messy: Messy) -> None:
    assert of(
        messy, "wonlost", "select is_customer, closed_won_at from marts.dim_leads "
        "inner join marts.fct_lead_cycles using (lead_key) where lead_key = {lead}"
    ) == [(False, None)]  # fmt: skip
    history = "select count(*) from staging.stg_raw__crm_opportunity_history where "
    assert messy.ask(
        f"{history} opportunity_id = 'passes:wonlost' and stage_name = 'Closed Won'"
    ) == [(1,)]


def test_two_who_may_be_one_are_listed_and_not_merged(messy: Messy) -> None:
    twins = messy.ask("select lead_key from marts.dim_leads where crm_lead_id like 'passes:twin-%'")
    assert len(set(twins)) == 2
    [pair] = messy.ask(
        "select duplicates.* from marts.possible_duplicates as duplicates "
        "inner join marts.dim_leads as leads on duplicates.lead_key = leads.lead_key "
        "where leads.crm_lead_id like 'passes:twin-%'"
    )
    assert {key for (key,) in twins} <= set(pair)


def test_who_was_handed_back_starts_again_each_time(messy: Messy) -> None:
    assert [outcome for _, outcome, _ in cycles(messy, "recycle")] == [
        "recycled",
        "recycled",
        "expired",
    ]


def test_a_step_back_is_an_anomaly_and_loses_nothing(messy: Messy) -> None:
    stages = "select sal_at is not null, cycle_number from marts.fct_lead_cycles "
    assert of(messy, "backstep", stages + "where lead_key = {lead}") == [(True, 1)]
    assert of(
        messy, "backstep", "select count(*) from marts.stage_anomalies where lead_key = {lead}"
    ) == [(1,)]


def test_one_id_in_two_crms_is_two_people(messy: Messy) -> None:
    people = messy.ask(
        "select crm_lead_id, lead_key from marts.dim_leads where crm_lead_id like 'passes%:501'"
    )
    assert sorted(record for record, _ in people) == [f"{portal}:501" for portal in PORTALS]
    assert len({key for _, key in people}) == 2
