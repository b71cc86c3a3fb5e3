"""Files as companies have them: whether every row of a thousand is accounted for and read right.

``python -m bench.intake --files 1000``

Writes files of opportunities of all kinds at random (encodings, delimiters, quotes, titles, number
styles, JSON in any layout, Parquet, workbooks, and files that nobody can read), builds the base
models and the quarantine on them, and holds each file against what was written: its rows are all
there, no amount is another, and what cannot be read is named.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.intake_files import Made, make_files
from bench.run import FOLDER, report, run_dbt
from lead_funnel.console import note

SELECTED = ("+quarantined_rows", "+audit_raw_rows", "quarantined_files")
TABLE = "crm_opportunities"


def measure(folder: Path, files: int, seed: int) -> dict[str, object]:
    """Write the files, build on them twice, and hold them against each other."""
    shutil.rmtree(folder, ignore_errors=True)
    made = make_files(folder / "raw" / TABLE, files, seed)
    run_dbt(["seed"], folder)
    seconds = []
    is_stopped = 0
    for _ in range(2):
        started = time.perf_counter()
        try:
            run_dbt(["run", "--select", *SELECTED], folder)
        except subprocess.CalledProcessError:
            is_stopped = 1
        seconds.append(round(time.perf_counter() - started, 1))
    log = (folder / "logs" / "dbt.log").read_text(encoding="utf-8", errors="replace")
    found: dict[str, object] = {} if is_stopped else compared(folder, made)
    return {
        "files": files,
        "kinds": len({one.kind for one in made}),
        "rows": sum(one.records or 0 for one in made),
        "builds_stopped": is_stopped,
        "tracebacks": log.count("Traceback (most recent call last)"),
        **found,
        "seconds": seconds[0],
        "seconds_unchanged": seconds[1],
    }


def compared(folder: Path, made: Sequence[Made]) -> dict[str, object]:
    """Hold the warehouse against what was written."""
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            f"select parse_filename(source_file), count(*) from raw.{TABLE} group by 1"  # noqa: S608
        ).fetchall()
        accepted = connection.execute(
            "select opportunity_id, cast(amount as double), coalesce(lost_reason, '') "
            f"from staging.stg_raw__{TABLE}"
        ).fetchall()
        quarantined = connection.execute(
            "select split_part(file_name, '/', 2) from marts.quarantined_files"
        ).fetchall()
        ((unbalanced, accounted),) = connection.execute(
            "select count_if(not is_balanced), sum(rows_accepted + rows_duplicate "
            "+ rows_quarantined)::bigint from marts.audit_raw_rows"
        ).fetchall()
    counts = dict(rows)
    named = {name for (name,) in quarantined}
    amounts = {key: amount for one in made for key, amount in one.amounts.items()}
    reasons = {key: text for one in made for key, text in one.reasons.items()}
    lost: Counter[str] = Counter()
    for one in made:
        missing = abs((one.records or 0) - counts.get(one.name, 0))
        # Noise may by chance be text of no row; what cannot be read is named.
        if missing and not (one.records is None and one.name in named):
            lost[one.kind] += missing
            note(f"{one.kind}: {missing} rows of {one.name}")
    misread = [
        key for key, amount, _ in accepted if amount is not None and amount != amounts.get(key)
    ]
    changed = [
        key
        for key, _, text in accepted
        if key in reasons and " ".join(text.split()) != " ".join(reasons[key].split())
    ]
    for key in [*misread, *changed]:
        note(f"read otherwise than written: {key}")
    return {
        "rows_accepted": len(accepted),
        "rows_unaccounted": sum(lost.values()) + abs(accounted - sum(counts.values())),
        "tables_unbalanced": unbalanced,
        "amounts_misread": len(misread),
        "texts_changed": len(changed),
        "files_unreadable": sum(one.records is None for one in made),
        "files_unreadable_unnamed": sum(
            one.records is None and one.name not in named for one in made
        ),
        "files_readable_quarantined": sum(
            one.records is not None and one.name in named for one in made
        ),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="keep the figures in bench/results")
    options = parser.parse_args(arguments)
    found = measure(FOLDER / "intake", options.files, options.seed)
    report("intake", found, options.record)
    faults = ("builds_stopped", "tracebacks", "rows_unaccounted", "amounts_misread")
    return int(any(found.get(name) for name in faults))


if __name__ == "__main__":
    sys.exit(main())
