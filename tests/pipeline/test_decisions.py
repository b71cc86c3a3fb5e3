"""Each week's first published run is remembered as its decision, once."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.planted_people import NOW, Planted


class Nights:
    """A built warehouse whose clock is moved, and what it remembers of its decisions."""

    def __init__(self, db: Path, run_dbt: RunDbt) -> None:
        self.db, self.run_dbt = db, run_dbt

    def publish(self, days: int) -> list[tuple[int, int, int]]:
        """Record what a run so many days later decided; moment, decisions, handed over."""
        with duckdb.connect(str(self.db)) as connection:
            connection.execute(
                f"""
                update intermediate.fresh_handoff_decisions
                set decided_at = timestamp '{NOW}' + to_days({days}),
                    week_date = date_trunc('week', timestamp '{NOW}' + to_days({days}));
                update intermediate.clock set as_of = timestamp '{NOW}' + to_days({days});
                """
            )
        run = self.run_dbt(
            ["run-operation", "record_handoff_decisions"], raw=self.db.parent / "raw", db=self.db
        )
        assert run.success, run.log
        with duckdb.connect(str(self.db), read_only=True) as connection:
            return connection.execute(
                """
                select
                    date_diff('day', (select min(decided_at) from sync.handoff_decisions_log),
                        decided_at) as day,
                    count(*),
                    count(*) filter (where is_handed_over)
                from sync.handoff_decisions_log
                group by day
                order by day
                """
            ).fetchall()


@pytest.fixture
def nights(planted: Planted, tmp_path: Path, run_dbt: RunDbt) -> Nights:
    shutil.copy(planted.db, tmp_path / planted.db.name)
    (tmp_path / "raw").mkdir()
    return Nights(tmp_path / planted.db.name, run_dbt)


def test_a_week_is_decided_once_by_its_first_published_run(nights: Nights) -> None:
    [(_, decisions, handed_over)] = nights.publish(0)
    assert decisions > handed_over > 0
    # The same run again, and a later one of the same week (the first day is a Monday).
    assert NOW.day_of_week == 0
    assert nights.publish(0) == [(0, decisions, handed_over)]
    assert nights.publish(6) == [(0, decisions, handed_over)]
    assert nights.publish(7) == [(0, decisions, handed_over), (7, decisions, handed_over)]
    # An earlier as_of is built again: what came after it is decided anew.
    assert nights.publish(0) == [(0, decisions, handed_over)]


def test_a_log_of_before_its_renaming_is_kept(nights: Nights) -> None:
    [(_, decisions, handed_over)] = nights.publish(0)
    with duckdb.connect(str(nights.db)) as connection:
        connection.execute("alter table sync.handoff_decisions_log rename to handoff_decisions")
    # The hook of a run renames it; that of the next one finds it renamed. An older version of the
    # project that ran in between leaves both.
    for number in range(3):
        if number == 2:
            with duckdb.connect(str(nights.db)) as connection:
                connection.execute(
                    "create table sync.handoff_decisions as from sync.handoff_decisions_log"
                )
        run = nights.run_dbt(
            ["run-operation", "prepare_sync"], raw=nights.db.parent / "raw", db=nights.db
        )
        assert run.success, run.log
    with duckdb.connect(str(nights.db), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'sync'"
        ).fetchall()
    assert ("handoff_decisions_log",) in tables and ("handoff_decisions",) not in tables
    assert nights.publish(7) == [(0, decisions, handed_over), (7, decisions, handed_over)]


def test_only_who_may_be_handed_over_is_decided_about(planted: Planted) -> None:
    decided = planted.ask("found.propensity, found.is_handed_over", "handoff_decisions")
    candidates = {
        key
        for key, person in planted.people.items()
        if (person.may_call or person.may_email) and not person.is_customer
    }
    assert set(decided) == candidates
    chances = {propensity for propensity, _ in decided.values()}
    assert 1.0 in chances and min(chances) < 1.0
    assert all(is_handed_over for chance, is_handed_over in decided.values() if chance == 1.0)
