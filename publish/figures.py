"""The numbers that the summary and the report show, read from named tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from publish.copy import connect

STAGES = ("inquiry", "mql", "sal", "sql", "closed_won")
EXITS = ("closed_lost", "recycled", "disqualified")


@dataclass
class Figures:
    """Numbers of one warehouse; a missing table gives no rows.

    Attributes
    ----------
    con
        The open warehouse.
    missing
        Tables that were asked for and are not there, or lack a column.
    """

    con: Backend
    missing: list[str] = field(default_factory=list)

    def table(self, name: str, columns: Sequence[str]) -> Any:
        """Give some columns of a table such as ``marts.dim_leads``, or None without it."""
        schema, bare = name.split(".")
        try:
            table = self.con.table(bare, database=schema)
        except ibis.common.exceptions.TableNotFound:
            table = None
        if table is None or not set(columns) <= set(table.columns):
            if name not in self.missing:
                self.missing.append(name)
            return None
        return table.select(*columns)

    def rows(self, name: str, columns: Sequence[str]) -> pd.DataFrame:
        """Give all rows of a small table."""
        table = self.table(name, columns)
        return _frame(table, columns)

    def counts(self, name: str, *columns: str) -> pd.DataFrame:
        """Count rows by columns; gives these and ``rows``, the commonest first."""
        table = self.table(name, columns)
        if table is not None:
            table = table.group_by(*columns).agg(rows=table.count())
            table = table.order_by(ibis.desc("rows"), *columns)
        return _frame(table, [*columns, "rows"])

    @cached_property
    def as_of(self) -> object:
        """The warehouse's clock, or None."""
        for name in ("marts.capacity_plan", "marts.lead_scores", "marts.fct_lead_features"):
            table = self.table(name, ["as_of"])
            moment = None if table is None else table.as_of.max().execute()
            if moment is not None and not pd.isna(moment):
                return moment
        return None

    @cached_property
    def audit(self) -> pd.DataFrame:
        """Rows read, accepted, duplicates and quarantined by raw table."""
        return self.rows(
            "marts.audit_raw_rows",
            ["raw_table", "rows_read", "rows_accepted", "rows_duplicate", "rows_quarantined"],
        )

    @cached_property
    def quarantine(self) -> pd.DataFrame:
        """Quarantined rows by raw table and reason, the commonest first."""
        return self.counts("marts.quarantined_rows", "raw_table", "reject_reason")

    @cached_property
    def persons(self) -> int | None:
        """Persons after identity, or None without dim_leads."""
        table = self.table("marts.dim_leads", ["lead_key"])
        return None if table is None else int(table.count().execute())

    @cached_property
    def stages(self) -> pd.DataFrame:
        """Leads by the stage they are in."""
        counted = self.counts("marts.dim_leads", "current_stage")
        return counted[counted["current_stage"].notna()]

    @cached_property
    def conversion(self) -> pd.DataFrame:
        """The funnel by dimension and value."""
        return self.rows(
            "marts.funnel_conversion",
            ["dimension", "dimension_value", "stage", "stage_order", "entered", "advanced"]
            + ["lost", "recycled", "disqualified", "open", "mature"]
            + ["conversion_rate", "conversion_rate_low", "conversion_rate_high"],
        ).sort_values(["dimension", "dimension_value", "stage_order"])

    @property
    def funnel(self) -> pd.DataFrame:
        """The funnel of all cycles, in the order of stages."""
        return self.conversion[self.conversion["dimension"] == "all"]

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Leads, wins and close rate by source, the best first."""
        return self.rows(
            "marts.source_performance",
            ["lead_source", "leads", "won", "mature_leads", "mature_won_in_horizon"]
            + ["close_rate", "close_rate_low", "close_rate_high"],
        ).sort_values(["close_rate", "leads", "lead_source"], ascending=[False, False, True])

    @cached_property
    def black_hole(self) -> pd.DataFrame:
        """The share of handoffs nobody followed up, by dimension and value."""
        return self.rows(
            "marts.black_hole",
            ["dimension", "dimension_value", "handoffs", "never_followed_up"]
            + ["black_hole_share", "black_hole_share_low", "black_hole_share_high"],
        )

    @cached_property
    def models(self) -> pd.DataFrame:
        """Model versions: the one that scores first, then the newest."""
        return self.rows(
            "marts.model_registry",
            ["model_version", "as_of", "is_scoring", "gate_passed", "gate_reason"]
            + ["train_examples", "train_wins", "test_examples", "test_wins"],
        ).sort_values(["is_scoring", "as_of", "model_version"], ascending=False)

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """The bench of the first version of ``models``."""
        rows = self.rows(
            "marts.score_comparison",
            ["model_version", "subset", "scorer", "metric", "value", "interval_low"]
            + ["interval_high", "difference_to_points", "difference_low", "difference_high"],
        )
        newest = self.models["model_version"].head(1)
        return rows[rows["model_version"].isin(newest)]

    @cached_property
    def bands(self) -> pd.DataFrame:
        """Open leads by score band."""
        return self.counts("marts.lead_scores", "score_band")

    @cached_property
    def scored_by(self) -> pd.DataFrame:
        """Open leads by what scored them: model or points."""
        return self.counts("marts.lead_scores", "scored_by")

    @cached_property
    def unrouted(self) -> pd.DataFrame:
        """Candidates without an owner by the reason why."""
        counted = self.counts("marts.lead_assignments", "reason_code")
        return counted[counted["reason_code"].notna()]

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Capacity of the coming week by team, with one row for all."""
        return self.rows(
            "marts.capacity_plan",
            ["team_id", "team_name", "reps_active", "weekly_capacity", "slots_taken"]
            + ["free_slots", "candidates", "assigned_leads", "new_handoffs", "cutoff_score"]
            + ["expected_wins", "wins_of_one_more_rep"],
        ).sort_values("team_id")

    @cached_property
    def routable(self) -> int | None:
        """Leads that have an owner, or None without the table."""
        table = self.table("marts.routable_leads", ["lead_key"])
        return None if table is None else int(table.count().execute())

    def next_leads(self, count: int) -> pd.DataFrame:
        """Give the routable leads of highest value, without anything that names a person."""
        columns = ["crm_lead_id", "owner_id", "due_at", "score", "score_band", "is_exploration"]
        columns += ["probability", "points_total", "reason_1", "reason_2", "reason_3", "lead_key"]
        table = self.table("marts.routable_leads", columns)
        if table is not None:
            by_value = [
                ibis.desc(table.probability.fill_null(0)),
                ibis.desc(table.points_total),
                ibis.asc(table.lead_key),
            ]
            table = table.order_by(by_value).limit(count)
        return _frame(table, columns).drop(columns="lead_key")


def _frame(table: Any, columns: Sequence[str]) -> pd.DataFrame:
    """Fetch a table, or give no rows where there is none."""
    if table is None:
        return pd.DataFrame(columns=list(columns))
    frame: pd.DataFrame = table.execute()
    return frame


def open_figures(db: Path) -> Figures:
    """Open a warehouse for reading its numbers.

    Raises
    ------
    publish.errors.UserError
        If there is none, or it cannot be opened now.
    """
    return Figures(ibis.duckdb.from_connection(connect(db)))
