"""Small histories with a known outcome, built once through the whole way."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests import warehouses
from tests.pipeline.story_rows import AS_OF, stories

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, run_dbt: Any) -> Ask:
    """Ask the warehouse built from all histories."""
    folder = tmp_path_factory.mktemp("stories")
    raw = folder / "raw"
    raw.mkdir()
    for table, rows in stories().items():
        lines = "\n".join(json.dumps(row) for row in rows)
        (raw / f"{table}.ndjson").write_text(lines + "\n")
    db = folder / "warehouse.duckdb"
    outcome = run_dbt(["build"], raw=raw, db=db)
    assert outcome.success, outcome.log
    return partial(warehouses.ask, db)


LEAD = """
    (select lead_key from intermediate.identity_members
     where identifier_value = '{}')
"""


def lead(identifier: str) -> str:
    return LEAD.format(identifier)


def stages(ask: Ask, identifier: str) -> list[tuple[Any, ...]]:
    return ask(
        f"""
        select cycle_number, stage, strftime(entered_at, '%m-%d'), is_implied
        from marts.fct_stage_transitions
        where lead_key = {lead(identifier)}
        order by cycle_number, entry_number
        """
    )


def test_what_was_seen_before_the_first_form_belongs_to_the_person_who_sent_it(ask: Ask) -> None:
    rows = ask(
        f"""
        select event_type, assigned_by, strftime(occurred_at, '%H:%M'),
            strftime(known_at, '%H:%M')
        from marts.fct_lead_timeline
        where lead_key = {lead("anna@firm.example")} and source = 'web'
        order by occurred_at
        """
    )
    assert rows == [
        ("product_viewed", "back_stitched", "10:00", "10:20"),
        ("pricing_viewed", "back_stitched", "10:10", "10:20"),
    ]


def test_two_people_on_one_device_stay_two_and_share_no_event(ask: Ask) -> None:
    rows = ask(
        f"""
        select identifier_value, event_type
        from marts.fct_lead_timeline
        inner join intermediate.identity_members using (lead_key)
        where source = 'web' and lead_key in
            ({lead("bert@firm.example")}, {lead("cleo@other.example")})
        order by occurred_at
        """
    )
    assert rows == [
        ("bert@firm.example", "blog_viewed"),
        ("bert@firm.example", "pricing_viewed"),
        ("cleo@other.example", "careers_viewed"),
    ]


def test_a_form_a_lead_and_its_merged_duplicate_are_one_person(ask: Ask) -> None:
    assert ask(
        """
        select count(distinct lead_key) from intermediate.identity_members
        where identifier_value in ('anna@firm.example', 'L-anna', 'L-anna2')
        """
    ) == [(1,)]
    assert ask(f"select crm_lead_id from marts.dim_leads where lead_key = {lead('L-anna2')}") == [
        ("L-anna",)
    ]


def test_a_shared_address_glues_nobody_together(ask: Ask) -> None:
    assert ask(
        """
        select count(distinct lead_key) from intermediate.identity_members
        where identifier_value in ('L-role1', 'L-role2')
        """
    ) == [(2,)]


def test_our_own_people_are_no_leads(ask: Ask) -> None:
    assert (
        ask("select 1 from intermediate.identity_members where identifier_value like '%internal%'")
        == []
    )


def test_a_scan_a_click_and_a_newsletter_are_fifteen_points(ask: Ask) -> None:
    assert ask(
        f"""
        select rule_id, points from marts.fct_points_ledger
        where lead_key = {lead("quinn@firm.example")} and dimension = 'behavior'
            and occurred_at < '2026-02-01'
        order by occurred_at
        """
    ) == [("qr_scan", 5.0), ("product_click", 3.0), ("newsletter", 7.0)]


def test_points_over_the_threshold_hand_over_and_a_later_deduction_does_not_undo_it(
    ask: Ask,
) -> None:
    assert stages(ask, "carl@firm.example") == [
        (1, "inquiry", "01-10", False),
        (1, "mql", "01-10", False),
    ]
    balances = ask(
        f"""
        select round(balance, 1) from intermediate.points_ledger
        where lead_key = {lead("carl@firm.example")} and dimension = 'behavior' order by occurred_at
        """
    )
    assert balances[1][0] >= 35 > balances[2][0]


def test_a_skipped_stage_is_implied_at_the_time_of_the_next_one(ask: Ask) -> None:
    assert stages(ask, "L-skip") == [
        (1, "inquiry", "01-02", False),
        (1, "mql", "01-09", True),
        (1, "sal", "01-09", True),
        (1, "sql", "01-09", False),
    ]


def test_a_lead_handed_back_that_engages_again_starts_the_next_cycle(ask: Ask) -> None:
    assert stages(ask, "L-rita") == [
        (1, "inquiry", "01-02", False),
        (1, "mql", "01-03", False),
        (1, "sal", "01-05", False),
        (1, "recycled", "01-20", False),
        (2, "inquiry", "02-20", False),
        (2, "mql", "02-22", True),
        (2, "sal", "02-22", True),
        (2, "sql", "02-22", False),
    ]


def test_a_status_nobody_mapped_is_listed_with_the_remedy_and_the_lead_is_kept(ask: Ask) -> None:
    rows = ask(
        f"""
        select anomaly, detail from marts.stage_anomalies where lead_key = {lead("L-odd")}
        """
    )
    assert rows == [
        (
            "unknown_status",
            "Status Zombie of lead_status is not in seeds/crm_status_map.csv: add a line for it.",
        )
    ]
    assert stages(ask, "L-odd") == [(1, "inquiry", "01-02", False)]


def test_a_deal_won_before_the_first_contact_is_kept_and_flagged(ask: Ask) -> None:
    assert ask(
        f"""
        select strftime(closed_won_at, '%m-%d'), outcome from marts.fct_lead_cycles
        where lead_key = {lead("L-early")}
        """
    ) == [("01-15", "closed_won")]
    assert ("before_first_contact",) in ask(
        f"select anomaly from marts.stage_anomalies where lead_key = {lead('L-early')}"
    )


def test_a_lost_deal_does_not_end_the_cycle_while_another_is_open(ask: Ask) -> None:
    assert [row[1] for row in stages(ask, "L-two")] == [
        "inquiry",
        "mql",
        "sal",
        "sql",
        "closed_won",
    ]


def test_a_history_that_starts_late_tells_the_first_status_but_not_since_when(ask: Ask) -> None:
    assert stages(ask, "L-late") == [
        (1, "inquiry", "01-02", False),
        (1, "mql", "01-08", True),
        (1, "sal", "01-08", False),
    ]


def test_a_move_back_without_a_hand_back_is_an_anomaly(ask: Ask) -> None:
    assert ask(
        f"select anomaly, stage from marts.stage_anomalies where lead_key = {lead('L-back')}"
    ) == [("backward", "mql")]


@pytest.mark.parametrize(
    ("identifier", "verdict", "in_black_hole"),
    [
        ("L-hole", "never_followed_up", True),
        ("L-work", "accepted", False),
        ("L-fresh", "pending", None),
    ],
)
def test_a_handoff_is_judged_by_touches_and_verdicts(
    ask: Ask, identifier: str, verdict: str, in_black_hole: bool | None
) -> None:
    assert ask(
        f"""
        select verdict, is_in_black_hole from marts.fct_handoffs
        where lead_key = {lead(identifier)}
        """
    ) == [(verdict, in_black_hole)]


def test_speed_to_lead_runs_from_handoff_to_first_touch(ask: Ask) -> None:
    assert ask(
        f"select speed_to_lead_seconds from marts.fct_handoffs where lead_key = {lead('L-work')}"
    ) == [(7200.0,)]


def test_a_record_merged_in_a_circle_is_still_synced_once(ask: Ask) -> None:
    assert ask(
        """
        select crm_lead_id from marts.crm_lead_sync
        where crm_lead_id in ('L-self', 'L-ring1', 'L-ring2', 'L-anna2') order by 1
        """
    ) == [("L-ring2",), ("L-self",)]


def test_a_deal_without_flags_stands_as_its_stage_says(ask: Ask) -> None:
    assert stages(ask, "L-stage")[-1] == (1, "closed_won", "02-03", False)
    assert ask(
        f"""
        select event_type, strftime(occurred_at, '%m-%d')
        from marts.fct_lead_timeline
        where lead_key = {lead("L-stage")} and event_type like 'opportunity_%'
        order by occurred_at
        """
    ) == [("opportunity_created", "01-10"), ("opportunity_won", "02-03")]


def test_a_history_without_its_lead_is_not_lost(ask: Ask) -> None:
    assert [row[1] for row in stages(ask, "L-ghost")] == ["inquiry", "mql", "sal"]


def test_a_late_event_is_known_when_it_arrives(ask: Ask) -> None:
    assert ask(
        """
        select strftime(occurred_at, '%m-%d'), strftime(known_at, '%m-%d')
        from marts.fct_lead_timeline where event_type = 'webinar_registered'
        """
    ) == [("02-25", "03-31")]
    assert ask("select as_of::varchar from intermediate.clock") == [(AS_OF,)]


def test_every_raw_row_is_accounted_for(ask: Ask) -> None:
    rows = ask("select raw_table, rows_read, is_balanced from marts.audit_raw_rows")
    read = {table: count for table, count, _ in rows}
    assert all(balanced for _, _, balanced in rows)
    assert {table: len(rows) for table, rows in stories().items()} == {
        table: read[table] for table in stories()
    }


def test_a_deal_of_a_company_is_a_win_of_who_sales_worked_and_no_loss_of_the_others(
    ask: Ask,
) -> None:
    """Before the fourteenth day after the handoff of one of them."""
    people = {name: lead(f"{name}@trio.example") for name in ("uno", "due", "tre")}
    outcomes = {
        name: ask(
            f"""
            select current_stage, outcome, strftime(ended_at, '%m-%d')
            from marts.fct_lead_cycles where lead_key = {key}
            """
        )
        for name, key in people.items()
    }
    assert outcomes == {
        "uno": [("closed_won", "closed_won", "01-15")],
        "due": [("mql", "won_by_colleague", "01-15")],
        "tre": [("inquiry", "won_by_colleague", "01-15")],
    }
    due, tre = people["due"], people["tre"]
    handoffs = "select verdict, is_in_black_hole from marts.fct_handoffs where lead_key = "
    assert ask(handoffs + due) == [("won_by_colleague", False)]
    for table in ("marts.lead_scores", "marts.lead_assignments"):
        keys = ", ".join(people.values())
        assert ask(f"select lead_key from {table} where lead_key in ({keys})") == []
    labels = ask(
        f"""
        select distinct label_state from marts.fct_training_examples
        where lead_key in ({due}, {tre}) and label_state != 'immature'
        """
    )
    assert labels in ([], [("account_won",)])
    assert ask(
        """
        select crm_account_id, domain, industry, leads, open_leads, won_deals, won_amount,
            currency_code, is_customer, strftime(customer_since_at, '%m-%d')
        from marts.dim_accounts where domain = 'trio.example'
        """
    ) == [("A-trio", "trio.example", "software", 3, 0, 1, 300.0, "EUR", True, "01-15")]
