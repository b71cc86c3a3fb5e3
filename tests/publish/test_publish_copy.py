"""The copy is whole, holds nothing personal, and replaces the old one at once."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lead_funnel.command.app import main
from lead_funnel.errors import UserError
from lead_funnel.publish import files
from lead_funnel.publish.copy import publish
from lead_funnel.warehouse import published_path
from tests.publish.conftest import REP_ID

ADDRESS = "jane.doe@customer.example"


def tables_of(file: Path) -> set[tuple[str, str, str]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return set(
            connection.execute(
                "select table_schema, table_name, table_type from information_schema.tables"
            ).fetchall()
        )


def test_copy_holds_marts_and_ml_as_tables_and_nothing_else(warehouse: Path) -> None:
    assert main(["publish", "--db", str(warehouse)]) == 0
    found = tables_of(published_path(warehouse))
    assert {schema for schema, _, _ in found} == {"marts", "ml"}
    assert {kind for _, _, kind in found} == {"BASE TABLE"}
    assert "quarantined_rows" not in {table for _, table, _ in found}
    assert {"dim_leads", "routable_leads", "model_terms"} <= {table for _, table, _ in found}


def test_rows_are_those_of_the_warehouse(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("update marts.publishing_rules set rep_level_reporting = true")
    to = tmp_path / "elsewhere" / "it's a copy.duckdb"
    copied = publish(warehouse, to)
    assert copied
    with (
        duckdb.connect(str(warehouse), read_only=True) as one,
        duckdb.connect(str(to), read_only=True) as other,
    ):
        for schema, table in copied:
            query = f"select * from {schema}.{table} order by all"
            assert one.execute(query).fetchall() == other.execute(query).fetchall()


def test_the_copy_names_no_rep_beside_what_became_of_leads(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("alter table marts.fct_handoffs add column owner_id varchar")
        writer.execute(f"update marts.fct_handoffs set owner_id = '{REP_ID}'")
    publish(warehouse, published_path(warehouse))
    with duckdb.connect(str(published_path(warehouse)), read_only=True) as copy:
        for table in ("dim_leads", "fct_handoffs"):
            owners = copy.execute(f"select distinct owner_id from marts.{table}").fetchall()
            assert owners == [(None,)], table
        # Somebody must call.
        assert copy.execute("select owner_id from marts.routable_leads").fetchall() == [(REP_ID,)]


def test_only_the_owner_can_open_the_copy(warehouse: Path) -> None:
    before = os.umask(0)
    try:
        publish(warehouse, published_path(warehouse))
        assert os.umask(0) == 0, "what else the process writes is its own affair"
    finally:
        os.umask(before)
    assert published_path(warehouse).stat().st_mode & 0o777 == 0o600


def test_what_a_killed_publisher_left_goes_at_once(warehouse: Path) -> None:
    to = published_path(warehouse)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    dead = [to.with_name(f".{to.name}.{ended.pid}.new{end}") for end in ("", ".wal")]
    alive = to.with_name(f".{to.name}.{os.getppid()}.new")
    for file in (*dead, alive):
        file.write_text("half a copy")
    publish(warehouse, to)
    assert not [file for file in dead if file.exists()]
    assert alive.exists()


def test_copy_can_be_opened_by_older_clients(warehouse: Path) -> None:
    publish(warehouse, published_path(warehouse))
    with duckdb.connect(str(published_path(warehouse)), read_only=True) as connection:
        ((tags,),) = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchall()
    assert tags.startswith("v1.4.0")


def test_reader_of_the_old_copy_goes_on_reading(warehouse: Path) -> None:
    to = published_path(warehouse)
    publish(warehouse, to)
    query = "select sum(leads) from marts.source_performance"
    with duckdb.connect(str(to), read_only=True) as reader:
        assert reader.execute(query).fetchall() == [(200,)]
        with duckdb.connect(str(warehouse)) as writer:
            writer.execute("update marts.source_performance set leads = 1")
        publish(warehouse, to)
        assert reader.execute(query).fetchall() == [(200,)]
    with duckdb.connect(str(to), read_only=True) as reader:
        assert reader.execute(query).fetchall() == [(4,)]


def test_failure_leaves_the_old_copy_and_no_litter(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    to = published_path(warehouse)
    publish(warehouse, to)
    before, names = to.read_bytes(), sorted(warehouse.parent.iterdir())

    def fail(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "to_disk", fail)
    assert main(["publish", "--db", str(warehouse)]) == 2
    assert "No space left" in capsys.readouterr().err
    assert to.read_bytes() == before
    assert sorted(warehouse.parent.iterdir()) == names


def test_broken_view_leaves_the_old_copy_and_no_litter(warehouse: Path) -> None:
    to = published_path(warehouse)
    publish(warehouse, to)
    before, names = to.read_bytes(), sorted(warehouse.parent.iterdir())
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("create view marts.zz as select cast(email as int) from raw.crm_leads")
    assert main(["publish", "--db", str(warehouse)]) == 2
    assert to.read_bytes() == before
    assert sorted(warehouse.parent.iterdir()) == names


@pytest.mark.parametrize("tables", [{}, {"staging.a": "select 1 as one"}])
def test_nothing_is_published_without_marts(
    tables: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as connection:
        for name, query in tables.items():
            connection.execute(f"create schema {name.split('.')[0]}")
            connection.execute(f"create table {name} as {query}")
    assert main(["publish", "--db", str(file)]) == 2
    assert "dbt build" in capsys.readouterr().err
    assert not published_path(file).exists()


def test_missing_locked_and_foolish_files_are_told_in_words(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", "--db", str(tmp_path / "none.duckdb")]) == 2
    assert "no warehouse" in capsys.readouterr().err
    assert main(["publish", "--db", str(warehouse), "--to", str(warehouse)]) == 2
    assert "the warehouse itself" in capsys.readouterr().err
    assert main(["publish", "--db", str(warehouse), "--to", str(tmp_path)]) == 2
    assert "folder" in capsys.readouterr().err
    text = tmp_path / "text.duckdb"
    text.write_text("no database")
    assert main(["publish", "--db", str(text)]) == 2
    assert "cannot be opened" in capsys.readouterr().err


def test_warehouse_under_construction_is_told_in_words(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEAD_FUNNEL_WAIT", "0.5")
    writes = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); "
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writes, str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        with pytest.raises(UserError, match=rf"held by another process, {writer.pid} \(.*python"):
            publish(warehouse, published_path(warehouse))
        assert "Waiting up to" in capsys.readouterr().err
        writer.communicate()
    assert publish(warehouse, published_path(warehouse))


def test_nothing_personal_is_in_the_bytes_of_the_copy(warehouse: Path) -> None:
    publish(warehouse, published_path(warehouse))
    with duckdb.connect(str(published_path(warehouse)), read_only=True) as connection:
        names = connection.execute("select column_name from information_schema.columns").fetchall()
    personal = {"email", "first_name", "last_name", "phone", "raw_row"}
    assert not personal & {name for (name,) in names}
