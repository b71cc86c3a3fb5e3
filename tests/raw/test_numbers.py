"""Numbers are read as a column of a file writes them, or not at all: never as another number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from bench.intake_files import write_workbook
from tests.raw.reading import Connection, kinds, read_folder, rows


@pytest.fixture
def connection() -> Iterator[Connection]:
    with duckdb.connect() as opened:
        yield opened


def amounts(
    connection: Connection, folder: Path, values: list[str], delimiter: str = ";"
) -> list[str]:
    lines = [delimiter.join(["opportunity_id", "amount"])]
    lines += [delimiter.join([f"o{number:02}", value]) for number, value in enumerate(values)]
    (folder / "crm_opportunities.csv").write_text("\n".join(lines) + "\n")
    found = rows(connection, folder, "crm_opportunities", "opportunity_id", "amount")
    return [amount for _, amount in found]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        # The other values of the column tell which mark is which.
        (["1200,50", "12.000", "7"], ["1200.50", "12000", "7"]),
        (["1.200,50", "-12.000,1", "1.234.567"], ["1200.50", "-12000.1", "1234567"]),
        (["1200.50", "12.000"], ["1200.50", "12.000"]),
        (["0,125", "12,000"], ["0.125", "12.000"]),
        # Nothing tells, or both: not read.
        (["12.000", "7"], ["12.000?", "7"]),
        (["1200,50", "1200.50", "12.000"], ["1200.50", "1200.50", "12.000?"]),
        # Marks that part thousands, and what stands around a number.
        (["1 200,50", "1\u202f200,50", "1'200,50"], ["1200.50"] * 3),
        (["1.200,50 €", "EUR 12.000"], ["1200.50 €", "EUR 12000"]),
        # No numbers: as they came.
        (["1200,50", "51-200", "", "soon"], ["1200.50", "51-200", None, "soon"]),
    ],
)
def test_a_column_tells_how_it_is_written(
    connection: Connection, tmp_path: Path, values: list[str], read: list[str]
) -> None:
    assert amounts(connection, tmp_path, values) == read


def test_commas_between_values_leave_points_what_they_are(
    connection: Connection, tmp_path: Path
) -> None:
    assert amounts(connection, tmp_path, ["12.000", "7.5", "100"], ",") == ["12.000", "7.5", "100"]
    assert amounts(connection, tmp_path, ['"1.200,50"', "12.000"], ",") == ["1200.50", "12000"]


def test_whole_numbers_have_no_fractions_that_are_not_zero(
    connection: Connection, tmp_path: Path
) -> None:
    text = "lead_id;employee_count\nl1;1.250\nl2;12.000\nl3;7\n"
    (tmp_path / "crm_leads.csv").write_text(text)
    found = rows(connection, tmp_path, "crm_leads", "lead_id", "employee_count")
    assert found == [("l1", "1250"), ("l2", "12000"), ("l3", "7")]


def test_files_decide_each_for_itself(connection: Connection, tmp_path: Path) -> None:
    folder = tmp_path / "crm_opportunities"
    folder.mkdir()
    (folder / "a.csv").write_text("opportunity_id;stage_name;amount\n1;x;1,5\n2;x;12.000\n")
    (folder / "b.csv").write_text("opportunity_id;stage_name;amount\n3;x;1.5\n4;x;12.000\n")
    found = rows(connection, tmp_path, "crm_opportunities", "opportunity_id", "amount")
    assert found == [("1", "1.5"), ("2", "12000"), ("3", "1.5"), ("4", "12.000")]
    said = kinds(read_folder(connection, tmp_path))
    assert said == {("decimal_commas", "crm_opportunities/a.csv")} | {
        ("missing_time", f"crm_opportunities/{name}.csv") for name in "ab"
    }


def test_numbers_that_are_no_text_are_what_they_are(connection: Connection, tmp_path: Path) -> None:
    folder = tmp_path / "crm_opportunities"
    folder.mkdir()
    cells = [["opportunity_id", "amount"], ["1", 12.345], ["2", 12000.0], ["3", "1.200,5"]]
    write_workbook(folder / "book.xlsx", cells)
    (folder / "list.json").write_text('[{"opportunity_id": 4, "amount": 12.345}]')
    found = rows(connection, tmp_path, "crm_opportunities", "opportunity_id", "amount")
    assert found == [("1", "12.3450"), ("2", "12000"), ("3", "1200.5"), ("4", "12.345")]


def test_ids_that_a_spreadsheet_cut_are_said(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "crm_reps.csv").write_text("rep_id,name\n1.23457E+11,Bo\n1.23457E+11,Ed\n")
    (note,) = read_folder(connection, tmp_path).notes
    assert note.kind == "damaged_ids"
    assert note.message.startswith("2 lines with an id")
