"""What other points rules would have done: tried in the schema ``what_if``, told as plain text."""

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from lead_funnel.dbt_runs import run_dbt
from lead_funnel.errors import UserError
from lead_funnel.warehouse import open_warehouse
from lead_funnel.words import (
    align,
    count_text,
    is_known,
    number_text,
    percent_range,
    percent_text,
    text,
    time_text,
)

SCHEMA = "what_if"
FLIPS_SHOWN = 10
NAMES = {"published": "rules in force", "tried": "rules tried"}


def try_rules(
    db: Path,
    rules: Path,
    project: Path = Path(),
    caps: Path | None = None,
    cells: Path | None = None,
) -> None:
    """Make the points anew by other rules, beside the published tables.

    Parameters
    ----------
    db, rules, project : pathlib.Path
        The warehouse; a file like ``seeds/points_rules.csv``; the folder of the dbt project.
    caps, cells : pathlib.Path, optional
        Files like ``seeds/points_caps.csv`` and ``seeds/points_cells.csv``, instead of those.

    Raises
    ------
    UserError
        If a rule cannot be meant, or there is no such file or no warehouse.
    """
    if not db.is_file():
        raise UserError(f"There is no warehouse at {db}. Build one first with `lead-funnel build`.")
    for file in (rules, caps, cells):
        if file and not file.is_file():
            raise UserError(f"There is no file {file}.")
    os.environ["LEAD_FUNNEL_DB"] = str(db.absolute() if project != Path() else db)
    files = {"points_rules_file": rules, "points_caps_file": caps, "points_cells_file": cells}
    variables = json.dumps({name: str(file.absolute()) for name, file in files.items() if file})
    chosen = ["run", "--full-refresh", "--select", "tag:what_if", "--vars", variables]
    # A folder of its own, because a file named by a variable makes dbt read the project again.
    if project == Path():
        chosen.append(f"--target-path={Path('target', 'what_if')}")
    run_dbt(chosen, "points by these rules", db, set(), project)


def figures(db: Path) -> list[dict[str, Any]]:
    """Give the figures of both sets of rules.

    Raises
    ------
    UserError
        If the warehouse cannot be read, or nothing was tried yet.
    """
    connection = open_warehouse(db, read_only=True)
    try:
        rows = _read(connection, f"{SCHEMA}.rule_backtest_summary").to_dict("records")
    finally:
        connection.close()
    return [{str(name): value for name, value in row.items()} for row in rows]


def _read(connection: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = connection.table(table).df()
    except duckdb.CatalogException:
        raise UserError(f"There is no {table}. Run `lead-funnel what-if RULES` first.") from None
    return frame


def _sets_section(summary: pd.DataFrame) -> list[str]:
    """Show the two sets of rules side by side."""
    rows: list[Any] = [
        row for name in NAMES for row in summary[summary["rule_set"] == name].itertuples()
    ]
    table = [
        ["", *(NAMES[row.rule_set] for row in rows)],
        ["handed over by points", *(count_text(row.handed_over) for row in rows)],
        ["  only by these rules", *(count_text(row.handed_over_only_here) for row in rows)],
        ["  a week", *(number_text(row.handed_over_a_week) for row in rows)],
        ["  in the busiest week", *(count_text(row.most_in_a_week) for row in rows)],
        ["sales can take a week", *(count_text(row.weekly_capacity) for row in rows)],
        [
            "weeks over capacity",
            *(f"{count_text(row.weeks_over_capacity)} of {count_text(row.weeks)}" for row in rows),
        ],
        [
            "precision: won of handed over",
            *(f"{count_text(row.mature_won)} of {count_text(row.mature)}" for row in rows),
        ],
        ["", *(_share(row, "won_precision") for row in rows)],
        [
            "recall: handed over of won",
            *(f"{count_text(row.wins_handed_over)} of {count_text(row.wins)}" for row in rows),
        ],
        ["", *(_share(row, "won_recall") for row in rows)],
        ["wins only by these rules", *(count_text(row.wins_only_here) for row in rows)],
        ["  their amount", *(count_text(row.value_only_here) for row in rows)],
    ]
    return align(table)


def _share(row: Any, name: str) -> str:
    interval = percent_range(getattr(row, f"{name}_low"), getattr(row, f"{name}_high"))
    return f"{percent_text(getattr(row, name))} ({interval})"


def _cells_section(backtest: pd.DataFrame) -> list[str]:
    """Count the leads handed over by cell of the grid of fit by behaviour."""
    counted = {name: backtest[f"{name}_grid_cell"].value_counts() for name in NAMES}
    cells = sorted(set().union(*(counts.index for counts in counted.values())))
    table = [["Cell of the grid", *NAMES.values()]]
    for cell in cells:
        table.append([cell, *(count_text(counted[name].get(cell, 0)) for name in NAMES)])
    return align(table)


def _flips_section(backtest: pd.DataFrame, leads: pd.DataFrame) -> list[str]:
    """List the leads that only one of the two sets hands over, wins first."""
    flips = backtest[backtest["handed_over_by"].isin(["gained", "missed"])]
    flips = flips.merge(leads[["lead_key", "crm_lead_id"]], on="lead_key", how="left")
    flips = flips.assign(
        handoff_at=flips["tried_handoff_at"].fillna(flips["published_handoff_at"]),
        is_won=flips["won_at"].notna(),
    ).sort_values(
        ["is_won", "handoff_at", "lead_key"], ascending=[False, False, True], kind="stable"
    )
    if flips.empty:
        return ["No handoff changes: both rule sets hand over the same leads."]
    table = [["Leads whose handoff changes", "cycle", "", "handed over (UTC)", "outcome"]]
    for row in flips.head(FLIPS_SHOWN).itertuples():
        name = text(row.crm_lead_id) if is_known(row.crm_lead_id) else str(row.lead_key)
        sign = "gained" if row.handed_over_by == "gained" else "missed"
        outcome = text(row.outcome).replace("_", " ")
        table.append([name, count_text(row.cycle_number), sign, time_text(row.handoff_at), outcome])
    lines = align(table, left=(0, 2, 3, 4))
    if len(flips) > FLIPS_SHOWN:
        lines.append(f"and {count_text(len(flips) - FLIPS_SHOWN)} more in {SCHEMA}.rule_backtest")
    return lines


def compare(db: Path) -> str:
    """Write the comparison of the rules in force with those tried.

    Raises
    ------
    UserError
        If the warehouse cannot be read, or nothing was tried yet.
    """
    connection = open_warehouse(db, read_only=True)
    try:
        summary = _read(connection, f"{SCHEMA}.rule_backtest_summary")
        backtest = _read(connection, f"{SCHEMA}.rule_backtest")
        leads = _read(connection, "marts.dim_leads")
    finally:
        connection.close()
    return "\n".join(
        [
            *_sets_section(summary),
            "",
            *_cells_section(backtest),
            "",
            *_flips_section(backtest, leads),
        ]
    )
