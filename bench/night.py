"""An honest night against a whole build: everything that `make build` does, by step.

``python -m bench.night --leads 200000``

A company is simulated and all of its tables are parted by arrival: what came last, 1 % of the web
events and whatever came into the other tables meanwhile, is held back. Built are the rest (whole),
then what was held back (a night), then a day later (one page view, so that the clock moves a day
and nothing else), then nothing new. Each build tests, trains when due, scores, publishes and draws
the report, in a process of its own. Printed are CPU and wall seconds by step, the most memory held,
the sizes on disk, the leads rebuilt against those that had new events, and the ratios to a sorted
copy of the web events made in the same run, beside what it takes to write all tables of the
warehouse once more as they are; with ``--compare`` also to a notebook in polars that
makes timeline, points and stages of the same files.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb

from bench.notebook import in_own_process as in_own_notebook
from bench.run import FOLDER, PROJECT, report
from demo.contract import Settings
from demo.simulate import simulate
from lead_funnel.console import note
from lead_funnel.held import MEBIBYTE, most_memory
from lead_funnel.nightly import Build, Steps, do_what_is_new
from lead_funnel.publish.files import STORAGE_VERSION
from lead_funnel.warehouse import USUAL_MEMORY, attach_to_read, quoted

# Models that rebuild whole leads; what each remembers of a lead is its version.
REBUILT = (
    "intermediate.lead_events",
    "intermediate.points_ledger",
    "intermediate.stage_entries",
    "intermediate.lead_profiles",
    "marts.fct_lead_timeline",
    "marts.fct_training_examples",
)
# What clocks of devices and malformed rows say of arrival is nobody's night.
ARRIVAL = "try_cast(loaded_at as timestamp)"


def hold_back(whole: Path, raw: Path, later: Path, share: float) -> None:
    """Part all tables of a company by arrival: into `raw`, and what came last into `later`.

    Parameters
    ----------
    share : float
        Of the web events, held back; of the other tables what came after the first of them.
        Files that tell nothing of arrival stay in `raw`.
    """
    with duckdb.connect() as connection:
        since = connection.execute(
            f"select quantile_disc({ARRIVAL}, ?) "  # noqa: S608
            f"from '{whole / 'web_events' / 'part-0.parquet'}'",
            [1 - share],
        ).fetchall()[0][0]
        for source in sorted(file for file in whole.rglob("*") if file.is_file()):
            table = source.relative_to(whole).parts[0].split(".")[0]
            for folder, part in ((raw, "not coalesce(late, false)"), (later, "late")):
                to = folder / table / source.name
                to.parent.mkdir(parents=True, exist_ok=True)
                if source.suffix != ".parquet":
                    if folder is raw:
                        shutil.copy(source, to)
                    continue
                connection.execute(
                    f"""
                    copy (
                        select * exclude (late)
                        from (
                            select *, {ARRIVAL} > timestamp '{since}' as late from '{source}'
                        ) as arrived
                        where {part}
                    ) to '{to.with_stem("late") if folder is later else to}'
                    """  # noqa: S608
                )


def seconds_now() -> tuple[float, float]:
    """Give the CPU seconds of this process and those it waited for, and the time."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used), time.perf_counter()


def build_steps(raw: Path, db: Path) -> dict[str, object]:
    """Do what `make build` does and measure each step; to be run in a process of its own."""
    os.chdir(PROJECT)
    os.environ |= {
        "LEAD_FUNNEL_RAW": str(raw),
        "LEAD_FUNNEL_DB": str(db),
        "DBT_TARGET_PATH": str(db.parent / "target"),
        "DBT_LOG_PATH": str(db.parent / "logs"),
    }
    steps: dict[str, dict[str, object]] = {}

    def run(work: Steps) -> None:
        for label, do in work:
            cpu, wall = seconds_now()
            done = do()
            after = seconds_now()
            steps[label] = {
                "cpu": round(after[0] - cpu, 1),
                "wall": round(after[1] - wall, 1),
                # No place on this machine is recorded.
                "done": "" if Path(done).is_absolute() else done,
            }

    cpu, wall = seconds_now()
    build = Build(raw, db)
    do_what_is_new(build, build.given(), run)
    after = seconds_now()
    return {
        "cpu": round(after[0] - cpu, 1),
        "wall": round(after[1] - wall, 1),
        "most_memory_mib": round(most_memory() / MEBIBYTE),
        "steps": steps,
    }


def a_day_later(raw: Path) -> None:
    """Add one page view that arrived a day after everything else."""
    files = f"{raw / 'web_events'}/*.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select * replace (
                    'a day later' as event_id,
                    occurred_at + interval 1 day as occurred_at,
                    loaded_at + interval 1 day as loaded_at
                )
                from read_parquet('{files}')
                where loaded_at = (
                    select max(loaded_at) from read_parquet('{files}')
                    where loaded_at < (select max(loaded_at) from '{raw / "crm_leads"}/*.parquet')
                        + interval 1 hour
                )
                order by event_id limit 1
            ) to '{raw / "web_events" / "next_day.parquet"}'
            """  # noqa: S608
        )


def in_own_process(raw: Path, db: Path) -> dict[str, object]:
    """Build as a night does, which gives its memory back."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(build_steps, raw, db).result()


def sorted_copy(raw: Path, folder: Path) -> float:
    """Write the web events once, sorted by person and time; give the CPU seconds."""
    with duckdb.connect(str(folder / "sorted.duckdb")) as connection:
        connection.execute("set threads = 2")
        cpu, _ = seconds_now()
        connection.execute(
            "create table sorted as "  # noqa: S608
            f"select * from read_parquet('{raw / 'web_events'}/*.parquet') "
            "order by anonymous_id, occurred_at"
        )
        connection.execute("checkpoint")
        after, _ = seconds_now()
    (folder / "sorted.duckdb").unlink()
    return after - cpu


def copied_as_they_are(db: Path, folder: Path) -> float:
    """Write all tables of a warehouse once more, with nothing worked out; give the CPU seconds."""
    copy = folder / "copy.duckdb"
    # In the format of the warehouse, within its memory, and in no order, as dbt writes.
    with duckdb.connect(
        str(copy), config={"storage_compatibility_version": STORAGE_VERSION}
    ) as connection:
        connection.execute(
            f"set threads = 2; set memory_limit = '{USUAL_MEMORY}'; "
            "set preserve_insertion_order = false"
        )
        attach_to_read(connection, "warehouse", db)
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse'"
        ).fetchall()
        cpu, _ = seconds_now()
        for schema, table in tables:
            connection.execute(f"create schema if not exists {quoted(schema)}")
            name = quoted(schema, table)
            connection.execute(f"create table {name} as from warehouse.{name}")
        connection.execute("checkpoint")
        after, _ = seconds_now()
    copy.unlink()
    return after - cpu


def size(path: Path) -> float:
    """Give the MiB of a file, or of all files of a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / MEBIBYTE


@contextmanager
def remembered(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open what is kept of the versions of leads, with the warehouse beside it."""
    with duckdb.connect(str(folder / "versions.duckdb")) as connection:
        connection.execute(f"attach '{folder / 'warehouse.duckdb'}' as warehouse (read_only)")
        yield connection


def keep_versions(folder: Path, name: str) -> None:
    """Keep what the models remember of each lead, and how many rows they hold of it."""
    with remembered(folder) as connection:
        for relation in REBUILT:
            connection.execute(
                f"""
                create or replace table {name}_{relation.split(".")[1]} as
                select lead_key, max(lead_version) as lead_version, count(*) as lead_rows
                from warehouse.{relation} group by lead_key
                """  # noqa: S608
            )


def rebuilt(folder: Path) -> dict[str, object]:
    """Count the leads that the night's events belong to, and those that were rebuilt."""
    parts = (
        ("web_events", "record_key"),
        ("form_submissions", "md5('form:' || submission_id)::uuid"),
    )
    keys = " union all ".join(
        f"select {key} from warehouse.staging.base_raw__{table} "  # noqa: S608
        "where part like '%/late.parquet' and is_accepted"
        for table, key in (*parts, ("email_events", "md5('email:' || event_id)::uuid"))
    )
    with remembered(folder) as connection:
        touched = connection.execute(
            "select count(distinct lead_key) from warehouse.marts.fct_lead_timeline "  # noqa: S608
            f"where event_key in ({keys})"
        ).fetchall()[0][0]
        found: dict[str, object] = {"leads_with_new_events": touched}
        for relation in REBUILT:
            name = relation.split(".")[1]
            changed = "before.lead_version is distinct from after.lead_version"
            leads, rows, of_leads, of_rows = connection.execute(
                f"""
                select
                    count(*) filter ({changed}),
                    coalesce(sum(after.lead_rows) filter ({changed}), 0)::bigint,
                    count(*),
                    sum(after.lead_rows)::bigint
                from after_{name} as after left join before_{name} as before using (lead_key)
                """  # noqa: S608
            ).fetchall()[0]
            found[name] = {
                "leads_rebuilt": leads,
                "of_leads": of_leads,
                "rows_rebuilt": rows,
                "of_rows": of_rows,
            }
    return found


def measure(folder: Path, leads: int, share: float, compare: bool) -> dict[str, object]:
    """Build whole, a night, a day later, and nothing new."""
    shutil.rmtree(folder, ignore_errors=True)
    whole, raw, later = folder / "whole", folder / "raw", folder / "later"
    simulate(Settings(leads=leads, seed=1, out=whole, truth=folder / "truth"))
    hold_back(whole, raw, later, share)
    db, builds = folder / "warehouse.duckdb", {}
    for name in ("whole", "night", "a_day_later", "nothing_new"):
        if name == "a_day_later":
            a_day_later(raw)
        if name == "night":
            keep_versions(folder, "before")
            for file in sorted(later.rglob("*.parquet")):
                shutil.move(file, raw / file.relative_to(later))
        builds[name] = in_own_process(raw, db)
        note(f"{name}: {builds[name]['cpu']} CPU seconds")
        if name == "night":
            keep_versions(folder, "after")
            last_night = rebuilt(folder)
    copy = statistics.median(sorted_copy(raw, folder) for _ in range(3))
    copied = statistics.median(copied_as_they_are(db, folder) for _ in range(3))
    cpu = {name: float(str(one["cpu"])) for name, one in builds.items()}
    others: dict[str, object] = {}
    if compare:
        polars = in_own_notebook(raw, folder / "notebook")
        others = {
            "notebook": polars,
            "notebook_to_sorted_copy": round(polars["cpu"] / copy, 1),
        }
    return {
        "leads": leads,
        "share_held_back": share,
        "builds": builds,
        "sorted_copy_cpu": round(copy, 2),
        "tables_copied_cpu": round(copied, 2),
        "whole_to_sorted_copy": round(cpu["whole"] / copy, 1),
        "night_to_whole": round(cpu["night"] / cpu["whole"], 3),
        "a_day_later_to_whole": round(cpu["a_day_later"] / cpu["whole"], 3),
        "nothing_new_to_whole": round(cpu["nothing_new"] / cpu["whole"], 3),
        "raw_mib": round(size(raw)),
        "database_mib": round(size(db)),
        "database_to_raw": round(size(db) / size(raw), 1),
        "last_night": last_night,
        **others,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench.night", description=__doc__)
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--share", type=float, default=0.01, help="of the web events, held back")
    parser.add_argument("--folder", type=Path, default=FOLDER / "night")
    parser.add_argument("--compare", action="store_true", help="with a notebook in polars")
    parser.add_argument("--record", action="store_true", help="keep the result")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.folder.resolve(), chosen.leads, chosen.share, chosen.compare)
    report(f"night_{chosen.leads}", found, chosen.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
