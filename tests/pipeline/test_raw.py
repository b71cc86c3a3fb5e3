"""From raw files to accepted rows: every format, part and order of arrival."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipeline.raw_files import LOADED_AT, QUALITY, Build, lead, write_ndjson, write_parquet
from tests.warehouses import ask


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
    assert build(["--select", "+stg_raw__campaign_costs"]).success
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
            "'Ann@Example.com' as email, 3 as employee_count, true as is_deleted, "
            "date '2025-01-02' as account_id"
        )
    assert build().success
    columns = "lead_id, email, is_deleted, account_id"
    assert ask(db, f"select {columns} from staging.stg_raw__crm_leads") == [
        ("1", "ann@example.com", True, "2025-01-02")
    ]
    write_ndjson(raw / "crm_leads.ndjson", [lead("1")])
    outcome = build()
    assert not outcome.success
    assert "a table that a loader wrote" in outcome.log


# Parts


def test_only_files_that_are_new_or_differ_are_read(build: Build, raw: Path, db: Path) -> None:
    """A mark on a row stays as long as nothing makes the run read the row's file again.

    Of a file that stays, not even the pages are opened: they may be damaged.
    """

    def statuses() -> list[tuple[Any, ...]]:
        return ask(db, "select lead_id, status from staging.stg_raw__crm_leads order by lead_id")

    def leads(file: Path, status: str, *ids: int) -> None:
        write_parquet(
            file,
            f"select unnest({[*ids]})::varchar as lead_id, '{status}' as status, "
            f"timestamp '2025-01-01 08:00:00' as created_at, timestamp '{LOADED_AT}' as loaded_at",
        )

    first, second = raw / "crm_leads" / "1.parquet", raw / "crm_leads" / "2.parquet"
    leads(first, "New", 1, 2)
    assert build().success
    with duckdb.connect(str(db)) as connection:
        connection.execute("update staging.base_raw__crm_leads set status = 'marked'")

    was = first.stat()
    content = first.read_bytes()
    end_of_pages = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    first.write_bytes(content[:4] + b"\xff" * (end_of_pages - 4) + content[end_of_pages:])
    os.utime(first, ns=(was.st_atime_ns, was.st_mtime_ns))
    with pytest.raises(duckdb.Error):
        duckdb.execute(f"select bit_xor(hash(status)) from '{first}'").fetchall()
    leads(second, "New", 3)
    assert build().success
    assert statuses() == [("1", "marked"), ("2", "marked"), ("3", "New")]

    # A file that differs is read as a whole, and nothing of how it was stays.
    leads(first, "Working", 1)
    assert build().success
    assert statuses() == [("1", "Working"), ("3", "New")]

    second.unlink()
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
    """An export without loaded_at: the day an open deal is to be closed is no news.

    Nor is a deal that is closed already, and in the books later, unusable.
    """
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
        ("ahead", "2025-02-01"),
        ("lost", "2025-02-01"),
        ("open", "2025-01-01"),
        ("undated", "2025-01-01"),
        ("won", "2025-03-01"),
    ]
    assert ask(db, "select row_key, reason from marts.quarantined_rows") == []
    assert ask(db, "select cast(loaded_at as date)::varchar from staging.stg_raw__crm_leads") == [
        ("2025-03-02",)
    ]
    assert build(QUALITY, variables={"as_of": "2025-02-02"}).success
    assert [key for key, _ in ask(db, arrived)] == ["ahead", "lost", "open", "undated"]
    counts = "select rows_read, rows_quarantined, is_balanced from marts.audit_raw_rows "
    assert ask(db, counts + "where raw_table = 'crm_opportunities'") == [(4, 0, True)]
