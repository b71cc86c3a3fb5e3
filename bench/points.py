"""How long the points ledger takes, against copying the same events sorted by lead.

``python -m bench.points --events 20000000``

Makes a warehouse that holds nothing but what the points models read: events of
leads (a few with very many), a cycle each, and pages in as many
versions as a large site has. Then dbt builds the points on it. Seconds depend on the
machine and on what else it does; the ratios are what to look at.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from bench.run import FOLDER, model_seconds, report, run_dbt
from lead_funnel.console import note

PAGES = 20_000
MODELS = ("points_ledger", "points_crossings")
SELECTED = (
    "points_rules_in_force", "int_points_path_matches", "int_points_rule_matches", *MODELS,
)  # fmt: skip
SEEDS = ("points_rules", "points_caps", "points_cells", "points_thresholds")
# Path patterns as a company with a large site has them, beside the shipped rules.
PATTERNS = tuple(f"/section-{number}/page-{number}%" for number in range(30))

INPUTS = """
create schema if not exists intermediate;
create schema if not exists staging;
create table intermediate.clock as
    select timestamp '2026-01-01' as as_of, timestamp '2026-01-01' as backfilled_until;
create table intermediate.event_signatures as
    select
        cast(md5(cast(number as varchar)) as uuid) as signature_key,
        'web' as source,
        'page_view' as raw_name,
        '/section-' || number % 30 || '/page-' || number as page_path,
        case number % 8
            when 0 then 'pricing_viewed' when 1 then 'product_viewed' when 2 then 'blog_viewed'
            when 3 then 'case_study_viewed' else 'page_viewed'
        end as event_type,
        'page' as content_type,
        '' as topic
    from range({pages}) as pages(number);
create table intermediate.lead_events as
    select
        cast(md5('event' || number) as uuid) as event_key,
        cast(md5('lead' || cast(
            pow(hash(number) % 1000000 / 1e6, 3) * {leads} as bigint
        )) as uuid) as lead_key,
        timestamp '2024-01-01' + to_seconds(cast(hash(number + 1) % 63000000 as bigint))
            as occurred_at,
        timestamp '2024-01-01' + to_seconds(cast(hash(number + 1) % 63000000 as bigint))
            as known_at,
        cast(md5(cast(hash(number + 2) % {pages} as varchar)) as uuid) as signature_key,
        case when number % 10 = 0 then 'campaign-' || number % 50 end as campaign_id
    from range({events}) as events(number);
create table intermediate.cycle_bounds as
    select
        lead_key,
        1 as cycle_number,
        min(occurred_at) as started_at,
        timestamp '9999-12-31' as next_started_at,
        min(occurred_at) as known_at
    from intermediate.lead_events
    group by lead_key;
create table intermediate.lead_silences as
    select event_key, lead_key, occurred_at from intermediate.lead_events limit 0;
create table intermediate.fit_awards as
    select
        event_key as entry_key, lead_key, 'firm_large' as rule_id,
        timestamp '2000-01-01' as valid_from, 10.0::double as points, false as blocks_mql,
        occurred_at as known_at
    from intermediate.lead_events limit 0;
create table intermediate.int_identity_merges as
    select event_key as merge_key, lead_key, occurred_at as merged_at
    from intermediate.lead_events limit 0;
create table staging.stg_raw__campaigns as
    select 'campaign-' || number as campaign_id, 'email' as channel
    from range(50) as campaigns(number);
"""
COPY = """
create or replace table copied as
    select * from intermediate.lead_events order by lead_key, occurred_at
"""


def make_inputs(db: Path, events: int, leads: int) -> None:
    """Make the tables that the points models read."""
    with duckdb.connect(str(db)) as connection:
        for statement in INPUTS.format(events=events, leads=leads, pages=PAGES).split(";"):
            if statement.strip():
                connection.execute(statement)


def copy_seconds(db: Path, memory: str) -> float:
    """Give the seconds that a copy of the events takes, sorted by lead."""
    with duckdb.connect(str(db), config={"memory_limit": memory}) as connection:
        connection.execute("set preserve_insertion_order = false")
        started = time.monotonic()
        connection.execute(COPY)
        seconds = time.monotonic() - started
        connection.execute("drop table copied")
    return seconds


def _add_patterns(db: Path) -> None:
    with duckdb.connect(str(db)) as connection:
        for number, pattern in enumerate(PATTERNS):
            connection.execute(
                "insert into seeds.points_rules by name select * replace (? as rule_id, "
                "? as path_pattern, '' as event_type) from seeds.points_rules "
                "where rule_id = 'page_view'",
                [f"section_{number}", pattern],
            )


def pattern_counts(db: Path) -> dict[str, int]:
    """Count how often a pattern was tried on a path, and how often it might have been."""
    with duckdb.connect(str(db), read_only=True) as connection:
        [(paths, patterns, events)] = connection.execute(
            """
            select
                (select count(distinct page_path) from intermediate.event_signatures),
                (select count(distinct path_pattern) from intermediate.points_rules_in_force
                 where path_pattern != ''),
                (select count(*) from intermediate.lead_events)
            """
        ).fetchall()
    return {
        "distinct_paths": paths,
        "patterns": patterns,
        "pattern_evaluations": paths * patterns,
        "pattern_evaluations_per_event_would_be": events * patterns,
    }


def measure(folder: Path, events: int, leads: int) -> dict[str, Any]:
    """Build the points once, between two copies of the events."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    db = folder / "warehouse.duckdb"
    note(f"making {events:,} events of up to {leads:,} leads")
    make_inputs(db, events, leads)
    # dbt wants a raw table to be there; which one does not matter here.
    (folder / "raw").mkdir()
    (folder / "raw" / "crm_leads.ndjson").write_text('{"lead_id": "nobody"}\n')
    run_dbt(["seed", "--select", *SEEDS], folder)
    _add_patterns(db)
    memory = os.environ.get("LEAD_FUNNEL_MEMORY", "6GB")
    note("copying, building the points, copying again")
    before = copy_seconds(db, memory)
    run_dbt(["run", "--full-refresh", "--select", *SELECTED], folder)
    seconds = model_seconds(folder)
    copied = (before + copy_seconds(db, memory)) / 2
    with duckdb.connect(str(db), read_only=True) as connection:
        [(entries,)] = connection.execute(
            "select count(*) from intermediate.points_ledger"
        ).fetchall()
    return {
        "events": events,
        "ledger_entries": entries,
        "memory_limit": memory,
        "load_average": round(os.getloadavg()[0], 1),
        "seconds_copy_sorted": round(copied, 1),
        **{f"seconds_{name}": round(seconds[name], 1) for name in MODELS},
        **{f"ratio_{name}": round(seconds[name] / copied, 2) for name in MODELS},
        "seconds_int_points_path_matches": round(seconds["int_points_path_matches"], 2),
        **pattern_counts(db),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.points", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=FOLDER / "points")
    parser.add_argument("--record", action="store_true", help="keep the result")
    options = parser.parse_args(arguments)
    found = measure(options.folder.resolve(), options.events, options.leads)
    report("points", found, options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
