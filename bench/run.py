"""What all benchmarks share: dbt in a folder of its own, notes, and recorded results."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "data" / "bench"
RESULTS = PROJECT / "bench" / "results"


def run_dbt(arguments: Sequence[str], folder: Path) -> None:
    """Run dbt on the raw tables and the warehouse of a folder.

    Parameters
    ----------
    arguments : sequence of str
        The command and its flags.
    folder : Path
        Holds `raw` and `warehouse.duckdb`; dbt's own files go there too.
    """
    places = {
        "LEAD_FUNNEL_RAW": str(folder / "raw"),
        "LEAD_FUNNEL_DB": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    paths = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    dbt = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet"]
    subprocess.run([*dbt, *arguments, *paths], check=True, env=os.environ | places)


def model_seconds(folder: Path) -> dict[str, float]:
    """Give the seconds that each model of the last run took."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return {
        result["unique_id"].rsplit(".", 1)[-1]: float(result["execution_time"])
        for result in results
    }


def build_seconds(folder: Path, models: Sequence[str]) -> float:
    """Build models whole, one after the other; give the seconds that they took together."""
    run_dbt(["run", "--full-refresh", "--threads", "1", "--select", *models], folder)
    return sum(model_seconds(folder).values())


def sort_seconds(folder: Path, relation: str, order: str) -> float:
    """Write a relation of the warehouse once in some order; give the seconds."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("set threads = 2")
        started = time.perf_counter()
        connection.execute(
            f"create or replace table main.sorted as select * from {relation} order by {order}"  # noqa: S608
        )
        seconds = time.perf_counter() - started
        connection.execute("drop table main.sorted")
    return seconds


def report(name: str, found: Mapping[str, object], record: bool) -> None:
    """Print the figures and, if asked, keep them under `bench/results`."""
    machine = {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
    }
    text = json.dumps({**found, **machine}, indent=2)
    sys.stdout.write(text + "\n")
    if record:
        (RESULTS / f"{name}.json").write_text(text + "\n")
