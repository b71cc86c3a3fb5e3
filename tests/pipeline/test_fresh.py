"""Fresh runs within the day: the leads they make are those of a whole build at that moment.

A company arrives in three parts: one for the whole build, two for fresh runs. What readers then
find of the leads is held to the next whole build, which must find the warehouse as if there had
been no fresh run, but for whom the leads were given to.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo import simulate
from lead_funnel.fresh import publish, run, small
from lead_funnel.nightly import Build
from lead_funnel.publish.copy import publish as publish_all
from tests.dbt_runs import Once, RunDbt
from tests.kills import Counted, Moment, calls_of, kill
from tests.pipeline.parted_day import Day, arrive, part_by_arrival

# Two slots of each rep are left for the day.
VARIABLES = {"slots_kept_for_the_day": 2}
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
# What all leads together decide: ranks, averages and rates of the last whole build, and slots.
OF_ALL_LEADS = {
    "lead_scores": {"priority_rank", "band_value", "score_band", "average_probability",
                    "expected_value"},
    "crm_lead_sync": {"score_band", "owner_id", "due_at", "next_content_id", "is_exploration",
                      "row_hash"},
}  # fmt: skip
COMPARED = (
    "contact_policy",
    "crm_lead_sync",
    "dim_leads",
    "fct_handoffs",
    "fct_lead_cycles",
    "fct_lead_features",
    "fct_lead_timeline",
    "fct_points_ledger",
    "fct_stage_transitions",
    "lead_score_reasons",
    "lead_scores",
    "stage_anomalies",
)


@pytest.fixture(scope="session")
def day(once: Once, run_dbt: RunDbt) -> Day:
    """Only to be read."""

    def fill(folder: Path) -> None:
        found = Day(folder)
        raw = folder / "raw"
        simulate.main(["--leads", "300", "--out", str(raw), "--truth", str(folder / "truth")])
        (folder / "aside").mkdir()
        later = part_by_arrival(raw, folder / "aside", random.Random(20260625))

        def whole(db: Path) -> None:
            for words in (["build", *NO_TESTS], ["run-operation", "record_published"]):
                done = run_dbt(words, raw=raw, db=db, variables=VARIABLES)
                assert done.success, done.log
            publish_all(db, Build(raw, db).copy, accept_changes=True)

        whole(found.db)
        found.before.parent.mkdir()
        shutil.copy(found.db, found.before)
        shutil.copy(Build(raw, found.db).copy, Build(raw, found.before).copy)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEAD_FUNNEL_RAW", str(raw))
            patch.setenv("LEAD_FUNNEL_DB", str(found.db))
            # Looked at below.
            patch.setattr(run, "remove_small", lambda db: None)
            for files in later:
                arrive(files)
                done = run.run(Build(raw, found.db))
                assert done.handed is not None
        found.night.parent.mkdir()
        shutil.copy(found.db, found.night)
        whole(found.night)

    return Day(once("fresh", fill))


@pytest.fixture
def both(day: Day) -> Any:
    """A connection with the copies of the day and the night, and the leads that were made."""
    with duckdb.connect() as connection:
        for name, path in {
            "fresh": Build(day.folder, day.db).copy,
            "night": Build(day.folder, day.night).copy,
            "lead_funnel_small": small.small_path(day.db),
            "before": day.before,
            "last_copy": Build(day.folder, day.before).copy,
        }.items():
            connection.execute(f"attach '{path}' as {name} (read_only)")
        connection.execute("use fresh")
        publish.make_leads(connection, "before")
        yield connection


def columns(connection: Any, table: str) -> list[str]:
    """Columns that follow from the lead alone, doubles rounded."""
    found = connection.execute(f"describe night.marts.{table}").fetchall()
    return [
        f"round({name}, 6) as {name}" if kind == "DOUBLE" else name
        for name, kind, *_ in found
        # A version of the rows is no word about the lead.
        if name not in OF_ALL_LEADS.get(table, set()) | {"lead_version"}
    ]


@pytest.mark.parametrize("table", COMPARED)
def test_leads_are_those_of_a_whole_build(both: Any, table: str) -> None:
    names = ", ".join(columns(both, table))
    rows = {
        of: f"select {names} from {of}.marts.{table} "
        "where lead_key in (select lead_key from made_leads)"
        for of in ("fresh", "night")
    }
    for one, other in (("fresh", "night"), ("night", "fresh")):
        found = both.execute(f"{rows[one]} except all {rows[other]}").fetchall()
        assert not found, f"{len(found)} rows only in {one}: {found[:2]}"


def test_who_is_new_is_there(both: Any) -> None:
    [(new, missing)] = both.execute(
        """
        select count(*), count(*) filter (
            lead_key not in (select lead_key from fresh.marts.dim_leads)
        )
        from night.marts.dim_leads
        where lead_key not in (select lead_key from before.marts.dim_leads)
        """
    ).fetchall()
    assert new > 0
    assert missing == 0


def test_accounts_that_lost_or_won_leads_are_those_of_a_whole_build(both: Any) -> None:
    rows = (
        "select account_key, domain, leads, open_leads, engaged_leads_90d, open_deals, won_deals "
        "from {of}.marts.dim_accounts where account_key in (select account_key from their_accounts)"
    )
    assert both.execute(rows.format(of="fresh")).fetchall()
    for one, other in (("fresh", "night"), ("night", "fresh")):
        found = both.execute(f"{rows.format(of=one)} except all {rows.format(of=other)}").fetchall()
        assert not found, f"{len(found)} rows only in {one}: {found[:2]}"


def test_others_are_as_the_last_whole_build_left_them(both: Any) -> None:
    for table in ("dim_leads", "lead_scores", "fct_lead_timeline", "lead_assignments"):
        [(changed,)] = both.execute(
            f"select count(*) from (select * from last_copy.marts.{table} "
            "where lead_key not in (select lead_key from gone_leads) "
            f"except all select * from fresh.marts.{table})"
        ).fetchall()
        assert changed == 0, table


def test_the_night_keeps_the_owners(both: Any) -> None:
    [(given, kept)] = both.execute(
        """
        select count(*), count(*) filter (night.owner_id = fresh.owner_id)
        from fresh.marts.lead_assignments as fresh
        inner join night.marts.lead_assignments as night using (lead_key)
        where
            fresh.owner_id is not null
            and lead_key in (select lead_key from made_leads)
        """
    ).fetchall()
    assert given > 0
    assert kept == given


def test_nobody_takes_more_slots_than_there_are(both: Any) -> None:
    [(over,)] = both.execute(
        """
        select count(*)
        from (
            select owner_id, sum(slots) as slots from fresh.marts.lead_assignments
            where takes_new_slot group by owner_id
        ) as given
        inner join before.intermediate.int_rep_slots as slots on given.owner_id = slots.rep_id
        where given.slots > slots.free_slots
        """
    ).fetchall()
    assert over == 0


def test_the_warehouse_learns_whom_leads_were_given_to_and_nothing_else(day: Day) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{day.db}' as after (read_only)")
        connection.execute(f"attach '{day.before}' as before (read_only)")
        changed = {
            table
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'after'"
            ).fetchall()
            if table == publish.DETAILS
            or connection.execute(
                f"from after.{schema}.{table} except all from before.{schema}.{table} limit 1"
            ).fetchall()
        }
    assert changed == {"published_assignments", publish.DETAILS}


def test_whom_only_an_earlier_fresh_run_knew_is_gone(day: Day, tmp_path: Path) -> None:
    """Its key has merged with another since, or its file was corrected."""
    db = tmp_path / day.db.name
    copy = Build(tmp_path, db).copy
    small.small_path(db).parent.mkdir()
    for to, source in {
        db: day.db,
        copy: Build(day.folder, day.db).copy,
        small.small_path(db): small.small_path(day.db),
    }.items():
        shutil.copy(source, to)
    key = "00000000-0000-4000-8000-000000000001"
    lists = ("marts.dim_leads", "marts.lead_assignments", "marts.crm_lead_sync")
    with duckdb.connect(str(copy)) as connection:
        for table in lists:
            connection.execute(
                f"insert into {table} select * replace (uuid '{key}' as lead_key) "
                f"from {table} limit 1"
            )
    with duckdb.connect(str(db)) as connection:
        connection.execute(
            f"insert into sync.published_assignments select * replace ('{key}' as lead_key) "
            "from sync.published_assignments "
            "where as_of = (select as_of from intermediate.clock) limit 1"
        )
    publish.publish_leads(db, copy)
    publish.remember(db)
    for path, tables in ((copy, lists), (db, ("sync.published_assignments",))):
        with duckdb.connect(str(path), read_only=True) as connection:
            for table in tables:
                found = f"select count(*), count(*) filter (lead_key::text = '{key}') from {table}"
                [(rows, left)] = connection.execute(found).fetchall()
                assert rows > 0
                assert left == 0, table


def test_that_sales_was_told_of_a_lead_that_has_left_routing_since_stays(
    day: Day, tmp_path: Path
) -> None:
    db = tmp_path / day.db.name
    small.small_path(db).parent.mkdir()
    shutil.copy(day.db, db)
    shutil.copy(small.small_path(day.db), small.small_path(db))
    with duckdb.connect(str(db)) as connection:
        publish.attach_small(connection, db)
        publish.make_leads(connection)
        [(key,)] = connection.execute(
            "select min(lead_key::text) from made_leads where lead_key not in (select lead_key "
            "from lead_funnel_small.marts.lead_assignments where owner_id is not null) "
            "and lead_key in (select lead_key from marts.dim_leads)"
        ).fetchall()
        connection.execute(
            f"insert into sync.published_assignments select * replace ('{key}' as lead_key) "
            "from sync.published_assignments "
            "where as_of = (select as_of from intermediate.clock) limit 1"
        )
    publish.remember(db)
    with duckdb.connect(str(db), read_only=True) as connection:
        [(left,)] = connection.execute(
            "select count(*) from sync.published_assignments where lead_key = ? "
            "and as_of = (select as_of from intermediate.clock)",
            [key],
        ).fetchall()
    assert left == 1


def test_a_killed_run_leaves_the_old_copy_or_the_new(day: Day, tmp_path: Path) -> None:
    """And the next finds the same."""
    folder = tmp_path / "day"
    folder.mkdir()
    db = folder / day.db.name
    copy = Build(tmp_path, db).copy
    begun = {db: day.before, copy: Build(tmp_path, day.night).copy}

    def begin() -> None:
        shutil.rmtree(folder)
        small.small_path(db).parent.mkdir(parents=True)
        shutil.copy(small.small_path(day.db), small.small_path(db))
        for to, source in begun.items():
            shutil.copy(source, to)

    def work() -> None:
        publish.publish_leads(db, copy)
        publish.remember(db)

    def watch(patch: pytest.MonkeyPatch, called: Callable[[str, str], None]) -> None:
        opened = publish.open_warehouse
        patch.setattr(
            publish, "open_warehouse", lambda *args, **more: Counted(opened(*args, **more), called)
        )

    def state_of() -> tuple[Any, Any]:
        with duckdb.connect(str(db)) as connection:
            remembered = connection.execute(
                "from sync.published_assignments order by all"
            ).fetchall()
        with duckdb.connect(str(copy), read_only=True) as connection:
            owners = connection.execute(
                "select lead_key, owner_id, assigned_at from marts.lead_assignments order by all"
            ).fetchall()
        return remembered, owners

    begin()
    old = state_of()
    calls = calls_of(work, watch)
    new = state_of()
    assert old[0] != new[0]
    draw = random.Random(7)
    for _ in range(8):
        begin()
        kill(work, watch, Moment.draw(draw, len(calls)))
        found = state_of()
        assert all(part in (old[at], new[at]) for at, part in enumerate(found))
        work()
        assert state_of() == new
