"""Map the public Olist marketing funnel onto the raw tables.

``python -m demo.olist --source DIR --out DIR`` reads Olist's two CSV files from DIR.

Everything in the closed deals is known only after the win, so nothing of it reaches a lead.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

from demo.columns import arrow_schema
from demo.contract import RAW
from demo.write import open_tables

LEADS_FILE = "olist_marketing_qualified_leads_dataset.csv"
DEALS_FILE = "olist_closed_deals_dataset.csv"
NEEDED = {
    LEADS_FILE: ("mql_id", "first_contact_date", "landing_page_id", "origin"),
    DEALS_FILE: ("mql_id", "sr_id", "won_date"),
}
MAPPINGS = {
    "crm_leads": (
        LEADS_FILE,
        {"lead_id": "mql_id", "created_at": "first_contact_date", "lead_source": "origin"},
        {},
    ),
    "campaign_responses": (
        LEADS_FILE,
        {
            "response_id": "mql_id",
            "campaign_id": "landing_page_id",
            "occurred_at": "first_contact_date",
            "crm_lead_id": "mql_id",
        },
        {"response_type": "landing_page"},
    ),
    "crm_opportunities": (
        DEALS_FILE,
        {
            "opportunity_id": "mql_id",
            "lead_id": "mql_id",
            "owner_id": "sr_id",
            "created_at": "won_date",
            "updated_at": "won_date",
            "closed_at": "won_date",
        },
        {"is_closed": "true", "is_won": "true"},
    ),
}
"""Per raw table: the file, which of its columns go where, and fixed values."""

KINDS = {"text": "varchar", "time": "timestamp", "integer": "bigint", "number": "double"}


class UnusableSourceError(Exception):
    """The source folder does not hold what is needed; the message says what and what to do."""


def _check(connection: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Raise if a file or a column is missing."""
    for name, columns in NEEDED.items():
        path = source / name
        if not path.is_file():
            raise UnusableSourceError(
                f"{path} is missing: download Olist's marketing funnel "
                "and give its folder as --source."
            )
        try:
            found = connection.read_csv(str(path), all_varchar=True, header=True).columns
        except duckdb.Error as error:
            text = str(error).split("\n")[0]
            raise UnusableSourceError(f"{path} cannot be read as CSV: {text}") from error
        missing = [column for column in columns if column not in found]
        if missing:
            raise UnusableSourceError(
                f"{path} lacks the column {', '.join(missing)}: "
                "take the file as Olist published it."
            )


def map_olist(source: Path, out: Path) -> dict[str, int]:
    """Write the raw tables that Olist's files can fill.

    Parameters
    ----------
    source : Path
        Folder with Olist's two CSV files.
    out : Path
        Folder for the raw tables.

    Returns
    -------
    dict
        Rows by table.

    Raises
    ------
    UnusableSourceError
        If a file or a column is missing, or a time cannot be read.
    """
    connection = duckdb.connect()
    _check(connection, source)
    schemas = {name: {c: k for c, k in RAW[name].items() if c != "loaded_at"} for name in MAPPINGS}
    counts = {}
    with open_tables(out, schemas, set()) as write:
        for name, (file, columns, fixed) in MAPPINGS.items():
            rows = connection.read_csv(str(source / file), all_varchar=True, header=True)
            selected = [
                f"cast({_expression(column, columns, fixed)} as "
                f"{KINDS.get(kind, kind)}) as {column}"
                for column, kind in schemas[name].items()
            ]
            try:
                table = rows.project(", ".join(selected)).to_arrow_table()
            except duckdb.Error as error:
                text = str(error).split("\n")[0]
                path = source / file
                raise UnusableSourceError(f"{path} holds an unusable value: {text}") from error
            write(name, table.cast(arrow_schema(schemas[name])))
            counts[name] = table.num_rows
    return counts


def _expression(column: str, columns: dict[str, str], fixed: dict[str, str]) -> str:
    """Column of the file, fixed value or null."""
    if column in fixed:
        return f"'{fixed[column]}'"
    return columns.get(column, "null")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.olist", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="folder with Olist's CSV files")
    parser.add_argument("--out", type=Path, required=True, help="folder for the raw tables")
    chosen = parser.parse_args(arguments)
    try:
        counts = map_olist(chosen.source, chosen.out)
    except UnusableSourceError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    lines = ", ".join(f"{count} {name}" for name, count in counts.items())
    sys.stderr.write(f"{lines} written to {chosen.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
