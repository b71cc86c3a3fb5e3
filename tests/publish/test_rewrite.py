"""A rewritten warehouse holds its rows and nothing that was deleted from it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lead_funnel.errors import UserError
from lead_funnel.nightly import Build, Steps, do_what_is_new
from lead_funnel.publish import rewrite as module
from lead_funnel.publish.rewrite import is_due, main, rewrite, rewrite_if_due

GONE, KEPT = "jane.doe@customer.example", "john.roe@customer.example"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A warehouse from which somebody was erased."""
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"""
            create schema staging;
            create schema sync;
            create schema what_if;
            create table sync.erasure_rewrites (erased_version varchar);
            create table sync.erasure_confirmations (request_id varchar, confirmed_at timestamp);
            create table staging.erased_identifiers (identifier_key varchar);
            create table staging.erased_rows (raw_table varchar, row_hash varchar);
            create table staging.people (email varchar not null);
            create table what_if.points as select '{GONE}' as email;
            insert into staging.people select '{GONE}' || i from range(3000) as numbers(i);
            insert into staging.people values ('{KEPT}');
            create view staging.firms as
                select split_part(email, '@', 2) as firm from staging.people;
            checkpoint;
            """
        )
        connection.execute(f"delete from staging.people where email != '{KEPT}'")
    return file


def erase(db: Path, who: str) -> None:
    with duckdb.connect(str(db)) as connection:
        connection.execute("insert into staging.erased_identifiers values (?)", [who])


def holds(db: Path, word: str) -> bool:
    return any(
        word.encode() in file.read_bytes() for file in db.parent.rglob("*") if file.is_file()
    )


def test_deleted_rows_leave_the_file_and_all_else_stays(db: Path) -> None:
    erase(db, "a")
    (db.parent / "warehouse.duckdb.tmp").mkdir()
    (db.parent / "warehouse.duckdb.tmp" / "spilled").write_text(GONE)
    assert holds(db, GONE)
    assert main(["--db", str(db), "--if-due"]) == 0
    assert not holds(db, GONE)
    assert [file.name for file in db.parent.iterdir()] == [db.name]
    with duckdb.connect(str(db)) as connection:
        assert connection.execute("from staging.people").fetchall() == [(KEPT,)]
        assert connection.execute("select distinct firm from staging.firms").fetchall() == [
            ("customer.example",)
        ]
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("insert into staging.people values (null)")
        ((tags,),) = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchall()
    assert tags.startswith("v1.4.0")


def due(db: Path) -> bool:
    with duckdb.connect(str(db), read_only=True) as connection:
        return is_due(connection)


def test_it_is_due_once_for_each_erasure(db: Path) -> None:
    assert not due(db)
    erase(db, "a")
    assert due(db)
    rewrite(db)
    assert not due(db)
    with duckdb.connect(str(db)) as connection:
        connection.execute("insert into sync.erasure_confirmations values ('1', now()::timestamp)")
    assert due(db)


def test_it_stays_due_where_a_table_was_not_made_since(db: Path) -> None:
    erase(db, "a")
    assert rewrite_if_due(db, is_whole=False)
    assert not holds(db, GONE)
    # What such a table still held of somebody goes when it is made.
    assert due(db)
    assert rewrite_if_due(db)
    assert not due(db)


def test_a_build_that_went_through_leaves_nothing_that_its_last_step_took_out(db: Path) -> None:
    """The tables of scores are made after all others, and hold people until then."""

    def run(_: Steps) -> None:
        erase(db, "a")
        with duckdb.connect(str(db)) as connection:
            connection.execute(f"create table staging.scores as select '{GONE}' as email")
            connection.execute("checkpoint")
            connection.execute("create or replace table staging.scores as select 1 as lead_key")

    assert do_what_is_new(Build(db.parent, db), None, run)
    assert not holds(db, GONE)
    assert not due(db)


def test_a_build_that_failed_leaves_nothing_that_was_erased_before(db: Path) -> None:
    def run(_: Steps) -> None:
        erase(db, "a")
        raise UserError("A test failed.")

    with pytest.raises(UserError, match="A test failed"):
        do_what_is_new(Build(db.parent, db), None, run)
    assert not holds(db, GONE)
    assert due(db)


def test_a_rewrite_that_fails_too_does_not_hide_why_the_build_did(
    db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    def run(_: Steps) -> None:
        erase(db, "a")
        raise UserError("A test failed.")

    monkeypatch.setattr(module, "_copy_all", fail)
    with pytest.raises(UserError, match="A test failed"):
        do_what_is_new(Build(db.parent, db), None, run)
    assert "was not rewritten (No space left on device)" in capsys.readouterr().err


def test_nothing_happens_where_nothing_was_erased(db: Path) -> None:
    before = db.stat().st_ino
    assert main(["--db", str(db), "--if-due"]) == 0
    assert main(["--db", str(db.with_name("none.duckdb")), "--if-due"]) == 0
    assert db.stat().st_ino == before


def test_a_failure_leaves_the_file_and_no_litter(
    db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    erase(db, "a")
    monkeypatch.setattr(module, "_copy_all", lambda connection, fresh, is_whole: fail(fresh))
    assert main(["--db", str(db)]) == 2
    assert "was not rewritten" in capsys.readouterr().err
    assert [file.name for file in db.parent.iterdir()] == [db.name]
    with duckdb.connect(str(db)) as connection:
        assert connection.execute("from staging.people").fetchall() == [(KEPT,)]
