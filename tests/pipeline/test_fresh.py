"""Fresh runs within the day: the leads they make are those of a whole build at that moment.

A company arrives in three parts: one for the whole build, two for fresh runs. What readers then
find of the leads is held to the next whole build, which must find the warehouse as if there had
been no fresh run, but for whom the leads were given to.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo import simulate
from lead_funnel.fresh import parsed, publish, run, small
from lead_funnel.nightly import Build
from lead_funnel.publish.copy import publish as publish_all
from tests.dbt_runs import PROJECT, Once, RunDbt
from tests.kills import Counted, Moment, calls_of, kill
from tests.pipeline.fresh_copies import (
    COMPARED,
    beside,
    hold_others_to_the_last_copy,
    hold_to_the_night,
)
from tests.pipeline.parted_day import (
    DOMAIN_OF_NOBODY,
    Day,
    arrive,
    part_by_arrival,
    put_customer_of_nobody,
)

# Two slots of each rep are left for the day.
VARIABLES = {"slots_kept_for_the_day": 2}
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")


@pytest.fixture(scope="session")
def day(once: Once, run_dbt: RunDbt) -> Day:
    """Only to be read."""

    def fill(folder: Path) -> None:
        found = Day(folder)
        raw = folder / "raw"
        simulate.main(["--leads", "300", "--out", str(raw), "--truth", str(folder / "truth")])
        (folder / "aside").mkdir()
        later = part_by_arrival(raw, folder / "aside", random.Random(20260625))
        put_customer_of_nobody(raw, folder / "aside")

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
    with beside(day, day.db) as connection:
        yield connection


@pytest.mark.parametrize("table", COMPARED)
def test_leads_are_those_of_a_whole_build(both: Any, table: str) -> None:
    hold_to_the_night(both, table)


def test_the_docs_name_what_stays_of_the_night(both: Any) -> None:
    made, of_leads = (
        {
            name
            for (name,) in both.execute(
                "select table_name from duckdb_columns() where database_name = ? "
                "and schema_name = 'marts' and column_name = 'lead_key'",
                [database],
            ).fetchall()
        }
        for database in ("lead_funnel_small", "fresh")
    )
    told = (PROJECT / "docs" / "production.md").read_text(encoding="utf-8")
    anew, rest = told.partition("- **Made anew**")[2].split("**as the night left them**")
    stays = rest.partition("\n- ")[0]
    assert made & of_leads == set(re.findall("`([a-z_]+)`", anew)) - {"dim_accounts"}
    assert of_leads - made == set(re.findall("`([a-z_]+)`", stays))


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


def test_the_first_person_of_a_customer_is_known_as_one(both: Any) -> None:
    found = both.execute(
        "select origin, is_customer_asking, is_customer_account, won_deals "
        "from fresh.marts.dim_accounts as accounts "
        "inner join fresh.marts.dim_leads as leads using (account_key) "
        "inner join fresh.marts.fct_lead_cycles using (lead_key) "
        f"where accounts.domain = '{DOMAIN_OF_NOBODY}'"
    ).fetchall()
    assert found == [("expansion", True, True, 1)]


def test_others_are_as_the_last_whole_build_left_them(both: Any) -> None:
    hold_others_to_the_last_copy(both)


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


def test_who_asked_for_sales_within_the_day_goes_before_everybody_else(
    day: Day, tmp_path: Path
) -> None:
    """The least of the leads in the queue, once it has asked for a demo; by the SQL that ran."""
    small_one = tmp_path / day.db.name
    shutil.copy(small.small_path(day.db), small_one)
    [file] = parsed.target_of(day.db).glob("compiled/**/int_routing_queue.sql")
    queue = f"from ({file.read_text(encoding='utf-8')}) as queue"
    with duckdb.connect(str(small_one)) as connection:
        small.attach_night(connection, day.before)
        [(least,)] = connection.execute(
            f"select lead_key {queue} where lead_key in (select lead_key from marts.dim_leads) "
            "order by priority_rank desc limit 1"
        ).fetchall()
        best = "order by priority_rank, lead_key limit 1"
        by_worth = "order by worth desc, lead_key limit 1"
        assert connection.execute(f"select lead_key {queue} {best}").fetchall() != [(least,)]
        clock = "(select as_of from lead_funnel_night.intermediate.clock)"
        for known, goes_first in (("- interval 1 minute", False), ("+ interval 1 minute", True)):
            connection.execute(
                "insert into marts.fct_lead_timeline select * replace "
                f"('{least}'::uuid as lead_key, 'demo_requested' as event_type, "
                f"{clock} {known} as known_at) from marts.fct_lead_timeline limit 1"
            )
            for order in (best, by_worth):
                found = connection.execute(f"select lead_key {queue} {order}").fetchall()
                assert (found == [(least,)]) == goes_first, known


def test_the_warehouse_learns_whom_leads_were_given_to_and_nothing_else(day: Day) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{day.db}' as after (read_only)")
        connection.execute(f"attach '{day.before}' as before (read_only)")
        changed = {
            table
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'after'"
            ).fetchall()
            if table in (publish.DETAILS, publish.PUBLISHED)
            or connection.execute(
                f"from after.{schema}.{table} except all from before.{schema}.{table} limit 1"
            ).fetchall()
        }
    assert changed == {"published_assignments", publish.DETAILS, publish.PUBLISHED}


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
