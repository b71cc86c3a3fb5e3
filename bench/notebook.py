"""What a notebook would do of the same work: timeline, points and stages in polars.

``python -m bench.notebook --raw data/raw --folder data/bench/notebook``

Reads the raw files, gives each event a person (by address, or by that of the device's last form),
orders them into sessions, pays each rule of the seeds up to its cap and halves what it paid since,
and tells how long each record was in each stage. It is what an analyst writes in an afternoon, not
what the project promises: no quarantine, no merged records, no repeated loads, nothing incremental,
nobody forgotten. So its time is a floor for the same tables made once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from bench.run import FOLDER, PROJECT, report
from lead_funnel.held import MEBIBYTE, own_memory

if TYPE_CHECKING:
    import polars as pl

SESSION_MINUTES = 30
THREADS = "2"


def notebook(raw: Path, folder: Path) -> dict[str, float]:
    """Make the three tables; to be run in a process of its own.

    Returns
    -------
    dict of str to float
        CPU and wall seconds, most memory held, and the rows of each table.
    """
    os.environ["POLARS_MAX_THREADS"] = THREADS
    import polars as pl

    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    seeds = PROJECT / "seeds"

    def events(table: str, key: str, name: str, url: str, device: str | None) -> pl.LazyFrame:
        source = {"web_events": "web", "form_submissions": "form", "email_events": "email"}[table]
        return (
            pl.scan_parquet(f"{raw}/{table}/*.parquet")
            .select(
                pl.col(key).alias("event_id"),
                pl.lit(source).alias("source"),
                pl.col(name).alias("raw_name"),
                pl.col("occurred_at").cast(pl.Datetime("us"), strict=False),
                pl.col("email").str.strip_chars().str.to_lowercase(),
                pl.col(device).cast(pl.String).alias("device")
                if device
                else pl.lit(None, pl.String).alias("device"),
                pl.col(url).str.extract(r"https?://[^/]+([^?#]*)").alias("page_path"),
            )
            .drop_nulls(["event_id", "occurred_at"])
            .unique("event_id")
        )

    every = pl.concat(
        [
            events("web_events", "event_id", "event_name", "page_url", "anonymous_id"),
            events("form_submissions", "submission_id", "form_id", "page_url", "anonymous_id"),
            events("email_events", "event_id", "event_name", "url", None),
        ]
    )
    owners = (
        every.drop_nulls(["device", "email"])
        .group_by("device")
        .agg(pl.col("email").sort_by("occurred_at").last().alias("owner"))
    )
    kinds = _kinds(pl.read_csv(seeds / "event_types.csv"), every)
    timeline = (
        every.join(owners, on="device", how="left")
        .join(kinds, on=["source", "raw_name", "page_path"], how="left", nulls_equal=True)
        .with_columns(pl.coalesce("email", "owner", "device").alias("person"))
        .select("person", "occurred_at", "event_id", "event_type", "page_path")
        .sort("person", "occurred_at", "event_id")
        .with_columns(
            (pl.col("occurred_at").diff().over("person") > pl.duration(minutes=SESSION_MINUTES))
            .fill_null(True)
            .cum_sum()
            .over("person")
            .alias("session_number"),
            pl.int_range(1, pl.len() + 1).over("person").alias("event_number"),
        )
        .collect()
    )
    timeline.write_parquet(folder / "timeline.parquet")

    as_of = timeline["occurred_at"].max()
    rules = (
        pl.scan_csv(seeds / "points_rules.csv")
        .filter(pl.col("dimension") == "behavior")
        .select("rule_id", "event_type", "points", "max_awards", "half_life_days")
    )
    points = (
        timeline.lazy()
        .join(rules, on="event_type")
        .with_columns(
            pl.int_range(1, pl.len() + 1).over("person", "rule_id").alias("award_number"),
            ((pl.lit(as_of) - pl.col("occurred_at")).dt.total_seconds() / 86400).alias("age"),
        )
        .filter((pl.col("max_awards") == 0) | (pl.col("award_number") <= pl.col("max_awards")))
        .with_columns(
            pl.when(pl.col("half_life_days") > 0)
            .then(pl.col("points") * 0.5 ** (pl.col("age") / pl.col("half_life_days")))
            .otherwise(pl.col("points"))
            .alias("left")
        )
        .with_columns(
            pl.col("points").cum_sum().over("person").alias("earned_so_far"),
            pl.col("left").sum().over("person").alias("balance"),
        )
        .select("person", "event_id", "rule_id", "points", "left", "earned_so_far", "balance")
        .collect()
    )
    points.write_parquet(folder / "points.parquet")

    statuses = pl.scan_csv(seeds / "crm_status_map.csv").filter(pl.col("object_type") == "lead")
    stages = (
        pl.scan_parquet(f"{raw}/crm_lead_history*/*.parquet")
        .filter(pl.col("field_name") == "status")
        .unique("history_id")
        .join(statuses, left_on="new_value", right_on="raw_status")
        .sort("lead_id", "changed_at", "history_id")
        .with_columns(
            pl.col("stage").shift(1).over("lead_id").alias("from_stage"),
            pl.col("changed_at").shift(-1).over("lead_id").alias("exited_at"),
        )
        .filter(pl.col("stage").ne_missing(pl.col("from_stage")))
        .select("lead_id", "from_stage", "stage", "changed_at", "exited_at")
        .collect()
    )
    stages.write_parquet(folder / "stages.parquet")
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "wall": round(time.perf_counter() - started, 2),
        "most_memory_mib": round(own_memory() / MEBIBYTE),
        "timeline_rows": timeline.height,
        "points_rows": points.height,
        "stages_rows": stages.height,
    }


def _kinds(types: pl.DataFrame, every: pl.LazyFrame) -> pl.LazyFrame:
    """Give each name and path that occurs its type: the longest pattern that fits."""
    import polars as pl

    types = types.select(
        "source",
        "raw_name",
        "event_type",
        pl.col("path_pattern").str.strip_chars_end("%").alias("prefix"),
    )
    return (
        every.select("source", "raw_name", "page_path")
        .unique()
        .join(types.lazy(), on=["source", "raw_name"])
        .filter(pl.col("page_path").fill_null("").str.starts_with(pl.col("prefix")))
        .sort(pl.col("prefix").str.len_chars(), descending=True)
        .unique(["source", "raw_name", "page_path"], keep="first", maintain_order=True)
        .select("source", "raw_name", "page_path", "event_type")
    )


def in_own_process(raw: Path, folder: Path) -> dict[str, float]:
    """Run it where polars takes no more threads than the other side has."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["POLARS_MAX_THREADS"] = THREADS
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(notebook, raw, folder).result()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark by itself."""
    parser = argparse.ArgumentParser(prog="python -m bench.notebook", description=__doc__)
    parser.add_argument("--raw", type=Path, required=True, help="folder of the raw files")
    parser.add_argument("--folder", type=Path, default=FOLDER / "notebook")
    chosen = parser.parse_args(arguments)
    report("notebook", in_own_process(chosen.raw.resolve(), chosen.folder.resolve()), False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
