"""Whatever arrives in which fresh run, is corrected or killed: the leads end as in a whole build.

One built company, and one whole build of all that comes in the end, serve all histories: two runs,
between which the rows of the day are dealt out at random. The first also reads rows that are
corrected before the second, and one of them is killed before it is done again. FRESH_HISTORIES
says how many are tried (1).
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_funnel.fresh import parsed, run
from lead_funnel.nightly import Build
from tests.kills import Moment, Watch, kill
from tests.pipeline.fresh_copies import (
    COMPARED,
    beside,
    hold_others_to_the_last_copy,
    hold_to_the_night,
)
from tests.pipeline.parted_day import Day

# The company that test_fresh builds.
from tests.pipeline.test_fresh import day  # noqa: F401

# The first kills the second run when it has published.
HISTORIES = [3, 0, 1, 2, *range(4, 1000)][: int(os.environ.get("FRESH_HISTORIES", "1"))]
STEPS = ("make_small", "dbt", "find_touched", "mark", "publish_leads", "remember")
# Rows that a correction takes back, by table: of people of whom nothing else came that day, of
# others in whose place somebody else stands, which may join them, and of somebody who is not there.
WRONG = {
    "form_submissions": (
        "md5(submission_id || 'wrong') as submission_id",
        "case when number = 1 then 'nobody@corrected.example' "
        "else lag(email) over (order by number) end as email",
    ),
    "web_events": (
        "md5(event_id || 'wrong') as event_id",
        "lag(anonymous_id) over (order by number) as anonymous_id",
    ),
}


def deal(company: Day, raw: Path, draw: random.Random) -> tuple[list[Path], list[Path]]:
    """Write for both runs what arrives: rows at random, the first with rows that are wrong."""
    shutil.rmtree(raw, ignore_errors=True)
    shutil.copytree(company.folder / "raw", raw, ignore=shutil.ignore_patterns("late-*"))
    parts: tuple[list[Path], list[Path]] = ([], [])
    share = draw.uniform(0.1, 0.9)
    with duckdb.connect() as connection:
        connection.execute(f"set threads = 1; select setseed({draw.random()})")
        for first in sorted((company.folder / "aside").glob("*-1.parquet")):
            table = first.name.removesuffix("-1.parquet")
            connection.execute(
                "create or replace temp table dealt as select row_number() over () as number, "
                f"random() < {share} as is_first, * "
                f"from read_parquet('{first.with_name(table)}-*.parquet') order by all"
            )
            wrong = ""
            if table in WRONG:
                new_id, other = WRONG[table]
                wrong = (
                    f"union all by name select * replace ({new_id}, {other}) "
                    f"from (from dealt limit 9) union all by name select * replace ({new_id}, "
                    "(select max(occurred_at) from dealt) as occurred_at, "
                    "(select max(loaded_at) from dealt) as loaded_at) from (from read_parquet("
                    f"'{company.folder}/raw/{table}/first.parquet') order by random() limit 9)"
                )
            for number, words in enumerate(
                ("where is_first " + wrong, "where is_first",
                 "where not is_first")
            ):  # fmt: skip
                aside = raw.with_name("aside") / f"{table}-{number}.parquet"
                aside.parent.mkdir(exist_ok=True)
                connection.execute(
                    f"copy (select * exclude (number, is_first) from (from dealt {words})) "
                    f"to '{aside}' (format parquet)"
                )
                parts[bool(number)].append(aside)
    return parts


def come_in(raw: Path, files: list[Path]) -> None:
    """Have files arrive; what stands for a file that is there replaces it."""
    for file in files:
        table, number = file.stem.rsplit("-", 1)
        shutil.copy(file, raw / table / f"dealt-{'late' if number == '2' else 'early'}.parquet")


def watching(step: str) -> Watch:
    """Tell of a step of a run when it begins and when it is over."""

    def watch(patch: pytest.MonkeyPatch, called: Callable[[str, str], None]) -> None:
        do = getattr(run, step)

        def told(*arguments: Any, **named: Any) -> Any:
            called(step, "begins")
            given = do(*arguments, **named)
            called(step, "is over")
            return given

        patch.setattr(run, step, told)

    return watch


@pytest.mark.parametrize("seed", HISTORIES)
def test_any_history_ends_as_a_whole_build(
    day: Day,  # noqa: F811
    seed: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = random.Random(seed)
    raw, db = tmp_path / "raw", tmp_path / day.db.name
    parts = deal(day, raw, draw)
    for to, source in {
        db: day.before,
        Build(raw, db).copy: Build(day.folder, day.before).copy,
    }.items():
        shutil.copy(source, to)
    monkeypatch.setenv("LEAD_FUNNEL_RAW", str(raw))
    monkeypatch.setenv("LEAD_FUNNEL_DB", str(db))
    monkeypatch.setattr(run, "remove_small", lambda db: None)
    kept = parsed.target_of(day.db).with_name(parsed.KEPT)
    monkeypatch.setattr(run, "parsed_project", lambda *_: parsed.load_project(kept))
    killed_run, step = draw.randrange(2), draw.choice(STEPS)
    is_over = draw.random() < 0.5
    for number, files in enumerate(parts):
        come_in(raw, files)
        if number == killed_run:
            moment = Moment(1 if is_over else 0)
            was_at_work = kill(lambda: run.run(Build(raw, db)), watching(step), moment)
            assert was_at_work, f"was not killed at {step}"
        assert run.run(Build(raw, db)).handed is not None
    with beside(day, db) as connection:
        for table in COMPARED:
            hold_to_the_night(connection, table)
        hold_others_to_the_last_copy(connection)
        lists = {
            of: {
                key
                for (key,) in connection.execute(
                    f"select lead_key from {of}.marts.dim_leads"
                ).fetchall()
            }
            for of in ("fresh", "night")
        }
        assert lists["fresh"] - lists["night"] == set(), "leads that nobody is"
        assert lists["night"] - lists["fresh"] == set(), "leads that are missing"
