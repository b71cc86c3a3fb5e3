"""Write into docs/performance.md what `bench.night` has recorded.

``python -m bench.performance``
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from bench.run import PROJECT, RESULTS
from lead_funnel.console import say

PAGE = PROJECT / "docs" / "performance.md"
# A comment that names a table, and the table below it.
NAMED = re.compile(r"(<!-- table: (\w+) -->\n)(?:\|[^\n]*\n)*")
BUILDS = {
    "whole": "whole build",
    "night": "night of 1 %",
    "a_day_later": "nothing new but the day",
    "nothing_new": "nothing new",
}
Row = Sequence[object]


def results() -> list[dict[str, Any]]:
    """Read what was recorded, by size."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in RESULTS.glob("night_*.json")]
    return sorted(found, key=lambda one: int(one["leads"]))


def cell(value: object) -> str:
    """Write a value as a cell."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def table(head: Row, rows: Sequence[Row]) -> str:
    """Write rows below a head."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell(value) for value in line)} |\n" for line in lines)


def need(found: list[dict[str, Any]]) -> str:
    """Say what a company of a size needs."""
    return table(
        ["leads", "raw files, MB", "warehouse, MB", "most memory, MB", *BUILDS.values()],
        [
            [
                one["leads"],
                one["raw_mib"],
                one["database_mib"],
                max(build["most_memory_mib"] for build in one["builds"].values()),
                *(float(one["builds"][name]["cpu"]) for name in BUILDS),
            ]
            for one in found
        ],
    )


def ratios(found: list[dict[str, Any]]) -> str:
    """Hold builds to a sorted copy of the web events, and to the notebook."""
    return table(
        [
            "leads",
            "sorted copy, CPU seconds",
            *BUILDS.values(),
            "build and test",
            "all tables copied as they are",
            "notebook",
        ],
        [
            [
                one["leads"],
                float(one["sorted_copy_cpu"]),
                *(_times(one, one["builds"][name]["cpu"]) for name in BUILDS),
                _times(one, one["builds"]["whole"]["steps"]["Build and test the tables"]["cpu"]),
                _times(one, one["tables_copied_cpu"]),
                _times(one, one["notebook"]["cpu"]) if "notebook" in one else "",
            ]
            for one in found
        ],
    )


def _times(one: dict[str, Any], cpu: float) -> float:
    return round(cpu / float(one["sorted_copy_cpu"]), 1)


def steps(found: list[dict[str, Any]]) -> str:
    """Give the CPU seconds of each step at the largest size."""
    if not found:
        return ""
    builds = found[-1]["builds"]
    return table(
        [f"step, at {found[-1]['leads']:,} leads", *list(BUILDS.values())[:-1]],
        [
            [label, *(builds[name]["steps"][label]["cpu"] for name in list(BUILDS)[:-1])]
            for label in builds["whole"]["steps"]
        ],
    )


def touched(found: list[dict[str, Any]]) -> str:
    """Count what a night rebuilt against what it brought."""
    rows: list[Row] = []
    for one in found:
        night = one["last_night"]
        for name, made in night.items():
            if isinstance(made, dict):
                share = made["rows_rebuilt"] / made["of_rows"] if made["of_rows"] else 0.0
                rows.append(
                    [
                        one["leads"],
                        night["leads_with_new_events"],
                        f"`{name}`",
                        made["leads_rebuilt"],
                        made["rows_rebuilt"],
                        f"{share:.1%}",
                    ]
                )
    return table(
        ["leads", "with new events", "table", "leads rebuilt", "rows rebuilt", "of all rows"], rows
    )


def main() -> int:
    """Write the figures into the page."""
    found = results()
    kinds = {"need": need, "ratios": ratios, "steps": steps, "touched": touched}
    text = NAMED.sub(
        lambda named: named[1] + kinds[named[2]](found), PAGE.read_text(encoding="utf-8")
    )
    PAGE.write_text(text, encoding="utf-8")
    say(f"{PAGE} shows {len(found)} sizes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
