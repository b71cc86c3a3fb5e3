"""What is written is for its owner, and what is printed cannot command a terminal."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lead_funnel.console import note, say
from lead_funnel.crm.export import export
from lead_funnel.crm.records import AS_STORED
from lead_funnel.raw.plugin import keep_private
from lead_funnel.report.report import write_report
from lead_funnel.warehouse import open_warehouse
from lead_funnel.words import printable, text


@pytest.fixture(autouse=True)
def usual_rights() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_dbt_makes_the_warehouse_and_what_is_beside_it_private(tmp_path: Path) -> None:
    old = tmp_path / "w.duckdb"
    old.write_text("made before")
    keep_private(str(old))
    assert rights(old) == 0o600
    beside = tmp_path / "w.duckdb.wal"
    beside.write_text("")
    assert rights(beside) == 0o600
    keep_private(":memory:")


def test_a_writer_leaves_nothing_that_others_can_read(warehouse: Path) -> None:
    with open_warehouse(warehouse) as connection:
        connection.execute("create table one as select 1 as one")
        log = warehouse.with_name("w.duckdb.wal")
        assert not log.exists() or rights(log) == 0o600


def test_files_for_the_crm_are_private_and_the_report_is_not(
    bare_warehouse: Path, tmp_path: Path
) -> None:
    row = {"crm_lead_id": "l1"}
    [file] = export([row | {AS_STORED: row}], tmp_path / "none", tmp_path / "sync", "csv")
    assert rights(file) == 0o600
    os.umask(0o077)
    write_report(bare_warehouse, tmp_path / "page.html")
    assert rights(tmp_path / "page.html") == 0o644


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b[2Jgone\x07", "[2Jgone"),
        ("over\rwritten\x08", "overwritten"),
        ("\x9b31mred \x7f", "31mred "),
        ("evil \u202etxt.exe\u2066", "evil txt.exe"),
        ("a\r\nb\tc\u00e9", "a\nb\tc\u00e9"),
    ],
)
def test_no_control_reaches_a_terminal(
    given: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printable(given) == shown
    say(given)
    note(given)
    told = capsys.readouterr()
    assert told.out == told.err == shown + "\n"


def test_a_cell_stays_in_its_line() -> None:
    assert text("one\ntwo\x1b[0m\u2028three") == "one two[0m three"
    assert text("x\r\njane@customer.example") == "x (address)"
