"""What the CRM took back is in no figure."""

from __future__ import annotations

from typing import Any

from tests.messy.company import Messy


def of_lead(messy: Messy, name: str, select: str) -> list[tuple[Any, ...]]:
    """Ask about the person that a CRM lead stands for; `{lead}` is their key."""
    return messy.of_person("crm_lead", f"back-{name}", select)


def stages(messy: Messy, name: str) -> list[tuple[Any, ...]]:
    return of_lead(
        messy,
        name,
        "select cycle_number, stage, entered_at::date::varchar from intermediate.stage_entries "
        "where lead_key = {lead} and not is_implied order by cycle_number, entry_number",
    )


def wins(messy: Messy, name: str) -> list[tuple[Any, ...]]:
    return of_lead(
        messy,
        name,
        "select opportunity_id, won_at::date::varchar from intermediate.lead_wins "
        "where lead_key = {lead}",
    )


def events(messy: Messy, name: str, event_type: str) -> int:
    select = (
        "select count(*) from marts.fct_lead_timeline where lead_key = {lead} and event_type = "
    )
    [(count,)] = of_lead(messy, name, f"{select}'{event_type}'")
    return int(count)


def test_a_deleted_deal_is_not_won(messy: Messy) -> None:
    assert wins(messy, "duplicate") == []
    assert events(messy, "duplicate", "opportunity_won") == 0
    assert events(messy, "duplicate", "opportunity_created") == 1
    assert of_lead(
        messy, "duplicate", "select is_customer from marts.dim_leads where lead_key = {lead}"
    ) == [(False,)]


def test_a_deal_that_was_lost_and_then_won_is_one_win(messy: Messy) -> None:
    assert wins(messy, "rewon") == [("back-rewon", "2025-05-20")]
    assert [stage for _, stage, _ in stages(messy, "rewon")] == ["inquiry", "sql", "closed_won"]
    assert events(messy, "rewon", "opportunity_won") == 1


def test_a_deal_that_went_back_is_not_won(messy: Messy) -> None:
    for name in ("unwon", "undecided", "unflagged"):
        assert wins(messy, name) == [], name
        assert events(messy, name, "opportunity_won") == 0, name
        taken_back = "select source_id, signal_at::date::varchar from marts.stage_anomalies "
        assert of_lead(
            messy, name, taken_back + "where lead_key = {lead} and anomaly = 'taken_back'"
        ) == [(f"back-{name}", "2025-05-10")]
    assert stages(messy, "unwon")[-1] == (1, "closed_lost", "2025-05-20")
    assert stages(messy, "undecided")[-1] == (1, "sql", "2025-05-01")


def test_velocity_counts_no_reopened_deal_twice(messy: Messy) -> None:
    velocity = """
        select stage, stays, departed, open
        from marts.stage_velocity
        where dimension = 'lead_source' and lower(dimension_value) = 'reopened'
        order by stage_order
    """
    assert messy.ask(velocity) == [("inquiry", 3, 3, 0), ("sql", 3, 2, 1)]
    stays = """
        select opportunity_id, list(stage_name order by stage_number)
        from intermediate.int_deal_stages
        where opportunity_id like 'back-%wo%'
        group by opportunity_id
        order by opportunity_id
    """
    assert messy.ask(stays) == [
        ("back-rewon", ["Proposal", "Negotiation"]),
        ("back-unwon", ["Proposal", "Negotiation"]),
    ]


def test_a_deleted_lead_is_not_in_the_funnel(messy: Messy) -> None:
    assert stages(messy, "deleted") == []
    assert of_lead(
        messy,
        "deleted",
        "select is_deleted, current_stage from marts.dim_leads where lead_key = {lead}",
    ) == [(True, None)]
    assert stages(messy, "restored")[-1][1] == "mql"
    assert of_lead(
        messy, "restored", "select is_deleted from marts.dim_leads where lead_key = {lead}"
    ) == [(False,)]


def test_the_survivor_of_a_merge_keeps_what_the_loser_had(messy: Messy) -> None:
    assert (1, "mql", "2025-05-02") in stages(messy, "winner")
    # A list on the survivor, of records with a row of their own and without.
    assert (1, "mql", "2025-05-02") in stages(messy, "new")
    assert events(messy, "new", "sales_called") == 1
    crm_lead = "select crm_lead_id from marts.dim_leads where lead_key = {lead}"
    assert of_lead(messy, "old-1", crm_lead) == [("back-new",)]
    assert (
        messy.ask("select crm_lead_id from marts.crm_lead_sync where crm_lead_id like 'back-old-%'")
        == []
    )


def test_a_deleted_call_answer_and_account_count_for_nobody(messy: Messy) -> None:
    assert events(messy, "touch", "sales_called") == 0
    verdict = "select sales_touches from marts.fct_handoffs where lead_key = {lead}"
    assert of_lead(messy, "touch", verdict) == [(0,)]
    assert messy.ask(
        "select count(*) from intermediate.identifiers "
        "where identifier_value like 'only-response@%'"
    ) == [(0,)]
    assert messy.ask(
        "select account_id from staging.stg_raw__crm_accounts where account_id like 'back-%'"
    ) == [("back-kept",)]


def test_deleted_rows_are_counted(messy: Messy) -> None:
    counted = messy.ask("select raw_table from marts.audit_raw_rows where rows_deleted > 0")
    assert {("campaign_responses",), ("crm_accounts",), ("crm_activities",)} <= {*counted}
    assert ("crm_opportunities",) in counted
    assert messy.ask("select count(*) from marts.audit_raw_rows where not is_balanced") == [(0,)]
