"""Files that cannot be read, and the folder of copies beside the warehouse."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from bench.intake_files import write_workbook
from lead_funnel.errors import UserError
from lead_funnel.raw.notes import warnings_of
from lead_funnel.raw.plugin import answer
from lead_funnel.raw.shelf import INDEX
from lead_funnel.raw.views import notes_select
from tests.raw.reading import Connection, kinds, read_folder, rows

GOOD = "rep_id,name\nr0,Al\n"
ZIPPED = gzip.compress(("rep_id,name\n" + "".join(f"r{n},x{n * n}\n" for n in range(999))).encode())


@pytest.fixture
def connection() -> Iterator[Connection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds a good file of the table crm_reps."""
    made = tmp_path / "raw" / "crm_reps"
    made.mkdir(parents=True)
    (made / "good.csv").write_text(GOOD)
    return made


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("bad.parquet", b"", "empty"),
        ("bad.parquet", b"PAR1 and no more", "truncated"),
        ("bad.parquet", b"PAR1 wrong within PAR1", "unreadable"),
        ("bad.parquet", b"rep_id\n1\n", "wrong_format"),
        ("bad.csv.gz", ZIPPED[:200], "truncated"),
        ("bad.csv", ZIPPED[:200], "truncated"),
        ("bad.csv", b"PAR1 and so on", "wrong_format"),
        ("bad.csv", b"<!DOCTYPE html><html>", "wrong_format"),
        ("bad.csv", b"PK\x03\x04 and so on", "unreadable"),
        ("bad.xlsx", b"PK\x03\x04 and so on", "unreadable"),
        ("bad.xlsx", b"no workbook", "unreadable"),
        ("bad.csv", b"Nome;Cognome\nx;y\n", "no_columns"),
        ("bad.csv", b"reps_id;nam3\nx;y\n", "no_columns"),
        ("bad.csv", b"event_id,occurred_at\ne1,2025-01-01\n", "other_table"),
        ("bad.csv", b"Record ID,Lifecycle Stage,Contact owner\n1,lead,Bo\n", "other_tool"),
        ("bad.ndjson", b'{"properties": {"rep_id": 1, "name": "x"}}\n', "nested"),
        ("bad.ndjson", b"no JSON\nat all\n", "unreadable"),
        ("bad.json", b'[1, 2, "x"]', "unreadable"),
    ],
)
def test_one_file_that_cannot_be_read_stops_nothing(
    connection: Connection, folder: Path, name: str, data: bytes, kind: str
) -> None:
    (folder / name).write_bytes(data)
    assert rows(connection, folder.parent, "crm_reps", "rep_id") == [("r0",)]
    views = read_folder(connection, folder.parent)
    (note,) = views.notes
    assert (note.kind, note.file, note.table) == (kind, f"crm_reps/{name}", "crm_reps")
    assert note.is_quarantined
    assert note.size_bytes == len(data)
    (sentence,) = warnings_of(views.notes, "raw")
    assert sentence.startswith(f"'crm_reps/{name}': not read: it ")
    assert note.remedy


def test_a_link_that_leads_nowhere_is_named(connection: Connection, folder: Path) -> None:
    (folder / "lost.csv").symlink_to(folder / "nowhere.csv")
    assert kinds(read_folder(connection, folder.parent)) == {("missing", "crm_reps/lost.csv")}


def test_a_name_that_is_no_text_is_named(connection: Connection, folder: Path) -> None:
    odd = os.fsencode(folder) + b"/\xff.csv"
    Path(os.fsdecode(odd)).write_text(GOOD)
    views = read_folder(connection, folder.parent)
    assert [note.kind for note in views.notes] == ["odd_name"]
    assert connection.execute(notes_select(views.notes)).fetchall()[0][1] == "crm_reps/?.csv"


def test_too_many_such_files_stop_the_build(connection: Connection, folder: Path) -> None:
    (folder / "1.parquet").write_bytes(b"")
    (folder / "2.parquet").write_bytes(b"")
    with pytest.raises(UserError, match="2 of the 3 files of crm_reps cannot be read") as error:
        read_folder(connection, folder.parent)
    assert "'crm_reps/1.parquet': not read: it is empty" in str(error.value)
    assert "\n" not in str(error.value)
    assert read_folder(connection, folder.parent, max_unreadable=0.7).selects
    said = answer(connection, str(folder.parent), "memory", folder.parents[1] / "i")
    assert len(said["warnings"]) == 1


def test_a_view_of_somebodys_own_stays_as_it_is(connection: Connection, folder: Path) -> None:
    connection.execute(
        "create schema raw; create view raw.crm_accounts as select 'a1' as account_id"
    )
    (folder / "own.csv").write_text("rep_id,name\nr1,Bo\n")
    said = answer(connection, str(folder.parent), "memory", folder.parents[1] / "i")
    assert "crm_accounts" not in said["selects"]
    connection.execute(f"create view raw.crm_reps as {said['selects']['crm_reps']}")
    again = answer(connection, str(folder.parent), "memory", folder.parents[1] / "i")
    assert "crm_reps" in again["selects"], "a view over files is made anew"
    (folder.parent / "crm_accounts.csv").write_text("account_id\na2\n")
    both = answer(connection, str(folder.parent), "memory", folder.parents[1] / "i")
    assert "or a view of your own, and there is also the file" in both["error"]


def test_near_misses_and_missing_keys_are_said(connection: Connection, folder: Path) -> None:
    (folder / "typo.csv").write_text("repp_id,name\nr1,Bo\n")
    views = read_folder(connection, folder.parent)
    assert kinds(views) == {
        ("near_miss", "crm_reps/typo.csv"),
        ("missing_key", "crm_reps/typo.csv"),
    }
    assert any("`repp_id` looks like `rep_id`" in note.message for note in views.notes)
    # Its rows are seen: quarantined in staging, each with its values.
    assert (None, "Bo") in rows(connection, folder.parent, "crm_reps", "rep_id", "name")


def test_a_column_that_no_file_has_is_said_with_its_cost(
    connection: Connection, tmp_path: Path
) -> None:
    raw = tmp_path / "raw" / "crm_opportunities"
    raw.mkdir(parents=True)
    (raw / "a.csv").write_text("opportunity_id,created_at\no1,2025-01-01\n")
    (raw / "b.ndjson").write_text('{"opportunityId": 2, "createdAt": 1, "stageName": "x"}\n')
    (note,) = read_folder(connection, raw.parent).notes
    assert (note.kind, note.file, note.table) == ("missing_column", None, "crm_opportunities")
    assert warnings_of([note], "raw") == [
        "crm_opportunities: no file has `amount`: no money is counted. Export it."
    ]


def test_a_workbook_is_read(connection: Connection, folder: Path) -> None:
    cells: list[list[str | float]] = [["All reps"], ["Rep ID", "Name"], [7.0, "Zoë"], ["r8", "Ed"]]
    write_workbook(folder / "book.xlsx", cells)
    assert rows(connection, folder.parent, "crm_reps", "rep_id", "name", "source_file")[0] == (
        "7",
        "Zoë",
        f"{folder}/book.xlsx",
    )
    assert kinds(read_folder(connection, folder.parent)) == {("title_lines", "crm_reps/book.xlsx")}


def test_copies_are_private_used_again_and_removed(
    connection: Connection, folder: Path, tmp_path: Path
) -> None:
    intake = tmp_path / "w.duckdb.intake"
    file = folder / "old.csv"
    file.write_bytes("rep_id,name\nr1,Zoë\n".encode("cp1252"))
    first = read_folder(connection, folder.parent, intake=intake)
    (copy,) = intake.glob("*.csv")
    assert [oct(path.stat().st_mode & 0o777) for path in (intake, copy, intake / INDEX)] == [
        "0o700",
        "0o600",
        "0o600",
    ]
    made = copy.stat().st_ino
    again = read_folder(connection, folder.parent, intake=intake)
    assert (again.selects, again.notes) == (first.selects, first.notes)
    assert copy.stat().st_ino == made
    # A build that finds its copy or the index gone makes them anew.
    copy.unlink()
    assert read_folder(connection, folder.parent, intake=intake).selects == first.selects
    (intake / INDEX).write_text("{")
    assert read_folder(connection, folder.parent, intake=intake).selects == first.selects
    assert json.loads((intake / INDEX).read_text())["files"]
    file.unlink()
    read_folder(connection, folder.parent, intake=intake)
    assert list(intake.glob("*.csv")) == []


def test_files_that_need_no_copy_leave_none(
    connection: Connection, folder: Path, tmp_path: Path
) -> None:
    intake = tmp_path / "intake"
    read_folder(connection, folder.parent, intake=intake)
    assert [path.name for path in intake.iterdir()] == [INDEX]


def test_a_version_differs_with_how_a_file_is_read(connection: Connection, folder: Path) -> None:
    """An increment reads a file again when another way to read it is found."""
    before = rows(connection, folder.parent, "crm_reps", "source_version")
    stat = (folder / "good.csv").stat()
    (folder / "good.csv").write_text("Rep_id,nam\nr0,Al\n"[: len(GOOD)].ljust(len(GOOD)))
    os.utime(folder / "good.csv", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert before != rows(connection, folder.parent, "crm_reps", "source_version")


def test_nothing_that_a_row_holds_is_said(connection: Connection, tmp_path: Path) -> None:
    secret = "ann@private.example"
    raw = tmp_path / "raw"
    raw.mkdir()
    texts = {
        "crm_leads.csv": f'lead_id,email\nl1,"{secret}\nl2,{secret}" x\n',
        "crm_reps.csv": f"{secret}\n{secret}\n",
        "crm_contacts.ndjson": f'{{"{secret}": 1, "contact_id": "{secret}\n',
        "crm_accounts.csv": f'account_id,name\na1,"{secret}\n',
    }
    for name, text in texts.items():
        (raw / name).write_bytes(text.encode() + b"\xff\n")
    with_error = answer(connection, str(raw), "memory", tmp_path / "intake")
    assert with_error["error"]
    assert secret not in json.dumps(with_error)
    lenient = answer(connection, str(raw), "memory", tmp_path / "intake", max_unreadable=1)
    assert lenient["error"] is None
    assert secret not in json.dumps(lenient)
    assert secret not in (tmp_path / "intake" / INDEX).read_text()
