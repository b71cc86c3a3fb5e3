"""From raw files to accepted rows: every format, order and fault, and every row counted."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_runs import DbtRun, RunDbt

Row = dict[str, Any]
Build = Callable[..., DbtRun]

LEADS = ["--select", "base_raw__crm_leads", "stg_raw__crm_leads"]
QUALITY = ["--select", "staging", "quarantined_rows", "audit_raw_rows"]
LOADED_AT = "2025-02-01 00:00:00"


def lead(lead_id: str | None, **more: Any) -> Row:
    return {"lead_id": lead_id, "created_at": "2025-01-01 08:00:00", "loaded_at": LOADED_AT, **more}


def write_ndjson(file: Path, rows: list[Row], *broken: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*map(json.dumps, rows), *broken]) + "\n")


def write_parquet(file: Path, query: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    target = str(file).replace("'", "''")
    duckdb.execute(f"copy ({query}) to '{target}' (format parquet)")


def ask(db: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(db), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Path:
    (tmp_path / "db").mkdir()
    return tmp_path / "db" / "warehouse.duckdb"


@pytest.fixture
def build(run_dbt: RunDbt, raw: Path, db: Path) -> Build:
    """Build the models of one selection; nobody ever sees a traceback."""

    def run(selection: list[str] = LEADS, command: str = "run", **more: Any) -> DbtRun:
        outcome = run_dbt([command, *selection], **{"raw": raw, "db": db, **more})
        assert "Traceback" not in outcome.log
        return outcome

    return run


# Formats


def test_every_format_is_read_the_same(build: Build, raw: Path, db: Path) -> None:
    """Three formats, folders within folders, offsets, empty values and names in any case."""
    (raw / "crm_leads.csv").write_text(
        "Lead_ID,EMAIL ,created_at,company_name,employee_count,is_deleted,surprise\r\n"
        'csv,"  Ann@Example.com",2025-01-01T10:00:00+02:00,"Smith, ""Sons""\nLtd.",250.0,yes,x\r\n'
        "short,Ann@example.com,2025-01-01 08:00:00\r\n"
    )
    write_ndjson(
        raw / "crm_leads" / "day=1" / "part.ndjson",
        [
            {"Lead_Id": "json", "Email": "ann@example.com ", "created_at": "2025-01-01T08:00:00Z"},
            {"Lead_Id": 12345678901234567890, "created_at": "2025-01-01 08:00", "rating": {"a": 1}},
        ],
    )
    write_parquet(
        raw / "crm_leads" / "one.parquet",
        "select 'zoned' as lead_id, 'ann@example.com' as email, "
        "timestamptz '2025-01-01 03:00:00-05:00' as created_at, 7 as employee_count",
    )
    write_parquet(
        raw / "crm_leads" / "two.parquet",
        "select 4711 as LEAD_ID, timestamp '2025-01-01 08:00:00' as created_at, false as is_deleted"
        ", {'a': 1} as rating, 'seven@@example.com' as email",
    )
    assert build().success
    rows = ask(
        db,
        "select lead_id, email, created_at, company_name, employee_count, is_deleted, rating, "
        "loaded_at from staging.stg_raw__crm_leads order by lead_id",
    )
    at = duckdb.execute("select timestamp '2025-01-01 08:00:00'").fetchall()[0][0]
    ann = "ann@example.com"
    assert rows == [
        ("12345678901234567890", None, at, None, None, None, '{"a":1}', at),
        ("4711", None, at, None, None, False, '{"a":1}', at),
        ("csv", ann, at, 'Smith, "Sons"\nLtd.', 250, True, None, at),
        ("json", ann, at, None, None, None, None, at),
        ("short", ann, at, None, None, None, None, at),
        ("zoned", ann, at, None, 7, None, None, at),
    ]


def test_real_times_in_files_stay_times(build: Build, raw: Path, db: Path) -> None:
    write_parquet(
        raw / "campaign_costs.parquet",
        "select 'c' as campaign_id, date '2025-01-02' as cost_date, 1.5 as amount",
    )
    assert build(["--select", "base_raw__campaign_costs", "stg_raw__campaign_costs"]).success
    assert ask(db, "select typeof(cost_date), typeof(amount) from raw.campaign_costs") == [
        ("TIMESTAMP", "VARCHAR")
    ]
    assert ask(
        db, "select cast(cost_date as varchar), amount from staging.stg_raw__campaign_costs"
    ) == [("2025-01-02", 1.5)]


def test_any_path_and_any_delimiter(build: Build, tmp_path: Path, db: Path) -> None:
    folder = tmp_path / "it's [a] *raw* folder"
    folder.mkdir()
    (folder / "crm_leads.csv").write_bytes(
        b'\xef\xbb\xbf"lead_id";created_at;lead_id\n1;2025-01-01;9\n'
    )
    (folder / "crm_lead.csv").write_text("lead_id\n1\n")
    (folder / "crm_reps.csv").write_text("")
    (folder / "notes.txt").write_text("not data")
    outcome = build(raw=f"{folder}/./")
    assert outcome.success
    assert "crm_lead.csv" in outcome.log
    assert "notes.txt" not in outcome.log
    assert ask(db, "select lead_id from staging.stg_raw__crm_leads") == [("1",)]
    assert ask(db, "select count(*) from raw.crm_reps") == [(0,)]


def test_tables_of_a_loader_are_left_alone(build: Build, raw: Path, db: Path) -> None:
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.crm_leads as select 1 as lead_id, current_date as created_at, "
            "'Ann@Example.com' as email, 3 as employee_count, true as is_deleted"
        )
    assert build().success
    assert ask(db, "select lead_id, email, is_deleted from staging.stg_raw__crm_leads") == [
        ("1", "ann@example.com", True)
    ]
    write_ndjson(raw / "crm_leads.ndjson", [lead("1")])
    outcome = build()
    assert not outcome.success
    assert "a table that a loader wrote" in outcome.log


# Parts


def test_only_files_that_are_new_or_differ_are_read(build: Build, raw: Path, db: Path) -> None:
    """A mark on a row stays as long as nothing makes the run read the row's file again."""

    def statuses() -> list[tuple[Any, ...]]:
        return ask(db, "select lead_id, status from staging.stg_raw__crm_leads order by lead_id")

    folder = raw / "crm_leads"
    write_ndjson(folder / "1.ndjson", [lead("1", status="New"), lead("2", status="New")])
    assert build().success
    with duckdb.connect(str(db)) as connection:
        connection.execute("update staging.base_raw__crm_leads set status = 'marked'")

    write_ndjson(folder / "2.ndjson", [lead("3", status="New")])
    assert build().success
    assert statuses() == [("1", "marked"), ("2", "marked"), ("3", "New")]

    # A file that differs is read as a whole, and nothing of how it was stays.
    write_ndjson(folder / "1.ndjson", [lead("1", status="Working")])
    assert build().success
    assert statuses() == [("1", "Working"), ("3", "New")]

    (folder / "2.ndjson").unlink()
    assert build().success
    assert statuses() == [("1", "Working")]


def test_a_record_in_several_files_is_ranked_again(build: Build, raw: Path, db: Path) -> None:
    folder = raw / "crm_leads"
    write_ndjson(folder / "1.ndjson", [lead("1", status="Old", loaded_at="2025-02-01")])
    write_ndjson(folder / "2.ndjson", [lead("1", status="New", loaded_at="2025-02-02")])
    assert build().success
    found = "select status, version_count from staging.stg_raw__crm_leads"
    assert ask(db, found) == [("New", 2)]
    (folder / "2.ndjson").unlink()
    assert build().success
    assert ask(db, found) == [("Old", 1)]
    write_ndjson(folder / "0.ndjson", [lead("1", status="Older", loaded_at="2025-01-31")])
    assert build().success
    assert ask(db, found) == [("Old", 2)]


# Versions


def test_order_and_repetition_of_arrival_never_decide(build: Build, raw: Path, db: Path) -> None:
    """Reversed, shuffled, in other files and loaded again: the same accepted rows."""
    draw = random.Random(7)
    rows = [
        lead(
            str(draw.randrange(40)),
            status=draw.choice(["New", "Open", None]),
            loaded_at=f"2025-02-0{draw.randrange(1, 5)}",
        )
        for _ in range(300)
    ]
    accepted = "from staging.stg_raw__crm_leads order by lead_id"
    write_ndjson(raw / "crm_leads.ndjson", rows)
    assert build().success
    first = ask(db, f"select * {accepted}")
    assert 30 < len(first) < 41

    write_ndjson(raw / "crm_leads.ndjson", rows[::-1])
    assert build().success
    assert ask(db, f"select * {accepted}") == first

    (raw / "crm_leads.ndjson").unlink()
    draw.shuffle(rows)
    write_ndjson(raw / "crm_leads" / "1.ndjson", rows[:100])
    (raw / "crm_leads" / "2.csv").write_text(
        "loaded_at,status,created_at,lead_id\n"
        + "".join(
            f"{row['loaded_at']},{row['status'] or ''},{row['created_at']},{row['lead_id']}\n"
            for row in rows[100:]
        )
    )
    # Every row once more, a week later and as a whole: only the counts may change.
    last = {row[0] for row in first}
    newest = {
        key: max(
            (row for row in rows if row["lead_id"] == key),
            key=lambda row: row["loaded_at"],
        )["loaded_at"]
        for key in last
    }
    winners = ask(db, f"select lead_id, status {accepted}")
    write_ndjson(
        raw / "crm_leads" / "3.ndjson",
        [lead(key, status=status, loaded_at=newest[key]) for key, status in winners],
    )
    assert build().success
    columns = "select * exclude (version_count)"
    assert ask(db, f"{columns} {accepted}") == [row[:-1] for row in first]
    assert ask(db, "select sum(version_count) from staging.stg_raw__crm_leads") == [
        (300 + len(first),)
    ]


def test_as_of_reads_only_what_had_arrived(build: Build, raw: Path, db: Path) -> None:
    write_ndjson(
        raw / "crm_leads.ndjson",
        [
            lead("1", status="New", loaded_at="2025-02-01"),
            lead("1", status="Open", loaded_at="2025-02-03"),
            lead("2", loaded_at="2025-02-03"),
            {"lead_id": "3", "created_at": "2025-02-04"},
            lead("4", loaded_at="2025-02-03", created_at="never"),
        ],
    )
    assert build(QUALITY, variables={"as_of": "2025-02-02"}).success
    assert ask(db, "select lead_id, status from staging.stg_raw__crm_leads") == [("1", "New")]
    assert ask(
        db,
        "select rows_read, rows_accepted, rows_quarantined, is_balanced from marts.audit_raw_rows "
        "where raw_table = 'crm_leads'",
    ) == [(1, 1, 0, True)]
    for name in ("as_of", "backfilled_until"):
        outcome = build(variables={name: "soon"})
        assert not outcome.success
        assert f"The variable {name} is 'soon'" in outcome.log


def test_a_closed_deal_happened_when_it_was_closed(build: Build, raw: Path, db: Path) -> None:
    """An export without loaded_at: the day an open deal is to be closed is no news."""
    deals = [
        {"opportunity_id": "won", "is_won": "yes", "closed_at": "2025-03-01"},
        {"opportunity_id": "lost", "is_closed": True, "closed_at": "2025-02-01"},
        {"opportunity_id": "open", "is_closed": False, "closed_at": "2025-12-01"},
        {"opportunity_id": "undated", "is_closed": True},
    ]
    ahead = {"is_closed": True, "closed_at": "2025-12-01", "loaded_at": LOADED_AT}
    write_ndjson(
        raw / "crm_opportunities.ndjson",
        [{**deal, "created_at": "2025-01-01"} for deal in deals]
        + [{**ahead, "opportunity_id": "ahead", "created_at": "2025-01-01"}],
    )
    write_ndjson(
        raw / "crm_leads.ndjson",
        [{"lead_id": "1", "created_at": "2025-01-01", "converted_at": "2025-03-02"}],
    )
    assert build(QUALITY).success
    arrived = """
        select opportunity_id, cast(loaded_at as date)::varchar
        from staging.stg_raw__crm_opportunities order by 1
    """
    assert ask(db, arrived) == [
        ("lost", "2025-02-01"),
        ("open", "2025-01-01"),
        ("undated", "2025-01-01"),
        ("won", "2025-03-01"),
    ]
    assert ask(db, "select row_key, reason from marts.quarantined_rows") == [
        ("ahead", "time_after_load")
    ]
    assert ask(db, "select cast(loaded_at as date)::varchar from staging.stg_raw__crm_leads") == [
        ("2025-03-02",)
    ]
    assert build(QUALITY, variables={"as_of": "2025-02-02"}).success
    assert [key for key, _ in ask(db, arrived)] == ["lost", "open", "undated"]
    counts = "select rows_read, rows_quarantined, is_balanced from marts.audit_raw_rows "
    assert ask(db, counts + "where raw_table = 'crm_opportunities'") == [(4, 1, True)]


# Faults


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
        ],
        '{"lead_id": "broken", "created_at": ',
        "no JSON at all",
        "[1, 2]",
    )
    (raw / "crm_leads" / "2.csv").write_text("lead_id,created_at\nlong,2025-01-01,and,more,x\n")
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
    selection = [*QUALITY, "assert_every_raw_row_is_accounted_for"]
    outcome = build(selection, "build")
    assert outcome.success
    assert "nobody@" not in outcome.log
    assert ask(
        db,
        "select raw_table, row_key, reason, row_count from marts.quarantined_rows "
        "order by raw_table, row_key nulls first, reason, row_count",
    ) == [
        ("crm_activities", "2", "unknown_direction", 1),
        ("crm_leads", None, "missing_key", 1),
        ("crm_leads", None, "missing_key", 1),
        ("crm_leads", None, "missing_key", 3),
        ("crm_leads", "bad load", "unreadable_time", 1),
        ("crm_leads", "bad other time", "unreadable_time", 1),
        ("crm_leads", "bad time", "unreadable_time", 1),
        ("crm_leads", "future", "time_after_load", 1),
        ("crm_leads", "half", "wrong_type_employee_count", 1),
        ("crm_leads", "long", "overlong_row", 1),
        ("crm_leads", "long ago", "unreadable_time", 1),
        ("crm_leads", "many", "wrong_type_employee_count", 2),
        ("crm_leads", "maybe", "wrong_type_is_deleted", 1),
        ("crm_leads", "no time", "unreadable_time", 1),
        ("crm_opportunities", "1", "wrong_type_amount", 1),
        ("crm_opportunities", "2", "wrong_type_amount", 1),
        ("email_events", "2", "unknown_event_name", 1),
        ("email_events", "3", "unknown_event_name", 1),
    ]
    kept = ask(
        db, "select raw_row from marts.quarantined_rows where row_key in ('bad load', 'bad time')"
    )
    assert {json.loads(row).get("loaded_at") for (row,) in kept} == {"yesterday", None}
    assert ask(
        db,
        "select rows_read, rows_accepted, rows_duplicate, rows_quarantined, is_balanced "
        "from marts.audit_raw_rows where raw_table = 'crm_leads'",
    ) == [(19, 2, 1, 16, True)]

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
        check = ["--select", "audit_raw_rows", "assert_every_raw_row_is_accounted_for"]
        outcome = build(check, "build")
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
    assert "magic bytes" in outcome.log


def test_a_file_without_any_known_column_is_named(build: Build, raw: Path) -> None:
    (raw / "crm_leads.csv").write_text("Identifiant,Courriel\n1,ann@example.com\n")
    outcome = build()
    assert not outcome.success
    assert "has none of the columns of crm_leads" in outcome.log


def test_a_file_that_is_not_utf8_is_named(build: Build, raw: Path) -> None:
    (raw / "crm_leads.csv").write_bytes(b"lead_id,created_at,last_name\n1,2025-01-01,M\xfcller\n")
    outcome = build()
    assert not outcome.success
    assert "crm_leads.csv" in outcome.log
    assert "utf-8" in outcome.log
