"""Bytes that no standard asks for and programs write nevertheless."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from lead_funnel.raw.notes import warnings_of
from lead_funnel.raw.views import notes_select
from tests.raw.reading import Connection, kinds, read_folder, rows

TABLE = "rep_id,name\nr1,Zoë\nr2,Bo\n"
LINES = '{"rep_id": "r1", "name": "Zoë"}\n{"rep_id": "r2", "name": "Bo"}\n'
LISTED = "[" + LINES.strip().replace("}\n", "},\n")
READ = [("r1", "Zoë"), ("r2", "Bo")]


@pytest.fixture
def connection() -> Iterator[Connection]:
    with duckdb.connect() as opened:
        yield opened


def reps(connection: Connection, folder: Path, name: str, data: bytes) -> list[tuple[str | None]]:
    (folder / name).write_bytes(data)
    return rows(connection, folder, "crm_reps", "rep_id", "name")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        # Written as text by what writes both characters itself.
        ("crm_reps.csv", TABLE.replace("\n", "\r\r\n").encode()),
        ("crm_reps.csv", 'rep_id,name\r\r\nr1,"Zoë"\r\r\nr2,Bo'.encode()),
        # The mark of an old end of file, alone on its line or behind the last value.
        ("crm_reps.csv", TABLE.encode() + b"\x1a"),
        ("crm_reps.csv", TABLE.strip().encode() + b"\x1a"),
        ("crm_reps.csv", TABLE.replace("r2", "\x1a\nr2").encode() + b"\x1a\r\n"),
        ("crm_reps.ndjson", LINES.encode() + b"\x1a"),
        # A delimiter too many, in all lines or in one.
        ("crm_reps.csv", TABLE.replace("\n", ",\n").encode()),
        ("crm_reps.csv", TABLE.replace("Bo", "Bo,").encode()),
        # A line end of one byte, appended to text of two bytes a character.
        ("crm_reps.csv", TABLE.encode("utf-16") + b"\n"),
        ("crm_reps.ndjson", LINES.encode("utf-16-le") + b"\n"),
    ],
)
def test_line_ends_and_ends_of_files_are_no_rows(
    connection: Connection, tmp_path: Path, name: str, data: bytes
) -> None:
    assert reps(connection, tmp_path, name, data) == READ
    assert kinds(read_folder(connection, tmp_path)) == set()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("crm_reps.csv", LINES.encode()),
        ("crm_reps.csv", LINES.encode("utf-16")),
        # Its time would be in the name of the test, and each worker would know another.
        ("crm_reps.csv.gz", gzip.compress(LINES.encode(), mtime=0)),
        ("crm_reps.csv", LISTED.encode() + b"]"),
        ("crm_reps.json", TABLE.encode()),
        ("crm_reps.ndjson", TABLE.encode("utf-16")),
    ],
)
def test_what_is_in_a_file_counts_more_than_its_name(
    connection: Connection, tmp_path: Path, name: str, data: bytes
) -> None:
    assert reps(connection, tmp_path, name, data) == READ


@pytest.mark.parametrize("name", ["crm_reps.csv", "crm_reps.json"])
def test_lists_of_lists_are_not_taken_for_a_header(
    connection: Connection, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text('[["rep_id", "name"], ["r1", "Zoe"]]')
    views = read_folder(connection, tmp_path, max_unreadable=1)
    assert kinds(views) == {("unreadable", name)}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "columns",
    [
        {"rep_id": {"0": "r1", "1": "r2"}, "name": {"0": "Zoë", "1": "Bo"}, "x": {}},
        {"repId": ["r1", "r2"], "name": ["Zoë", "Bo"], "x": [1]},
    ],
)
def test_json_by_column_is_read_by_row(
    connection: Connection, tmp_path: Path, columns: dict[str, object], indent: int | None
) -> None:
    data = json.dumps(columns, indent=indent).encode()
    assert reps(connection, tmp_path, "crm_reps.json", data) == READ


def test_json_cut_off_between_two_objects_is_said(connection: Connection, tmp_path: Path) -> None:
    cut = f"{LISTED},\n".encode()
    assert reps(connection, tmp_path, "crm_reps.json", cut) == [*READ, (None, None)]
    assert kinds(read_folder(connection, tmp_path)) == {("broken_json", "crm_reps.json")}


def test_half_a_character_costs_no_line(connection: Connection, tmp_path: Path) -> None:
    lines = b'{"rep_id": "r1", "name": "a\\ud83d"}\n{"rep_id": "r2", "name": "\\uD83D\\uDE00"}\n'
    assert reps(connection, tmp_path, "crm_reps.ndjson", lines) == [("r1", "a?"), ("r2", "😀")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # What keeps a spreadsheet from cutting the zeros.
        ('rep_id,name\n="007",Zoë\n="08","=""+49 30"""\n', [("007", "Zoë"), ("08", "+49 30")]),
        ('rep_id;name\nr1;="1,5"\n', [("r1", "1,5")]),
        # Text with such characters, and a value that only begins so.
        ('rep_id,name\nr1,"a href=""x"""\nr2,=1+1\n', [("r1", 'a href="x"'), ("r2", "=1+1")]),
        ("'rep_id','name'\n'r1','O''Neil'\n'r2',\n", [("r1", "O'Neil"), ("r2", None)]),
        # Of a header without such quotes they are letters.
        ("rep_id,name\n'r1','Zoë'\n", [("'r1'", "'Zoë'")]),
    ],
)
def test_wrapped_values_are_unwrapped(
    connection: Connection, tmp_path: Path, text: str, found: list[tuple[str | None]]
) -> None:
    assert reps(connection, tmp_path, "crm_reps.csv", text.encode()) == found


ODD_NAMES = (
    *("two\nlines", "\x1b[31mred", "it's", 'q"q', "'; drop table x; --", "*[a]?", "{x,y}"),
    *("tab\t", "a%20b", "\u00fc", "u\u0308", " blank ", "-rf", "$HOME", "k=v/part=1/x"),
    *("\u202eback", "a\\b", "#h", "a&b", "n" * 240),
)


def test_any_text_may_name_a_file_and_none_reaches_a_terminal(
    connection: Connection, tmp_path: Path
) -> None:
    folder = tmp_path / "crm_reps"
    for number, name in enumerate(ODD_NAMES):
        file = folder / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"rep_id\nr{number}\n")
    (folder / "bad\x1b]0;title\x07\n.parquet").write_bytes(b"")
    found = rows(connection, tmp_path, "crm_reps", "rep_id")
    assert {one for (one,) in found} == {f"r{number}" for number in range(len(ODD_NAMES))}
    assert len(found) == len(ODD_NAMES)
    views = read_folder(connection, tmp_path)
    (warning,) = warnings_of(views.notes, "raw")
    assert warning.startswith("'crm_reps/bad?]0;title??.parquet': not read: it is empty")
    noted = connection.execute(notes_select(views.notes)).fetchall()
    assert [row[1] for row in noted] == ["crm_reps/bad?]0;title??.parquet"]
