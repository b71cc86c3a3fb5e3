"""Write into docs/marts.md and docs/meaning.md what their queries give on a warehouse.

``python -m demo.questions --db data/demo/warehouse.duckdb``
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.warehouse import Connection, open_warehouse

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = DOCS / "marts.md", DOCS / "meaning.md"
# A query, and the table below it.
ANSWERED = re.compile(r"(```sql\n(.*?)```\n\n)(?:\|[^\n]*\n)*", re.S)
ROWS = 6


def cell(value: Any) -> str:
    """Write a value as a cell of the page; unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
    return str(value)


def table(connection: Connection, sql: str) -> str:
    """Give the first rows of a query as a table."""
    cursor = connection.execute(sql)
    names = [str(column[0]) for column in cursor.description or []]
    rows = [[cell(value) for value in row] for row in cursor.fetchmany(ROWS)]
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def answered(connection: Connection, page: str) -> str:
    """Give a page with the answers to its queries."""
    return ANSWERED.sub(lambda found: found[1] + table(connection, found[2]), page)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0, or 2 if the warehouse cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m demo.questions", description=__doc__)
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="the warehouse")
    options = parser.parse_args(arguments)
    try:
        with open_warehouse(options.db, read_only=True) as connection:
            texts = [answered(connection, page.read_text(encoding="utf-8")) for page in PAGES]
    except (UserError, duckdb.Error) as error:
        note(f"questions: {error}")
        return 2
    for page, text in zip(PAGES, texts, strict=True):
        page.write_text(text, encoding="utf-8")
        say(f"{page} shows the answers of {options.db}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
