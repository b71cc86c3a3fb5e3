"""Which files belong to which raw table."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lead_funnel.raw.files import RawFile, find_files, glob_pattern, path_list, sort_files

TABLES = ("crm_leads", "crm_reps")


@pytest.mark.parametrize(
    ("name", "table", "kind"),
    [
        ("crm_leads.csv", "crm_leads", "csv"),
        ("crm_leads.PARQUET", "crm_leads", "parquet"),
        ("crm_leads.2025-01-01.ndjson", "crm_leads", "ndjson"),
        ("crm_leads/anything.csv", "crm_leads", "csv"),
        ("crm_leads/day=1/hour=2/part.parquet", "crm_leads", "parquet"),
        ("crm_leads/crm_reps.csv", "crm_leads", "csv"),
        ("CRM_Leads.CSV", "crm_leads", "csv"),
        ("CRM Leads/export.csv", "crm_leads", "csv"),
        ("crm-leads.tsv", "crm_leads", "csv"),
        ("crm_leads.txt", "crm_leads", "csv"),
        ("crm_leads/part.csv.gz", "crm_leads", "csv"),
        ("crm_leads/part.jsonl", "crm_leads", "ndjson"),
        ("crm_leads/export.JSON", "crm_leads", "ndjson"),
        ("crm_leads.ndjson.gz", "crm_leads", "ndjson"),
        ("crm_leads.xlsx", "crm_leads", "xlsx"),
        ("crm_leads.csv/part-0.csv", "crm_leads", "csv"),
    ],
)
def test_a_file_belongs_to_the_table_it_is_named_after(name: str, table: str, kind: str) -> None:
    found = sort_files([name], TABLES, "in/")
    assert found.tables == {table: [RawFile(f"in/{name}", kind)]}
    assert found.strangers == []


@pytest.mark.parametrize(
    "name",
    [
        "crm_lead.csv",
        "other/crm_leads.csv",
        "crm_leads.xls",
        "crm_leads.csv.zip",
        "crm_leads/part.csv.zst",
        "crm_leads/part.parquet.gz",
    ],
)
def test_data_of_no_table_is_a_stranger(name: str) -> None:
    found = sort_files([name], TABLES)
    assert found.tables == {}
    assert found.strangers == [name]


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        ".crm_leads.csv",
        "crm_leads/_tmp.csv",
        "crm_leads/.part.parquet",
        "README",
        "__MACOSX/._crm_leads.csv",
        "crm_leads/.ipynb_checkpoints/a-checkpoint.csv",
        "crm_leads/_delta_log/1.checkpoint.parquet",
        "crm_leads/~$export.xlsx",
    ],
)
def test_what_is_hidden_or_no_data_is_passed_over(name: str) -> None:
    found = sort_files([name], TABLES)
    assert (found.tables, found.strangers) == ({}, [])


def test_kinds_are_kept_apart_in_order() -> None:
    found = sort_files(["crm_leads/1.csv", "crm_leads/2.parquet", "crm_leads/3.csv"], TABLES)
    assert found.of_kind("crm_leads", "csv") == ["crm_leads/1.csv", "crm_leads/3.csv"]
    assert found.of_kind("crm_reps", "csv") == []


@pytest.mark.parametrize("end", ["", "/", "//", "/./"])
def test_a_folder_may_be_spelt_in_any_way(tmp_path: Path, end: str) -> None:
    folder = tmp_path / "it's [a] *raw* folder?"
    (folder / "crm_leads").mkdir(parents=True)
    (folder / "crm_leads" / "it's [one].csv").write_text("lead_id\n")
    (folder / "wrong.csv").write_text("lead_id\n")
    with duckdb.connect() as connection:
        found = find_files(connection, f"{folder}{end}", TABLES)
        paths = found.of_kind("crm_leads", "csv")
        assert paths == [f"{folder}/crm_leads/it's [one].csv"]
        assert found.strangers == ["wrong.csv"]
        read = connection.execute(f"select filename from read_blob({path_list(paths)})").fetchall()
        assert read == [(paths[0],)]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        assert find_files(connection, str(tmp_path / "nowhere"), TABLES).tables == {}


def test_links_are_followed_and_none_goes_round(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_text("lead_id\n")
    (tmp_path / "elsewhere" / "round").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "crm_leads").symlink_to("../elsewhere")
    (tmp_path / "raw" / "crm_reps.csv").symlink_to("../elsewhere/a.csv")
    (tmp_path / "linked").symlink_to("raw")
    with duckdb.connect() as connection:
        found = find_files(connection, str(tmp_path / "linked"), TABLES)
    root = f"{tmp_path}/linked/"
    assert found.of_kind("crm_leads", "csv") == [f"{root}crm_leads/a.csv"]
    assert found.of_kind("crm_reps", "csv") == [f"{root}crm_reps.csv"]


def test_a_pattern_matches_only_its_path() -> None:
    assert glob_pattern("a*b?[c]") == "a[*]b[?][[]c]"
