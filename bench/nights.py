"""Ten nights of telling the CRM: what goes over the line, and how often bands flip.

``python -m bench.nights --leads 1500``

A company is simulated and built as of ten nights in a row; each night a CRM takes all changes.
Prints the records sent against those of a sync that sends everything, and how many leads changed
band from one night to the next, as published (with a margin at the edges) and as scored (without).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from bench.run import FOLDER, report, run_dbt
from demo.contract import Settings
from demo.simulate import simulate
from lead_funnel.console import note
from lead_funnel.crm.ledger import Ledger
from lead_funnel.crm.records import read_rows

NIGHTS = 10
Bands = dict[str, str | None]


def last_arrival(raw: Path) -> datetime:
    """Give when the last row of the CRM arrived."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select max(loaded_at) from read_parquet('{raw}/crm_leads/*.parquet')"  # noqa: S608
        ).fetchall()
    return datetime.fromisoformat(str(found[0][0]))


def bands(db: Path) -> tuple[Bands, Bands]:
    """Read each record's band as it is sent to the CRM, and as the score alone would set it."""
    with duckdb.connect(str(db), read_only=True) as connection:
        sent = read_rows(connection, "marts", "crm_lead_sync", "sync_key")
        scored = read_rows(connection, "marts", "lead_scores", "lead_key")
    by_lead = {row["lead_key"]: row["score_band"] for row in scored}
    return (
        {row["sync_key"]: row["score_band"] for row in sent},
        {row["sync_key"]: by_lead.get(row["lead_key"]) for row in sent},
    )


def flips(before: Bands, after: Bands) -> int:
    """Count records that have a band on both nights, and not the same."""
    return sum(1 for key, band in after.items() if band and before.get(key) and before[key] != band)


def measure(folder: Path, leads: int) -> dict[str, object]:
    """Build and sync night by night."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    raw, db = folder / "raw", folder / "warehouse.duckdb"
    simulate(Settings(leads, 7, raw, folder / "truth"))
    end, ledger = last_arrival(raw), Ledger(db)
    run_dbt(["seed"], folder)
    nights: list[dict[str, int]] = []
    before: tuple[Bands, Bands] = ({}, {})
    for night in range(NIGHTS):
        as_of = end - timedelta(days=NIGHTS - 1 - night)
        given = ["--vars", f"{{as_of: '{as_of:%Y-%m-%d %H:%M:%S}'}}"]
        run_dbt(["run", "--select", "+crm_lead_sync_changes", *given], folder)
        after = bands(db)
        with duckdb.connect(str(db), read_only=True) as connection:
            changed = read_rows(connection, "marts", "crm_lead_sync_changes", "sync_key")
        ledger.record(changed, [])
        nights.append(
            {
                "records": len(after[0]),
                "sent": len(changed),
                "flips_as_published": flips(before[0], after[0]),
                "flips_as_scored": flips(before[1], after[1]),
                "with_a_band": sum(1 for band in after[0].values() if band),
            }
        )
        note(f"night {night + 1}: {nights[-1]}")
        before = after
    later = nights[1:]
    return {
        "leads": leads,
        "nights": nights,
        "sent_after_the_first_night": sum(each["sent"] for each in later),
        "sent_by_a_full_sync": sum(each["records"] for each in later),
        "flips_as_published": sum(each["flips_as_published"] for each in later),
        "flips_as_scored": sum(each["flips_as_scored"] for each in later),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.nights", description=__doc__)
    parser.add_argument("--leads", type=int, default=1500)
    parser.add_argument("--record", action="store_true", help="keep the figures in bench/results")
    options = parser.parse_args(arguments)
    report("nights", measure(FOLDER / "nights", options.leads), options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
