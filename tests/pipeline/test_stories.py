"""Small histories with a known outcome, built once through the whole way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

Row = dict[str, Any]
Ask = Callable[..., list[tuple[Any, ...]]]

LOADED = "2026-03-01 02:00:00"
AS_OF = "2026-03-31 02:00:00"


def web(event_id: str, at: str, device: str, path: str, **more: Any) -> Row:
    return {
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": at,
        "loaded_at": LOADED,
        "anonymous_id": device,
        "page_url": f"https://www.example.com{path}",
        "user_agent": "Mozilla/5.0",
        **more,
    }


def form(submission_id: str, at: str, device: str | None, email: str, form_id: str) -> Row:
    return {
        "submission_id": submission_id,
        "form_id": form_id,
        "occurred_at": at,
        "loaded_at": LOADED,
        "anonymous_id": device,
        "email": email,
    }


def crm_lead(lead_id: str, at: str, email: str | None, **more: Any) -> Row:
    return {
        "lead_id": lead_id,
        "created_at": at,
        "updated_at": at,
        "loaded_at": LOADED,
        "email": email,
        **more,
    }


def status(history_id: str, lead_id: str, at: str, old: str | None, new: str) -> Row:
    return {
        "history_id": history_id,
        "lead_id": lead_id,
        "field_name": "status",
        "old_value": old,
        "new_value": new,
        "changed_at": at,
        "loaded_at": LOADED,
    }


def deal(opportunity_id: str, lead_id: str, created: str, **more: Any) -> Row:
    return {
        "opportunity_id": opportunity_id,
        "lead_id": lead_id,
        "created_at": created,
        "updated_at": created,
        "loaded_at": LOADED,
        "is_closed": False,
        "is_won": False,
        **more,
    }


def touch(activity_id: str, lead_id: str, at: str) -> Row:
    return {
        "activity_id": activity_id,
        "activity_type": "call",
        "direction": "outbound",
        "occurred_at": at,
        "loaded_at": LOADED,
        "lead_id": lead_id,
    }


def stories() -> dict[str, list[Row]]:
    """All histories, by raw table."""
    tables: dict[str, list[Row]] = {
        "web_events": [
            # anna browses unknown, then sends a form on the same device
            web("w1", "2026-01-05 10:00:00", "anna-laptop", "/products/analytics"),
            web("w2", "2026-01-05 10:10:00", "anna-laptop", "/pricing"),
            # bert and cleo share a device
            web("w3", "2026-01-06 09:00:00", "shared", "/blog/analytics-basics"),
            web("w4", "2026-01-06 12:00:00", "shared", "/pricing"),
            web("w5", "2026-01-06 15:00:00", "shared", "/careers/engineer"),
            # a bot, and one of our own
            web("w6", "2026-01-06 10:00:00", "shared", "/pricing", user_agent="NiceBot/1.0"),
            # carl's careers visit takes points away after he was handed over
            web("w7", "2026-01-20 10:00:00", "carl-phone", "/careers/sales"),
            # worked example: one product click
            web(
                "w8",
                "2026-01-12 10:05:00",
                "quinn-phone",
                "/products/security",
                event_name="product_click",
                email="quinn@firm.example",
            ),
        ],
        "form_submissions": [
            form("f1", "2026-01-05 10:20:00", "anna-laptop", "anna@firm.example", "newsletter"),
            form("f2", "2026-01-06 10:30:00", "shared", "bert@firm.example", "newsletter"),
            form("f3", "2026-01-06 14:00:00", "shared", "cleo@other.example", "newsletter"),
            form("f4", "2026-01-10 10:00:00", "carl-phone", "carl@firm.example", "demo_request"),
            form("f5", "2026-01-10 10:05:00", "carl-phone", "carl@firm.example", "contact"),
            form("f6", "2026-01-12 10:10:00", "quinn-phone", "quinn@firm.example", "newsletter"),
            # two people behind one role address
            form("f7", "2026-01-12 11:00:00", "role-a", "info@firm.example", "newsletter"),
            # rita comes back after she was handed back
            form("f8", "2026-02-20 11:00:00", "rita-phone", "rita@firm.example", "whitepaper"),
            # one of our own tests a form
            form("f9", "2026-01-12 12:00:00", "office", "eve@internal.example", "demo_request"),
            # late: happened in the backfill's time, arrived a month later
            {
                **form("f10", "2026-02-25 10:00:00", "anna-laptop", "anna@firm.example", "webinar"),
                "loaded_at": AS_OF,
            },
        ],
        "campaign_responses": [
            {
                "response_id": "r1",
                "campaign_id": "fair",
                "occurred_at": "2026-01-12 10:00:00",
                "loaded_at": LOADED,
                "email": "quinn@firm.example",
                "response_type": "qr_scan",
            }
        ],
        "crm_leads": [
            crm_lead("L-anna", "2026-01-05 11:00:00", "anna@firm.example", lead_source="web"),
            crm_lead(
                "L-anna2",
                "2026-01-07 11:00:00",
                "anna@firm.example",
                merged_into_lead_id="L-anna",
                is_deleted=True,
            ),
            crm_lead("L-role1", "2026-01-12 12:00:00", "info@firm.example"),
            crm_lead("L-role2", "2026-01-12 13:00:00", "info@firm.example"),
            crm_lead("L-rita", "2026-01-02 09:00:00", "rita@firm.example", status="Qualified"),
            crm_lead("L-skip", "2026-01-02 09:00:00", "skip@firm.example", status="Qualified"),
            crm_lead("L-odd", "2026-01-02 09:00:00", "odd@firm.example", status="Zombie"),
            crm_lead("L-early", "2026-01-15 09:00:00", "early@firm.example"),
            crm_lead("L-hole", "2026-01-02 09:00:00", "hole@firm.example", status="MQL"),
            crm_lead("L-work", "2026-01-02 09:00:00", "work@firm.example", status="Working"),
            crm_lead(
                "L-fresh",
                "2026-03-25 09:00:00",
                "fresh@firm.example",
                status="MQL",
                loaded_at=AS_OF,
            ),
            crm_lead("L-two", "2026-01-02 09:00:00", "two@firm.example"),
            crm_lead("L-late", "2026-01-02 09:00:00", "late@firm.example", status="Working"),
            crm_lead("L-self", "2026-01-02 09:00:00", None, merged_into_lead_id="L-self"),
            crm_lead("L-ring1", "2026-01-02 09:00:00", None, merged_into_lead_id="L-ring2"),
            crm_lead("L-ring2", "2026-01-03 09:00:00", None, merged_into_lead_id="L-ring1"),
            crm_lead("L-stage", "2026-01-02 09:00:00", None),
            crm_lead("L-back", "2026-01-02 09:00:00", "back@firm.example", status="MQL"),
        ],
        "crm_lead_history": [
            status("h1", "L-rita", "2026-01-03 09:00:00", "New", "MQL"),
            status("h2", "L-rita", "2026-01-05 09:00:00", "MQL", "Working"),
            status("h3", "L-rita", "2026-01-20 09:00:00", "Working", "Not Ready"),
            status("h4", "L-rita", "2026-02-22 09:00:00", "Not Ready", "Qualified"),
            status("h5", "L-skip", "2026-01-09 09:00:00", "New", "Qualified"),
            status("h6", "L-hole", "2026-01-03 09:00:00", "New", "MQL"),
            status("h7", "L-work", "2026-01-03 09:00:00", "New", "MQL"),
            status("h8", "L-work", "2026-01-04 09:00:00", "MQL", "Working"),
            {**status("h9", "L-fresh", "2026-03-26 09:00:00", "New", "MQL"), "loaded_at": AS_OF},
            # this history starts when the lead was an MQL already
            status("h10", "L-late", "2026-01-08 09:00:00", "MQL", "Working"),
            status("h11", "L-back", "2026-01-04 09:00:00", "New", "Working"),
            # the lead itself never came
            status("h13", "L-ghost", "2026-01-09 09:00:00", "New", "Working"),
            status("h12", "L-back", "2026-01-05 09:00:00", "Working", "MQL"),
        ],
        "crm_activities": [touch("a1", "L-work", "2026-01-03 11:00:00")],
        "crm_opportunities": [
            # no flags and no history: only the stage's name says that it was won
            {
                "opportunity_id": "O-stage",
                "lead_id": "L-stage",
                "created_at": "2026-01-10 09:00:00",
                "closed_at": "2026-02-03 09:00:00",
                "loaded_at": LOADED,
                "stage_name": "closed won",
            },
            deal(
                "O-early",
                "L-early",
                "2026-01-10 09:00:00",
                is_closed=True,
                is_won=True,
                closed_at="2026-01-10 09:00:00",
                amount=1000,
            ),
            deal(
                "O-two-a",
                "L-two",
                "2026-01-10 09:00:00",
                is_closed=True,
                closed_at="2026-01-20 09:00:00",
            ),
            deal(
                "O-two-b",
                "L-two",
                "2026-01-15 09:00:00",
                is_closed=True,
                is_won=True,
                closed_at="2026-02-01 09:00:00",
                amount=500,
            ),
        ],
    }
    return tables


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

    def query(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(db), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    return query


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
        select round(points_behavior, 1) from intermediate.int_points_running
        where lead_key = {lead("carl@firm.example")} order by occurred_at
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


def test_a_history_that_starts_late_tells_the_first_status(ask: Ask) -> None:
    assert stages(ask, "L-late") == [
        (1, "inquiry", "01-02", False),
        (1, "mql", "01-02", False),
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
        ("L-fresh", "pending", False),
    ],
)
def test_a_handoff_is_judged_by_touches_and_verdicts(
    ask: Ask, identifier: str, verdict: str, in_black_hole: bool
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
