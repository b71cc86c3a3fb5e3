"""Files hold all that the CRM does not know, in the shape that its bulk interface takes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from lead_funnel.crm import cli
from tests.sync.conftest import Changes


def export(changes: Changes, to: Path, kind: str, *more: str) -> list[Path]:
    given = ["--db", str(changes.db), "--out", str(to), "--format", kind]
    assert cli.main(["export", *given, *more]) == 0
    return sorted(to.iterdir())


def test_csv_and_ndjson_hold_all_columns(changes: Changes, tmp_path: Path) -> None:
    (comma,) = export(changes, tmp_path / "c", "csv")
    (lines,) = export(changes, tmp_path / "n", "ndjson")
    with comma.open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    objects = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert len(cells) == len(objects) == 250
    assert list(cells[0]) == list(objects[0])
    assert cells[51]["owner_id"] == ""
    assert objects[51]["owner_id"] is None
    assert objects[50]["points_total"] == 50.0
    assert objects[50]["is_exploration"] is True
    assert objects[50]["due_at"] == cells[50]["due_at"] == "2026-06-26T02:00:00.000Z"


def test_hubspot_files_are_batches_of_100(changes: Changes, tmp_path: Path) -> None:
    files = export(changes, tmp_path / "h", "hubspot")
    bodies = [json.loads(file.read_text(encoding="utf-8"))["inputs"] for file in files]
    assert [len(body) for body in bodies] == [100, 100, 50]
    assert set(bodies[0][0]) == {"id", "objectWriteTraceId", "properties"}


@pytest.mark.parametrize(("ending", "bytes_"), [("LF", b"\n"), ("CRLF", b"\r\n")])
def test_salesforce_file_has_the_line_ending_asked_for(
    changes: Changes, tmp_path: Path, ending: str, bytes_: bytes
) -> None:
    (file,) = export(changes, tmp_path / "s", "salesforce", "--line-ending", ending)
    content = file.read_bytes()
    assert content.count(bytes_) == 251
    assert content.count(b"\r") == (251 if ending == "CRLF" else 0)
    assert content.startswith(b"Id,Lead_Funnel_")


def test_an_older_batch_is_not_left_beside_new_ones(changes: Changes, tmp_path: Path) -> None:
    assert len(export(changes, tmp_path / "h", "hubspot")) == 3
    changes.publish(100)
    assert len(export(changes, tmp_path / "h", "hubspot")) == 1


def test_what_the_crm_took_since_is_left_out(changes: Changes, tmp_path: Path) -> None:
    with (
        duckdb.connect(str(changes.copy), read_only=True) as copy,
        duckdb.connect(str(changes.db)) as connection,
    ):
        ((one, hashed),) = copy.execute(
            "select crm_lead_id, row_hash from marts.crm_lead_sync_changes limit 1"
        ).fetchall()
        connection.execute(
            "insert into sync.sync_acknowledgements (crm_lead_id, row_hash, acknowledged_at) "
            "values (?, ?, now()), (?, 'older', timestamp '2020-01-01')",
            [one, hashed, one],
        )
    (file,) = export(changes, tmp_path / "n", "ndjson")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 249


def test_a_map_without_the_key_is_told_in_words(
    changes: Changes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(changes.copy)) as connection:
        connection.execute("delete from marts.crm_field_mapping where our_column = 'crm_lead_id'")
    given = ["--db", str(changes.db), "--out", str(tmp_path / "h"), "--format", "hubspot"]
    assert cli.main(["export", *given]) == 2
    assert "seeds/crm_field_map.csv" in capsys.readouterr().err


def test_a_copy_that_is_older_than_an_erasure_is_not_sent(
    changes: Changes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipts = (
        "create schema if not exists marts; create table marts.erasure_receipts as "
        "select 'r1' as request_id, 'crm_leads' as raw_table, 2 as rows_found"
    )
    with duckdb.connect(str(changes.db)) as connection:
        connection.execute(receipts)
    given = ["--db", str(changes.db), "--out", str(tmp_path / "c"), "--format", "csv"]
    assert cli.main(["export", *given]) == 2
    assert "published before people were erased" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()
    with duckdb.connect(str(changes.copy)) as connection:
        connection.execute(receipts)
    assert cli.main(["export", *given]) == 0
