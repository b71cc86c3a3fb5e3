"""Time the stage models on a long status history and hold them to a plain replay.

``python -m bench.stages --leads 100000 --changes 1000000``

Prints how long the models from the status history to `fct_stage_transitions` take as a ratio
to sorting the same history, and how many people of a sample are told as the replay tells them.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.run import FOLDER, PROJECT, build_seconds, report, run_dbt, sort_seconds
from bench.stage_history import LOADED, Size, write_stage_history
from bench.stage_people import read_entries, read_people
from bench.stage_replay import replay
from bench.stage_words import read_funnel
from lead_funnel.console import note

STAGE_MODELS = (
    "int_status_changes",
    "opportunities",
    "crm_stage_signals",
    "cycle_bounds",
    "int_stage_signals",
    "stage_entries",
    "fct_stage_transitions",
)
REPEATS = 3


def measure(size: Size, sample: int, folder: Path) -> dict[str, object]:
    """Make the history, build it, time it, and compare a sample with the replay."""
    shutil.rmtree(folder, ignore_errors=True)
    changes = write_stage_history(size, folder / "raw")
    note(f"{changes:,} status changes of {size.leads:,} leads written")
    run_dbt(["seed"], folder)
    run_dbt(["run", "--select", "+fct_stage_transitions"], folder)
    note("built; now timing")
    sorts = [
        sort_seconds(folder, "staging.stg_raw__crm_lead_history", "lead_id, changed_at, history_id")
        for _ in range(REPEATS)
    ]
    builds = [build_seconds(folder, STAGE_MODELS) for _ in range(REPEATS)]
    funnel = read_funnel(PROJECT / "seeds")
    people = read_people(folder / "raw", sample)
    told = read_entries(folder / "warehouse.duckdb")
    differing = sum(
        replay(person, funnel, LOADED.item()) != told.get(email, [])
        for email, person in people.items()
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
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; fails only where the replay differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.stages", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=2_000, help="people to replay")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=FOLDER / "stages")
    parser.add_argument("--record", action="store_true", help="keep the result")
    chosen = parser.parse_args(arguments)
    size = Size(chosen.leads, chosen.changes, chosen.seed)
    found = measure(size, chosen.sample, chosen.folder.resolve())
    report("stages", found, chosen.record)
    return 1 if found["people_differing"] else 0


if __name__ == "__main__":
    sys.exit(main())
