"""Simulate a B2B software company and write its raw tables, with the truth apart.

``python -m demo.simulate --leads 5000 --seed 7 --out data/demo/raw --truth data/demo/truth``
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from demo.chunk import simulate_chunk
from demo.columns import arrow_schema, empty
from demo.contract import RAW, TRUTH, Settings
from demo.mess import malformed_rows, mess_up
from demo.outreach import list_campaigns, list_costs
from demo.write import open_tables, write_text


def report(text: str) -> None:
    """Write one line about the progress."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def simulate(settings: Settings) -> dict[str, Any]:
    """Simulate the company; returns the summary that is also written to the truth folder."""
    begun = time.monotonic()
    malformed = malformed_rows(settings)
    sums: Counter[str] = Counter()
    by_source: dict[str, Counter[str]] = {}
    planted: dict[str, Counter[str]] = {}
    with (
        open_tables(settings.out, RAW, set(malformed)) as write_raw,
        open_tables(settings.truth, TRUTH, set()) as write_apart,
    ):
        rng = np.random.default_rng([settings.seed, 2**31])
        for name, rows in (
            ("campaigns", list_campaigns(settings)),
            ("campaign_costs", list_costs(settings)),
        ):
            messy, planted[name] = mess_up(rng, settings, name, rows)
            write_raw(name, messy)
        write_raw("erasure_requests", empty(arrow_schema(RAW["erasure_requests"])))
        first_rep = 1
        for place, first in enumerate(range(0, settings.leads, settings.chunk)):
            count = min(settings.chunk, settings.leads - first)
            numbers, sources, mess, reps = simulate_chunk(
                settings, place, first, count, first_rep, write_raw, write_apart
            )
            first_rep += reps
            sums.update(numbers)
            for total, part in ((by_source, sources), (planted, mess)):
                for name, counts in part.items():
                    total.setdefault(name, Counter()).update(counts)
            seconds = time.monotonic() - begun
            report(f"simulated {first + count} of {settings.leads} leads, {seconds:.0f} s")
    for name, (form, bad, _) in malformed.items():
        write_text(settings.out, name, form, list(RAW[name]), bad)
    reasons = {name: counts for name, (_, _, counts) in malformed.items()}
    summary = _summarise(settings, sums, by_source, planted, reasons)
    text = json.dumps(summary, indent=2) + "\n"
    (settings.truth / "truth_summary.json").write_text(text, encoding="utf-8")
    return summary


def _summarise(
    settings: Settings,
    sums: Counter[str],
    by_source: dict[str, Counter[str]],
    planted: dict[str, Counter[str]],
    malformed: dict[str, dict[str, int]],
) -> dict[str, Any]:
    """Put the truth into numbers."""
    duplicates = {
        name: {
            kind: counts[kind]
            for kind in ("exact_duplicates", "corrected_versions", "older_versions")
        }
        for name, counts in planted.items()
    }
    return {
        "leads": settings.leads,
        "seed": settings.seed,
        "start": settings.start.isoformat(),
        "days": settings.days,
        **sums,
        "win_rate": round(sums["won"] / max(sums["persons_with_crm_lead"], 1), 4),
        "black_hole_share": round(sums["black_hole_handoffs"] / max(sums["mature_handoffs"], 1), 4),
        "by_lead_source": by_source,
        "unique_rows": {name: counts["rows"] for name, counts in planted.items()},
        "duplicates_planted": {
            name: kinds | {"total": sum(kinds.values())} for name, kinds in duplicates.items()
        },
        "late_rows": {name: counts["late"] for name, counts in planted.items()},
        "malformed_planted": malformed,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.simulate", description=__doc__)
    parser.add_argument("--leads", type=int, default=5000, help="known persons to simulate")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same bytes")
    parser.add_argument(
        "--out", type=Path, default=Path("data/demo/raw"), help="folder for the raw tables"
    )
    parser.add_argument(
        "--truth", type=Path, default=Path("data/demo/truth"), help="folder for the truth"
    )
    parser.add_argument(
        "--start", type=date.fromisoformat, default=date(2025, 1, 1), help="first day"
    )
    parser.add_argument("--days", type=int, default=540, help="days to simulate, 60 at least")
    parser.add_argument(
        "--second-crm", action="store_true", help="add a second CRM, which logs no activities"
    )
    chosen = parser.parse_args(arguments)
    if chosen.leads < 10 or chosen.days < 60:
        report("Nothing simulated: --leads must be at least 10 and --days at least 60.")
        return 2
    summary = simulate(
        Settings(
            chosen.leads,
            chosen.seed,
            chosen.out,
            chosen.truth,
            chosen.start,
            chosen.days,
            second_crm=chosen.second_crm,
        )
    )
    report(
        f"{summary['crm_leads']} CRM leads, {summary['won']} won ({summary['win_rate']:.1%}), "
        f"{summary['black_hole_share']:.1%} of {summary['mature_handoffs']} handoffs "
        "in the black hole"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
