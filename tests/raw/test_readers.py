"""Each kind of file, and what a raw table's view makes of several."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt_common.exceptions import DbtRuntimeError

from lead_funnel.errors import UserError
from lead_funnel.raw.files import Found
from lead_funnel.raw.notes import warnings_of
from lead_funnel.raw.plugin import FUNCTION, Plugin, answer
from lead_funnel.raw.views import stranger_notes
from tests.raw.reading import CONTRACT, Connection, read_folder, rows


@pytest.fixture
def connection() -> Iterator[Connection]:
    with duckdb.connect() as opened:
        yield opened


def write_parquet(file: Path, query: str) -> None:
    file.parent.mkdir(exist_ok=True)
    duckdb.execute(f"copy ({query}) to '{file}' (format parquet)")


# Views


def test_every_kind_of_file_gives_the_same_columns(connection: Connection, tmp_path: Path) -> None:
    folder = tmp_path / "crm_leads"
    write_parquet(folder / "1.parquet", "select 1 as LEAD_ID, 'a' as email")
    (folder / "2.csv").write_text("email;Lead_ID\nb;2\n")
    (folder / "3.ndjson").write_text(json.dumps({"Lead_Id": 3, "email": "c"}) + "\nno JSON\n")
    found = rows(connection, tmp_path, "crm_leads", "lead_id", "email", "source_file")
    assert found == [
        ("1", "a", f"{folder}/1.parquet"),
        ("2", "b", f"{folder}/2.csv"),
        ("3", "c", f"{folder}/3.ndjson"),
        (None, None, f"{folder}/3.ndjson"),
    ]


def test_a_version_differs_when_the_file_does(connection: Connection, tmp_path: Path) -> None:
    file = tmp_path / "crm_reps.csv"
    versions = []
    for text in ("rep_id\n1\n", "rep_id\n1\n2\n"):
        file.write_text(text)
        versions.append({*rows(connection, tmp_path, "crm_reps", "source_version")})
    assert len(versions[0]) == len(versions[1]) == 1
    assert not versions[0] & versions[1]


def test_times_stay_times_only_where_all_files_have_them(
    connection: Connection, tmp_path: Path
) -> None:
    folder = tmp_path / "campaigns"
    write_parquet(
        folder / "1.parquet",
        "select '1' as campaign_id, timestamptz '2025-01-01 03:00:00-05:00' as started_at, "
        "date '2025-01-02' as ended_at",
    )
    kinds = ("typeof(started_at)", "typeof(ended_at)", "started_at::varchar")
    assert rows(connection, tmp_path, "campaigns", *kinds) == [
        ("TIMESTAMP", "TIMESTAMP", "2025-01-01 08:00:00")
    ]
    (folder / "2.csv").write_text("campaign_id,ended_at\n2,soon\n")
    assert {row[:2] for row in rows(connection, tmp_path, "campaigns", *kinds)} == {
        ("TIMESTAMP", "VARCHAR")
    }


def test_nested_values_become_json(connection: Connection, tmp_path: Path) -> None:
    write_parquet(tmp_path / "web_events.parquet", "select 1 as event_id, {'a': [1]} as properties")
    assert rows(connection, tmp_path, "web_events", "properties") == [('{"a":[1]}',)]


def test_parquet_files_of_several_schemas_are_read(connection: Connection, tmp_path: Path) -> None:
    folder = tmp_path / "crm_reps"
    write_parquet(folder / "1.parquet", "select 1 as rep_id")
    write_parquet(folder / "2.parquet", "select 'two' as rep_id, 'Bo' as name")
    write_parquet(folder / "3.parquet", "select 3 as rep_id")
    assert rows(connection, tmp_path, "crm_reps", "rep_id", "name") == [
        ("1", None),
        ("3", None),
        ("two", "Bo"),
    ]


def test_short_and_overlong_lines_are_told_apart(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "crm_reps.csv").write_text('rep_id,name\n1\n2,"a\nb"\n3,c,d\n')
    assert rows(connection, tmp_path, "crm_reps", "rep_id", "name", "surplus_value is null") == [
        ("1", None, True),
        ("2", "a\nb", True),
        ("3", "c", False),
    ]


def test_a_blank_first_line_hides_no_rows(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "crm_leads.csv").write_text("\n \nlead_id\nL1\n")
    assert rows(connection, tmp_path, "crm_leads", "lead_id") == [("L1",)]


@pytest.mark.parametrize("text", ["", "\n", " \n\n"])
def test_a_blank_file_holds_no_rows(connection: Connection, tmp_path: Path, text: str) -> None:
    (tmp_path / "crm_leads.csv").write_text(text)
    assert rows(connection, tmp_path, "crm_leads", "lead_id") == []


def test_an_empty_setting_does_not_search_the_whole_disk(connection: Connection) -> None:
    assert "LEAD_FUNNEL_RAW is empty" in answer(connection, " ", "memory", Path("intake"))["error"]


def test_a_table_without_files_is_empty(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "crm_reps.csv").write_text("rep_id\n1\n")
    (tmp_path / "crm_leads.csv").write_text("")
    assert list(read_folder(connection, tmp_path).selects) == list(CONTRACT)
    for table in ("crm_leads", "campaigns"):
        assert rows(connection, tmp_path, table, "*") == []


# What people are told


def test_strangers_are_named_in_one_warning() -> None:
    names = [f"x{number}.csv" for number in range(7)]
    (warning,) = warnings_of(stranger_notes(Found({}, names), CONTRACT), "raw")
    assert "'x0.csv', 'x1.csv', 'x2.csv' and 4 more (in 'raw'): not read" in warning
    (warning,) = warnings_of(stranger_notes(Found({}, names[:2]), CONTRACT), "raw")
    assert "'x0.csv' and 'x1.csv' (in 'raw'): not read" in warning
    assert stranger_notes(Found(), CONTRACT) == []


def test_a_name_like_a_tables_is_said() -> None:
    (note,) = stranger_notes(Found({}, ["crm_lead/2025.csv"]), CONTRACT)
    assert "Is it crm_leads?" in note.remedy


def test_nothing_at_all_is_an_error_only_where_it_matters(
    connection: Connection, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="LEAD_FUNNEL_RAW"):
        read_folder(connection, tmp_path)
    assert read_folder(connection, tmp_path, needed=False).selects == {}


def test_tables_of_a_loader_have_no_view(connection: Connection, tmp_path: Path) -> None:
    made = read_folder(connection, tmp_path, ("crm_leads",)).selects
    assert made.keys() == CONTRACT.keys() - {"crm_leads"}
    (tmp_path / "crm_leads.csv").write_text("lead_id\n1\n")
    with pytest.raises(UserError, match="a table that a loader wrote"):
        read_folder(connection, tmp_path, ("crm_leads",))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("crm_leads.csv", b"Identifiant\n1\n", "has none of the columns of crm_leads"),
        ("crm_leads.parquet", b"lead_id\n1\n", "crm_leads.parquet"),
    ],
)
def test_a_file_that_is_no_file_of_its_table_is_named(
    connection: Connection, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=says):
        read_folder(connection, tmp_path)


# The plugin


def ask(connection: Connection, folder: Path, needed: bool = True) -> dict[str, Any]:
    (row,) = connection.execute(
        f"select {FUNCTION}(?, current_database(), ?, 0.5, '[]', '')", [str(folder), needed]
    ).fetchall()
    said: dict[str, Any] = json.loads(row[0])
    return said


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    path = str(tmp_path / "w.duckdb")
    return Plugin("lead_funnel", {}, DuckDBCredentials(database="w", schema="main", path=path))


def test_the_plugin_answers_within_a_transaction(plugin: Plugin, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    with duckdb.connect(plugin.creds.path) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.crm_leads as select 1 as lead_id")
        plugin.configure_connection(connection)
        connection.begin()
        said = ask(connection, raw)
        assert said["error"] is None
        assert len(said["selects"]) == len(CONTRACT) - 1
        (raw / "crm_leads.csv").write_text("lead_id\n1\n")
        (raw / "lead.csv").write_text("")
        said = ask(connection, raw)
        assert "a table that a loader wrote" in said["error"]
        assert "lead.csv" in said["warnings"][0]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("ml.duckdb", "ml"),
        ("Sync.duckdb", "Sync"),
        ("main.duckdb", "main"),
        ("temp.duckdb", "temp"),
        ("marts.new.duckdb", "marts"),
        (".raw.duckdb", "raw"),
        ("seeds", "seeds"),
    ],
)
def test_a_warehouse_cannot_bear_the_name_of_a_schema(tmp_path: Path, file: str, name: str) -> None:
    """DuckDB would not know whether `ml.model_terms` is of the schema or of the database."""
    credentials = DuckDBCredentials(database="w", schema="main", path=str(tmp_path / file))
    with pytest.raises(DbtRuntimeError, match=f"cannot be named {name}: .* Set LEAD_FUNNEL_DB"):
        Plugin("lead_funnel", {}, credentials)


@pytest.mark.parametrize("file", ["my data.duckdb", "1.duckdb", "new.ml.duckdb", "ml2.duckdb"])
def test_a_warehouse_may_bear_any_other_name(tmp_path: Path, file: str) -> None:
    path = tmp_path / file
    Plugin("lead_funnel", {}, DuckDBCredentials(database="w", schema="main", path=str(path)))
    with duckdb.connect(str(path)) as opened:
        opened.execute("create schema ml; create table ml.model_terms as select 1 as term")
        assert opened.execute("select term from ml.model_terms").fetchall() == [(1,)]


def test_a_folder_that_cannot_be_read_is_an_answer(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Found:
        raise duckdb.IOException("no such bucket")

    monkeypatch.setattr("lead_funnel.raw.plugin.find_files", refuse)
    said = answer(connection, "s3://raw", "memory", Path("intake"))
    assert said.pop("notes").endswith("where false)")
    assert said == {
        "selects": {},
        "exports": {},
        "warnings": [],
        "error": "The raw files in 's3://raw' cannot be read: no such bucket",
    }


@pytest.mark.slow
def test_a_second_connection_to_a_warehouse_outlives_the_first(
    plugin: Plugin, tmp_path: Path
) -> None:
    first = duckdb.connect(plugin.creds.path)
    plugin.configure_connection(first)
    with duckdb.connect(plugin.creds.path) as second:
        plugin.configure_connection(second)
        first.close()
        del first
        gc.collect()
        assert "No raw tables in the folder" in ask(second, tmp_path / "nowhere")["error"]
        assert ask(second, tmp_path / "nowhere", needed=False)["selects"] == {}
