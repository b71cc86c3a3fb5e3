"""Time the stage models on a long status history and hold them to a plain replay.

``python -m bench.stages --leads 100000 --changes 1000000``

Prints how long the models from the status history to `fct_stage_transitions` take as a ratio
to sorting the same history, and how many people of a sample are told as the replay tells them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.stage_history import Size, write_stage_history
from bench.stage_people import read_entries, read_people
from bench.stage_replay import read_funnel, replay

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "bench" / "results" / "stages.json"
STAGE_MODELS = (
    "int_status_changes",
    "int_opportunities",
    "int_crm_stage_signals",
    "int_cycles",
    "int_stage_signals",
    "int_stage_entries",
    "fct_stage_transitions",
)
REPEATS = 3


def note(text: str) -> None:
    """Write a line about the work to standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def run_dbt(arguments: Sequence[str], folder: Path) -> None:
    """Run dbt on the folder's raw tables and warehouse."""
    places = {
        "LEAD_FUNNEL_RAW": str(folder / "raw"),
        "LEAD_FUNNEL_DB": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    paths = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    dbt = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet"]
    subprocess.run([*dbt, *arguments, *paths], check=True, env=os.environ | places)


def build_seconds(folder: Path) -> float:
    """Build the stage models once more; give the seconds that they took together."""
    run_dbt(["run", "--threads", "1", "--select", *STAGE_MODELS], folder)
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return float(sum(result["execution_time"] for result in results))


def sort_seconds(folder: Path) -> float:
    """Write the status history once, sorted by lead and time; give the seconds."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("set threads = 2")
        started = time.perf_counter()
        connection.execute(
            """
            create or replace table staging.sorted_history as
            select * from staging.stg_raw__crm_lead_history
            order by lead_id, changed_at, history_id
            """
        )
        seconds = time.perf_counter() - started
        connection.execute("drop table staging.sorted_history")
    return seconds


def measure(size: Size, sample: int, folder: Path) -> dict[str, object]:
    """Make the history, build it, time it, and compare a sample with the replay."""
    shutil.rmtree(folder, ignore_errors=True)
    changes = write_stage_history(size, folder / "raw")
    note(f"{changes:,} status changes of {size.leads:,} leads written")
    run_dbt(["seed"], folder)
    run_dbt(["run", "--select", "+fct_stage_transitions"], folder)
    note("built; now timing")
    sorts = [sort_seconds(folder) for _ in range(REPEATS)]
    builds = [build_seconds(folder) for _ in range(REPEATS)]
    funnel = read_funnel(PROJECT / "seeds")
    people = read_people(folder / "raw", sample)
    told = read_entries(folder / "warehouse.duckdb")
    differing = sum(
        replay(person, funnel) != told.get(email, []) for email, person in people.items()
    )
    build, sort = statistics.median(builds), statistics.median(sorts)
    return {
        "leads": size.leads,
        "status_changes": changes,
        "transitions": sum(map(len, told.values())),
        "sort_seconds": round(sort, 2),
        "stage_models_seconds": round(build, 2),
        "ratio_to_sorting": round(build / sort, 1),
        "people_replayed": len(people),
        "people_differing": differing,
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; fails only where the replay differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.stages", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=2_000, help="people to replay")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=PROJECT / "data" / "bench" / "stages")
    parser.add_argument("--record", action="store_true", help="write bench/results/stages.json")
    chosen = parser.parse_args(arguments)
    size = Size(chosen.leads, chosen.changes, chosen.seed)
    found = measure(size, chosen.sample, chosen.folder.resolve())
    text = json.dumps(found, indent=2)
    sys.stdout.write(text + "\n")
    if chosen.record:
        RESULTS.write_text(text + "\n")
    return 1 if found["people_differing"] else 0


if __name__ == "__main__":
    sys.exit(main())
