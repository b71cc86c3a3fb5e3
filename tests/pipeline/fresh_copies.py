"""What a fresh run published, beside the whole builds before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from lead_funnel.fresh import publish, small
from lead_funnel.nightly import Build
from tests.pipeline.parted_day import Day

# What all leads together decide: ranks, averages and rates of the last whole build, and slots.
OF_ALL_LEADS = {
    "lead_scores": {"priority_rank", "band_value", "score_band", "average_probability",
                    "expected_value"},
    "crm_lead_sync": {"score_band", "owner_id", "due_at", "next_content_id", "is_exploration",
                      "row_hash"},
}  # fmt: skip
COMPARED = (
    "contact_policy",
    "crm_lead_sync",
    "cycle_dimensions",
    "dim_leads",
    "fct_handoffs",
    "fct_lead_cycles",
    "fct_lead_features",
    "fct_lead_timeline",
    "fct_points_ledger",
    "fct_stage_transitions",
    "lead_score_reasons",
    "lead_scores",
    "stage_anomalies",
)


@contextmanager
def beside(day: Day, db: Path) -> Iterator[Any]:
    """Connect to the copies of a warehouse and the night, with the leads that were made."""
    with duckdb.connect() as connection:
        for name, path in {
            "fresh": Build(day.folder, db).copy,
            "night": Build(day.folder, day.night).copy,
            "lead_funnel_small": small.small_path(db),
            "before": day.before,
            "last_copy": Build(day.folder, day.before).copy,
        }.items():
            connection.execute(f"attach '{path}' as {name} (read_only)")
        connection.execute("use fresh")
        publish.make_leads(connection, "before")
        yield connection


def columns(connection: Any, table: str) -> list[str]:
    """Columns that follow from the lead alone, doubles rounded."""
    found = connection.execute(f"describe night.marts.{table}").fetchall()
    return [
        f"round({name}, 6) as {name}" if kind == "DOUBLE" else name
        for name, kind, *_ in found
        # A version of the rows is no word about the lead.
        if name not in OF_ALL_LEADS.get(table, set()) | {"lead_version"}
    ]


def hold_to_the_night(connection: Any, table: str) -> None:
    """Fail where the leads that were made have other rows than in the night."""
    names = ", ".join(columns(connection, table))
    rows = {
        of: f"select {names} from {of}.marts.{table} "
        "where lead_key in (select lead_key from made_leads)"
        for of in ("fresh", "night")
    }
    for one, other in (("fresh", "night"), ("night", "fresh")):
        found = connection.execute(f"{rows[one]} except all {rows[other]}").fetchall()
        assert not found, f"{table}: {len(found)} rows only in {one}: {found[:2]}"


def hold_others_to_the_last_copy(connection: Any) -> None:
    """Fail where leads that were not made have other rows than before."""
    for table in ("dim_leads", "lead_scores", "fct_lead_timeline", "lead_assignments"):
        for one, other in (("last_copy", "fresh"), ("fresh", "last_copy")):
            [(changed,)] = connection.execute(
                f"select count(*) from (select * from {one}.marts.{table} "
                "where lead_key not in (select lead_key from gone_leads) "
                f"except all select * from {other}.marts.{table})"
            ).fetchall()
            assert changed == 0, f"{table}: {changed} rows only in {one}"
