"""Parquet files as other programs write them."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.raw.reading import Connection, kinds, read_folder, rows

DAY = datetime.datetime.fromisoformat("2025-05-01 09:30")
pyarrow: Any = pytest.importorskip("pyarrow")
parquet: Any = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def connection() -> Iterator[Connection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        yield opened


def write(file: Path, columns: dict[str, Any], **options: Any) -> None:
    file.parent.mkdir(exist_ok=True)
    parquet.write_table(pyarrow.table(columns), file, **options)


def test_any_compression_is_read(connection: Connection, tmp_path: Path) -> None:
    codecs = ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]
    for codec in codecs:
        write(tmp_path / "crm_reps" / f"{codec}.parquet", {"rep_id": [codec]}, compression=codec)
    assert rows(connection, tmp_path, "crm_reps", "rep_id") == [(one,) for one in sorted(codecs)]


def test_any_type_is_read_as_what_it_means(connection: Connection, tmp_path: Path) -> None:
    columns = {
        "lead_id": pyarrow.array(["l1"]).dictionary_encode(),
        "email": pyarrow.array([b"ann@parquet.example"], pyarrow.binary(19)),
        "company_name": pyarrow.array(["Firm"], pyarrow.large_string()),
        "employee_count": pyarrow.array([decimal.Decimal("120.00")], pyarrow.decimal128(10, 2)),
        "is_deleted": [False],
        "created_at": pyarrow.array([DAY], pyarrow.timestamp("ns")),
        "updated_at": pyarrow.array([DAY], pyarrow.timestamp("us", "Europe/Berlin")),
        "converted_at": [DAY.date()],
    }
    write(tmp_path / "crm_leads.parquet", columns)
    texts = (f"{name}::varchar" for name in columns)
    assert rows(connection, tmp_path, "crm_leads", *texts) == [
        ("l1", "ann@parquet.example", "Firm", "120.00", "false")
        + ("2025-05-01 09:30:00", "2025-05-01 09:30:00", "2025-05-01 00:00:00")
    ]


def test_times_of_old_writers_are_times(connection: Connection, tmp_path: Path) -> None:
    write(
        tmp_path / "crm_leads.parquet",
        {"lead_id": ["l1"], "created_at": [DAY]},
        use_deprecated_int96_timestamps=True,
    )
    assert rows(connection, tmp_path, "crm_leads", "created_at") == [(DAY,)]


def test_numbers_of_times_come_as_they_are(connection: Connection, tmp_path: Path) -> None:
    """How they are read is for the models: seconds, milliseconds or microseconds."""
    write(tmp_path / "crm_leads" / "a.parquet", {"lead_id": [1], "created_at": [1746090000000]})
    (tmp_path / "crm_leads" / "b.ndjson").write_text('{"lead_id": 2, "created_at": 1746090000}\n')
    assert rows(connection, tmp_path, "crm_leads", "lead_id", "created_at") == [
        ("1", "1746090000000"),
        ("2", "1746090000"),
    ]


def test_a_time_in_one_file_may_be_text_in_another(connection: Connection, tmp_path: Path) -> None:
    write(tmp_path / "crm_leads" / "a.parquet", {"lead_id": ["a"], "created_at": [DAY]})
    write(
        tmp_path / "crm_leads" / "b.parquet",
        {"lead_id": ["b"], "created_at": [str(DAY)], "status": ["MQL"]},
    )
    assert rows(connection, tmp_path, "crm_leads", "lead_id", "created_at", "status") == [
        ("a", "2025-05-01 09:30:00", None),
        ("b", "2025-05-01 09:30:00", "MQL"),
    ]


def test_columns_within_an_object_are_said(connection: Connection, tmp_path: Path) -> None:
    inner = [{"email": "ann@parquet.example", "company_name": "Firm"}]
    write(tmp_path / "crm_leads.parquet", {"lead_id": ["l1"], "properties": inner})
    assert rows(connection, tmp_path, "crm_leads", "lead_id", "email") == [("l1", None)]
    assert ("nested", "crm_leads.parquet") in kinds(read_folder(connection, tmp_path))


@pytest.mark.parametrize(
    "name",
    ["a b", "it's", "per%20cent", "[x]*", "q?", "{a,b}", "Größe", "dots..", 'dq"', "semi;colon"]
    + ["back\\slash", "tab\t", "hash#1", "new=2025", "$HOME", "-"],
)
def test_a_file_may_have_any_name(connection: Connection, tmp_path: Path, name: str) -> None:
    write(tmp_path / "crm_reps" / f"{name}.parquet", {"rep_id": ["p"]})
    (tmp_path / "crm_reps" / f"{name}.csv").write_text("rep_id\nc\n")
    (tmp_path / "crm_reps" / f"{name}.ndjson").write_text('{"rep_id": "n"}\n')
    (tmp_path / "crm_reps" / f"copied {name}.csv").write_bytes(
        "rep_id,name\nw,Zoë".encode("cp1252")
    )
    assert rows(connection, tmp_path, "crm_reps", "rep_id") == [("c",), ("n",), ("p",), ("w",)]
