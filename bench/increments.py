"""Time nights that bring 1 % new events against building the same rows whole.

``python -m bench.increments --leads 200000``

A company is simulated and its events are held back but for a first load; each night brings the
next hundredth of them, in the order in which they arrived. Prints the ratio of the two times, and
how many leads each night touched against how many were rebuilt.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.run import FOLDER, model_seconds, report, run_dbt
from demo.contract import Settings
from demo.simulate import simulate
from lead_funnel.console import note

EVENT_TABLES = ("web_events", "form_submissions", "email_events")
# Models that rebuild whole leads; what each remembers of a lead is its version.
REBUILT = (
    "intermediate.lead_events",
    "intermediate.points_ledger",
    "intermediate.stage_entries",
    "intermediate.lead_profiles",
    "marts.fct_lead_timeline",
    "marts.fct_training_examples",
)


def hold_back(folder: Path, nights: int) -> int:
    """Simulate a company and part its events by arrival; give how many events there are.

    The first load stays in `raw`; what night 1, 2, ... brings waits in `later/1`, `later/2`, ...
    """
    events = 0
    for table in EVENT_TABLES:
        source = folder / "whole" / table / "part-0.parquet"
        with duckdb.connect() as connection:
            connection.execute(
                f"""
                create table arrived as
                select
                    *,
                    ceil({nights} - 100 * (1 - percent_rank() over (order by loaded_at)))::int
                        as night
                from '{source}'
                """  # noqa: S608
            )
            for night in range(nights + 1):
                to = folder / ("raw" if night == 0 else f"later/{night}") / table
                to.mkdir(parents=True, exist_ok=True)
                connection.execute(
                    f"""
                    copy (
                        select * exclude (night) from arrived where greatest(night, 0) = {night}
                    ) to '{to / f"part-{night}.parquet"}'
                    """
                )
            events += connection.execute("select count(*) from arrived").fetchall()[0][0]
    for other in (folder / "whole").iterdir():
        if other.name not in EVENT_TABLES:
            shutil.move(other, folder / "raw" / other.name)
    return events


def timed(folder: Path, *flags: str) -> tuple[float, dict[str, float]]:
    """Run all models; give the seconds that it took and those of each model."""
    started = time.perf_counter()
    run_dbt(["run", *flags], folder)
    return time.perf_counter() - started, model_seconds(folder)


def versions(folder: Path, keep: str) -> None:
    """Keep what the models remember of each lead, and how many rows they hold of it."""
    with duckdb.connect(str(folder / "versions.duckdb")) as connection:
        connection.execute(f"attach '{folder / 'warehouse.duckdb'}' as warehouse (read_only)")
        for relation in REBUILT:
            name = relation.split(".")[1]
            connection.execute(
                f"""
                create or replace table {keep}_{name} as
                select lead_key, max(lead_version) as lead_version, count(*) as lead_rows
                from warehouse.{relation} group by lead_key
                """  # noqa: S608
            )


def rebuilt(folder: Path, night: int) -> dict[str, object]:
    """Count the leads that a night's events belong to, and those that were rebuilt."""
    with duckdb.connect(str(folder / "versions.duckdb")) as connection:
        connection.execute(f"attach '{folder / 'warehouse.duckdb'}' as warehouse (read_only)")
        touched = connection.execute(
            """
            select count(distinct timeline.lead_key)
            from warehouse.marts.fct_lead_timeline as timeline
            where timeline.event_key in (
                select record_key from warehouse.staging.base_raw__web_events
                where part like ? and is_accepted
                union all
                select md5('form:' || submission_id)::uuid
                from warehouse.staging.base_raw__form_submissions
                where part like ? and is_accepted
                union all
                select md5('email:' || event_id)::uuid
                from warehouse.staging.base_raw__email_events
                where part like ? and is_accepted
            )
            """,
            [f"%/part-{night}.parquet"] * 3,
        ).fetchall()[0][0]
        found: dict[str, object] = {"leads_with_new_events": touched}
        for relation in REBUILT:
            name = relation.split(".")[1]
            leads, rows, of_leads, of_rows = connection.execute(
                f"""
                select
                    count(*) filter (changed),
                    coalesce(sum(lead_rows) filter (changed), 0)::bigint,
                    count(*),
                    sum(lead_rows)::bigint
                from (
                    select
                        after.lead_rows,
                        before.lead_version is distinct from after.lead_version as changed
                    from after_{name} as after
                    left join before_{name} as before using (lead_key)
                )
                """  # noqa: S608
            ).fetchall()[0]
            found[name] = {
                "leads_rebuilt": leads,
                "of_leads": of_leads,
                "rows_rebuilt": rows,
                "of_rows": of_rows,
            }
        return found


def measure(leads: int, nights: int, folder: Path) -> dict[str, object]:
    """Build whole, then night by night, then whole again, and compare the times."""
    shutil.rmtree(folder, ignore_errors=True)
    simulate(Settings(leads=leads, seed=1, out=folder / "whole", truth=folder / "truth"))
    events = hold_back(folder, nights)
    note(f"{events:,} events of {leads:,} leads; building the first load")
    run_dbt(["seed"], folder)
    whole, whole_models = timed(folder)
    wholes, increments, models, counts = [whole], [], [], []
    for night in range(1, nights + 1):
        versions(folder, "before")
        for table in EVENT_TABLES:
            for file in (folder / "later" / str(night) / table).iterdir():
                shutil.move(file, folder / "raw" / table / file.name)
        seconds, by_model = timed(folder)
        increments.append(seconds)
        models.append(by_model)
        versions(folder, "after")
        counts.append(rebuilt(folder, night))
        note(f"night {night}: {seconds:.0f} s")
    wholes.append(timed(folder, "--full-refresh")[0])
    night_models = {
        name: statistics.median(by_model[name] for by_model in models) for name in models[0]
    }
    slowest = sorted(night_models, key=lambda name: -night_models[name])[:8]
    increment, whole = statistics.median(increments), statistics.median(wholes)
    return {
        "leads": leads,
        "events": events,
        "whole_seconds": [round(seconds, 1) for seconds in wholes],
        "night_seconds": [round(seconds, 1) for seconds in increments],
        "whole_to_night": round(whole / increment, 1),
        "models_whole_to_night": round(sum(whole_models.values()) / sum(night_models.values()), 1),
        "slowest_at_night": {
            name: [round(whole_models[name], 1), round(night_models[name], 1)] for name in slowest
        },
        "last_night": counts[-1],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench.increments", description=__doc__)
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--nights", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=FOLDER / "increments")
    parser.add_argument("--record", action="store_true", help="keep the result")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.leads, chosen.nights, chosen.folder.resolve())
    report("increments", found, chosen.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
