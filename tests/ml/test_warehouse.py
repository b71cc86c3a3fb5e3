"""Reading and writing named tables of a warehouse."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lead_funnel.errors import UserError
from lead_funnel.warehouse import (
    has_table,
    open_warehouse,
    read_model_table,
    read_table,
    table_columns,
    write_model_tables,
)
from ml.model.registry import TABLES
from tests.ml.warehouse_builder import ML_TABLES

KEY = "0b0e7f0e-0000-4000-8000-000000000001"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create schema ml")
        connection.execute(
            'create table marts."odd ""table" as select * from (values '
            f"(cast('{KEY}' as uuid), 2, true, 'b', timestamp '2026-03-29 02:30:00', 1.5::double), "
            f"(cast('{KEY}' as uuid), null, null, null, timestamp '2026-01-01', null), "
            f"(cast('{KEY}' as uuid), 1, false, 'b', null, 0.5)) "
            'as t(lead_key, "select", is_it, "a ""word", seen_at, number)'
        )
        connection.execute("create table ml.numbers (name text, size int, seen_at timestamp)")
        connection.execute("create table ml.levels (level text, share double)")
        connection.execute("insert into ml.numbers values ('old', 1, null)")
        connection.execute("insert into ml.levels values ('old', 0.5)")
    return file


def test_rows_are_read_as_they_are_asked_for(path: Path) -> None:
    with open_warehouse(path, read_only=True) as connection:
        names = ["select", 'a "word', "lead_key"]
        found = read_table(connection, "marts", 'odd "table', names, order_by=["select"])
        chosen = read_table(
            connection, "marts", 'odd "table', ["number"], where={'a "word': "b", "select": 1}
        )
        assert table_columns(connection, "ml", "levels") == ["level", "share"]
    assert list(found.columns) == names
    assert found["select"].tolist()[:2] == [1, 2]
    assert found["select"].isna().tolist() == [False, False, True]
    assert found["lead_key"].tolist() == [KEY] * 3
    assert chosen["number"].tolist() == [0.5]


def test_types_survive(path: Path) -> None:
    with open_warehouse(path) as connection:
        found = read_table(connection, "marts", 'odd "table', order_by=["seen_at"])
    assert str(found["seen_at"].dtype) == "datetime64[us]"
    assert found["seen_at"].tolist()[1] == pd.Timestamp("2026-03-29 02:30:00")
    assert found["is_it"].tolist() == [None, True, False]
    assert str(found['a "word'].dtype) == "str"
    assert str(found["number"].dtype) == "float64"


def test_memory_is_as_it_was_set(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_FUNNEL_MEMORY", "3GB")
    with open_warehouse(path) as connection:
        limit = connection.execute("select current_setting('memory_limit')").fetchone()
    assert limit == ("2.7 GiB",)
    monkeypatch.setenv("LEAD_FUNNEL_MEMORY", "much")
    with pytest.raises(UserError, match="LEAD_FUNNEL_MEMORY is much"):
        open_warehouse(path)


def test_missing_tables_are_named(path: Path) -> None:
    with open_warehouse(path) as connection:
        assert has_table(connection, "ml", "numbers")
        assert not has_table(connection, "marts", "numbers")
        with pytest.raises(UserError, match=r"no table ml\.nothing"):
            read_model_table(connection, "nothing")
        with pytest.raises(UserError, match=r"no table ml\.nothing"):
            write_model_tables(connection, {"levels": pd.DataFrame(), "nothing": pd.DataFrame()})
        assert read_model_table(connection, "levels")["level"].tolist() == ["old"]


def test_written_rows_come_back(path: Path) -> None:
    rows = pd.DataFrame(
        {
            "seen_at": [pd.Timestamp("2026-02-03 04:05:06.789012"), pd.NaT],
            "name": ["one", None],
            "unknown": [1, 2],
        }
    )
    with open_warehouse(path) as connection:
        write_model_tables(connection, {"numbers": rows})
        found = read_model_table(connection, "numbers")
    assert list(found.columns) == ["name", "size", "seen_at"]
    assert found["name"].tolist()[0] == "one"
    assert found["name"].isna().tolist() == [False, True]
    assert found["size"].isna().all()
    assert found["seen_at"].tolist()[0] == rows["seen_at"][0]


def test_all_tables_are_written_or_none(path: Path) -> None:
    good = pd.DataFrame({"level": ["new"], "share": [0.1]})
    # The database refuses the second table after the first is written.
    with duckdb.connect(str(path)) as connection:
        connection.execute("create or replace table ml.numbers (name text check (name <> 'bad'))")
        connection.execute("insert into ml.numbers values ('old')")
    bad = pd.DataFrame({"name": ["bad"]})
    with open_warehouse(path) as connection:
        with pytest.raises(duckdb.ConstraintException):
            write_model_tables(connection, {"levels": good, "numbers": bad})
        assert read_model_table(connection, "levels")["level"].tolist() == ["old"]
        assert read_model_table(connection, "numbers")["name"].tolist() == ["old"]
        write_model_tables(connection, {"levels": good})
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("select level from ml.levels").fetchall() == [("new",)]


def test_moments_are_told_in_utc(path: Path) -> None:
    with open_warehouse(path) as connection:
        [(zone,)] = connection.execute("select current_setting('TimeZone')").fetchall()
    assert zone == "UTC"


def test_dbt_makes_every_table_that_a_version_is_written_to() -> None:
    assert set(TABLES) == set(ML_TABLES)
