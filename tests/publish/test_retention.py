"""People whose time is over are asked for as if they had asked, and named to nobody."""

import csv
from pathlib import Path

import duckdb
import pytest

from lead_funnel.publish.retention import main
from tests.publish.conftest import ADDRESS, LEAD_ID, LEAD_KEY


@pytest.fixture
def due(warehouse: Path) -> Path:
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute(
            "insert into marts.retention_due values (?, '2024-01-05 10:00:00', 365, "
            "'2025-06-30 12:00:00'), (?, '2024-02-05 10:00:00', 365, '2025-06-30 12:00:00')",
            [LEAD_KEY, "ffffffff-0a1b-4c3d-8e5f-0123456789ab"],
        )
    return warehouse


def written(raw: Path) -> list[dict[str, str]]:
    with (raw / "erasure_requests" / "retention.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_each_identifier_is_a_request_and_none_is_made_twice(
    due: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    assert main(["--db", str(due), "--raw", str(raw)]) == 0
    told = capsys.readouterr().out
    assert "2 people are to be erased, 2 new requests; 1 have neither an address nor a" in told
    assert ADDRESS not in told
    rows = written(raw)
    assert {(row["email"], row["crm_lead_id"]) for row in rows} == {(ADDRESS, ""), ("", LEAD_ID)}
    assert {row["loaded_at"] for row in rows} == {"2025-06-30 12:00:00"}
    assert (raw / "erasure_requests" / "retention.csv").stat().st_mode & 0o777 == 0o600
    # The next night the person is gone, and the request must stay.
    assert main(["--db", str(due), "--raw", str(raw)]) == 0
    assert "0 new requests" in capsys.readouterr().out
    assert written(raw) == rows


def test_what_if_names_keys_and_reasons_and_writes_nothing(
    due: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(due), "--raw", str(tmp_path / "raw"), "--what-if"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 people would be erased\n")
    assert (
        f"{LEAD_KEY}: not a customer, no open deal, and no activity since 2024-01-05 10:00 UTC, "
        "more than 365 days ago" in told
    )
    assert ADDRESS not in told
    assert not (tmp_path / "raw").exists()


def test_nobody_is_forgotten_where_nobody_is_due(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(warehouse), "--raw", str(tmp_path / "raw")]) == 0
    assert "nobody is to be erased" in capsys.readouterr().out
    assert not (tmp_path / "raw").exists()


def test_what_cannot_be_done_is_told_in_words(
    due: Path, bare_warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(bare_warehouse), "--raw", str(tmp_path)]) == 2
    assert "no table marts.retention_due" in capsys.readouterr().err
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert main(["--db", str(due), "--out", str(blocked / "requests.csv")]) == 2
    assert "cannot be read or written" in capsys.readouterr().err
    with duckdb.connect(str(due)) as writer:
        writer.execute("create table raw.erasure_requests as select 1 as request_id")
    assert main(["--db", str(due), "--raw", str(tmp_path / "raw")]) == 2
    assert "a loader's table or a view of your own" in capsys.readouterr().err
