"""Rows and files that cannot be used: each counted, each named in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.raw_files import LOADED_AT, QUALITY, Build, lead, write_ndjson
from tests.warehouses import ask


def test_what_cannot_be_used_is_quarantined_with_its_reason(
    build: Build, raw: Path, db: Path
) -> None:
    write_ndjson(
        raw / "crm_leads" / "1.ndjson",
        [
            lead("good", employee_count="12", website="  "),
            lead("good", status="Open", loaded_at="2025-01-31"),
            lead(None, email="nobody@example.com"),
            lead("  "),
            lead("no time", created_at=None),
            lead("bad time", created_at="the day after"),
            lead("long ago", created_at="0001-01-01"),
            lead("bad other time", converted_at="13/13/2025"),
            lead("bad load", loaded_at="yesterday"),
            lead("future", updated_at="2025-02-02 00:00:01"),
            lead("just in time", updated_at="2025-02-02 00:00:00"),
            lead("many", employee_count="many"),
            lead("many", employee_count="many", loaded_at="2025-02-02"),
            lead("half", employee_count=1.5),
            lead("maybe", is_deleted="maybe"),
            lead("bad both", created_at="the day after", loaded_at="yesterday"),
        ],
        '{"lead_id": "broken", "created_at": ',
        "no JSON at all",
        "[1, 2]",
    )
    (raw / "crm_leads" / "2.csv").write_text("lead_id,created_at\nlong,2025-01-01,and,more,x\n")
    (raw / "crm_leads" / "3.csv").write_bytes(
        "lead_id;created_at;last_name\nold;2025-01-01;Müller\nlead_id;created_at;last_name\n".encode(
            "cp1252"
        )
    )
    (raw / "crm_leads" / "4.parquet").touch()
    write_ndjson(
        raw / "email_events.ndjson",
        [
            {"event_id": event, "event_name": name, "occurred_at": "2025-01-01"}
            for event, name in [("1", "Opened"), ("2", "teleported"), ("3", None)]
        ],
    )
    write_ndjson(
        raw / "crm_activities.ndjson",
        [
            {"activity_id": "1", "activity_type": "note", "occurred_at": "2025-01-01"},
            {"activity_id": "2", "activity_type": "call", "occurred_at": "2025-01-01"}
            | {"direction": "sideways", "duration_minutes": "5"},
        ],
    )
    write_ndjson(
        raw / "crm_opportunities.ndjson",
        [
            {"opportunity_id": str(number), "created_at": "2025-01-01", "amount": amount}
            for number, amount in enumerate(["1e3", "nan", "1,5"])
        ],
    )
    selection = [*QUALITY, "quarantined_files", "assert_every_raw_row_is_accounted_for"]
    # Tests of seeds that read models which are not built here are none of ours.
    selection += ["--indirect-selection", "cautious"]
    outcome = build(selection, has_tests=True)
    assert outcome.success
    assert "nobody@" not in outcome.log
    assert ask(
        db,
        "select raw_table, row_key, reason, row_count from marts.quarantined_rows "
        "order by raw_table, row_key nulls first, reason, row_count",
    ) == [
        ("crm_activities", "2", "unknown_direction: sideways", 1),
        ("crm_leads", None, "missing_key", 1),
        ("crm_leads", None, "missing_key", 1),
        ("crm_leads", None, "missing_key", 3),
        ("crm_leads", "bad both", "unreadable_time", 1),
        ("crm_leads", "bad time", "unreadable_time", 1),
        ("crm_leads", "future", "time_after_load", 1),
        ("crm_leads", "lead_id", "repeated_header", 1),
        ("crm_leads", "long", "overlong_row", 1),
        ("crm_leads", "long ago", "unreadable_time", 1),
        ("email_events", "2", "unknown_event_name: teleported", 1),
        ("email_events", "3", "unknown_event_name", 1),
    ]
    kept = ask(
        db, "select raw_row from marts.quarantined_rows where row_key in ('bad both', 'bad time')"
    )
    assert {json.loads(row).get("loaded_at") for (row,) in kept} == {"yesterday", None}
    assert ask(
        db,
        "select rows_read, rows_accepted, rows_duplicate, rows_quarantined, is_balanced "
        "from marts.audit_raw_rows where raw_table = 'crm_leads'",
    ) == [(22, 9, 2, 11, True)]
    assert ask(
        db,
        "select raw_table, column_name, row_count, example from marts.unreadable_values "
        "order by raw_table, column_name",
    ) == [
        ("crm_leads", "converted_at", 1, "99/99/9999"),
        ("crm_leads", "created_at", 1, "(empty)"),
        ("crm_leads", "employee_count", 2, "AAAA"),
        ("crm_leads", "is_deleted", 1, "AAAAA"),
        ("crm_leads", "loaded_at", 1, "AAAAAAAAA"),
    ]
    assert ask(
        db,
        "select employee_count, loaded_at::varchar from staging.stg_raw__crm_leads "
        "where lead_id in ('half', 'bad load') order by lead_id",
    ) == [(None, "2025-01-01 08:00:00"), (2, LOADED_AT)]
    assert ask(
        db, "select last_name, part from staging.base_raw__crm_leads where lead_id = 'old'"
    ) == [("Müller", f"crm_leads/{raw}/crm_leads/3.csv")]
    assert ask(
        db, "select raw_table, file_name, size_bytes, reason from marts.quarantined_files"
    ) == [("crm_leads", "crm_leads/4.parquet", 0, "empty")]

    # The accounts notice a row that was dropped, one that was doubled, and versions not counted.
    for fault in (
        "delete from staging.base_raw__crm_leads where lead_id = 'just in time'",
        "insert into staging.base_raw__crm_leads "
        "from staging.base_raw__crm_leads where is_accepted limit 1",
        "update staging.base_raw__crm_leads set version_count = 1",
    ):
        with duckdb.connect(str(db)) as connection:
            connection.execute("begin")
            connection.execute(
                "create or replace table main.kept as from staging.base_raw__crm_leads"
            )
            connection.execute(fault)
            connection.execute("commit")
        check = ["--select", "stg_raw__crm_leads", "audit_raw_rows"]
        check += ["assert_every_raw_row_is_accounted_for"]
        outcome = build(check, has_tests=True)
        assert not outcome.success
        assert "assert_every_raw_row_is_accounted_for" in outcome.messages
        with duckdb.connect(str(db)) as connection:
            connection.execute(
                "create or replace table staging.base_raw__crm_leads as from main.kept"
            )


@pytest.mark.parametrize("exists", [True, False])
def test_no_raw_tables_is_one_clear_sentence(build: Build, tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "nothing"
    if exists:
        folder.mkdir()
    outcome = build(raw=folder)
    assert not outcome.success
    assert f"No raw tables in the folder '{folder}'." in outcome.log
    assert "LEAD_FUNNEL_RAW" in outcome.log


def test_commands_that_do_not_build_need_no_raw_tables(
    run_dbt: RunDbt, tmp_path: Path, db: Path
) -> None:
    for command in (["seed", "--select", "channels"], ["parse"]):
        assert run_dbt(command, raw=tmp_path / "nothing", db=db).success


def test_a_file_that_is_not_parquet_is_named(build: Build, raw: Path) -> None:
    (raw / "crm_leads.parquet").write_text("lead_id,created_at\n1,2025-01-01\n")
    outcome = build()
    assert not outcome.success
    assert "crm_leads.parquet" in outcome.log
    assert "is not a Parquet file" in outcome.log


def test_a_file_without_any_known_column_is_named(build: Build, raw: Path) -> None:
    (raw / "crm_leads.csv").write_text("Identifiant,Courriel\n1,ann@example.com\n")
    outcome = build()
    assert not outcome.success
    assert "has none of the columns of crm_leads" in outcome.log


def test_a_file_that_is_not_utf8_is_read_and_named(build: Build, raw: Path, db: Path) -> None:
    (raw / "crm_leads.csv").write_bytes(b"lead_id,created_at,last_name\n1,2025-01-01,M\xfcller\n")
    outcome = build()
    assert outcome.success
    assert "'crm_leads.csv': 1 line not valid UTF-8, read as Windows-1252." in outcome.log
    assert ask(db, "select last_name from staging.stg_raw__crm_leads") == [("Müller",)]
