"""What was published is remembered whole, or not at all, whenever the job is killed.

``SYNC_KILLS=500`` kills it more often than every change needs.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

from tests import dbt_runs
from tests.dbt_runs import WAREHOUSE, Parsed, RunDbt, invoke
from tests.kills import calls_of, kill_often

KILLS = int(os.environ.get("SYNC_KILLS", "50"))
LEADS = 3000
LOGS = (
    "published_scores",
    "handoff_decisions_log",
    "published_assignments",
    "published_targets",
)
# A night was published; the present build speaks of the next week.
BUILT = f"""
    create schema intermediate;
    create schema marts;
    insert into sync.published_scores (lead_key, as_of, points)
        select 'lead ' || n, timestamp '2026-06-22 03:00:00', n from range({LEADS}) r(n);
    insert into sync.handoff_decisions_log (lead_key, decided_at, week_date, is_handed_over)
        select 'lead ' || n, timestamp '2026-06-22 03:00:00', date '2026-06-22', n % 2 = 0
        from range({LEADS}) r(n);
    insert into sync.published_assignments (lead_key, as_of, owner_id, assigned_at)
        select 'lead ' || n, as_of, 'rep-1', as_of
        from range({LEADS}) r(n), (select timestamp '2026-06-22 03:00:00' as as_of);
    create table intermediate.clock as select timestamp '2026-06-29 03:00:00' as as_of;
    create table intermediate.fresh_score_changes as
        select * replace (timestamp '2026-06-29 03:00:00' as as_of, points + 1 as points)
        from sync.published_scores;
    create table intermediate.fresh_handoff_decisions as
        select * replace (
            timestamp '2026-06-29 03:00:00' as decided_at, date '2026-06-29' as week_date
        )
        from sync.handoff_decisions_log;
    create table marts.dim_leads as
        select 'lead ' || n as lead_key, 'rep-2' as owner_id from range({LEADS}) r(n);
    create table marts.lead_assignments as
        select lead_key, owner_id, assigned_at, due_at, is_exploration
        from sync.published_assignments;
    create table marts.capacity_plan as
        select 'team ' || n as team_id, as_of, 1 as weekly_capacity, 1 as target_mqls,
            1.0 as expected_mqls, 0.0 as expected_mqls_low, 2.0 as expected_mqls_high
        from range({LEADS}) r(n), intermediate.clock;
    insert into sync.published_targets (week_date, team_id, as_of)
        select date '2026-06-22', 'team ' || n, timestamp '2026-06-22 03:00:00'
        from range({LEADS}) r(n);
"""

State = dict[str, list[tuple[Any, ...]]]


def state(db: Path, read_only: bool = True) -> State:
    with duckdb.connect(str(db), read_only=read_only) as connection:
        return {log: connection.execute(f"from sync.{log} order by all").fetchall() for log in LOGS}


def watch(patch: pytest.MonkeyPatch, called: Callable[[str, str], None]) -> None:
    execute = DuckDBCursorWrapper.execute

    def watched(cursor: Any, sql: str, bindings: Any = None) -> Any:
        called("execute", sql)
        given = execute(cursor, sql, bindings)
        # Killed here, the last statement has been done.
        called("executed", sql)
        return given

    patch.setattr(DuckDBCursorWrapper, "execute", watched)


@pytest.fixture
def company(tmp_path: Path, run_dbt: RunDbt) -> Path:
    folder = tmp_path / "company"
    folder.mkdir()
    db = folder / WAREHOUSE
    prepared = run_dbt(["run-operation", "prepare_sync"], raw=folder, db=db)
    assert prepared.success, prepared.log
    with duckdb.connect(str(db)) as connection:
        connection.execute(BUILT)
    return db


def test_scores_and_decisions_are_remembered_together_or_not(
    company: Path, tmp_path: Path, parsed: Parsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, file = tmp_path / WAREHOUSE, parsed({})

    def record() -> None:
        outcome = invoke(
            ["--quiet", "run-operation", "record_published"], tmp_path, db, tmp_path, parsed=file
        )
        assert outcome.success, outcome.exception

    shutil.copy(company, db)
    old = state(db)
    calls = calls_of(record, watch)
    new = state(db)
    assert [len(rows) for rows in old.values()] == [LEADS] * len(LOGS)
    assert [len(rows) for rows in new.values()] == [2 * LEADS] * len(LOGS)
    # Each fork has a copy of its own of what is loaded here once.
    manifest = dbt_runs.loaded(file, None)
    monkeypatch.setattr(dbt_runs, "loaded", lambda *_: manifest)
    left = Counter[str]()
    for call, found in kill_often(record, watch, calls, KILLS, company, db, state, longest=0.02):
        assert found in (old, new), f"neither the old nor the new after {call}"
        left["new" if found == new else "old"] += 1
    assert left["old"] and left["new"]


def test_a_published_copy_remembers_nothing(tmp_path: Path, run_dbt: RunDbt) -> None:
    db = tmp_path / WAREHOUSE
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema marts; create table marts.clock as select 1 as as_of")
    for words in (["run-operation", "record_published"], ["build", "--select", "sales_teams"]):
        run = run_dbt(words, raw=tmp_path, db=db)
        assert not run.success
        assert "is a published copy" in run.log
    with duckdb.connect(str(db), read_only=True) as connection:
        tables = connection.execute("select table_schema from information_schema.tables").fetchall()
    assert tables == [("marts",)]
