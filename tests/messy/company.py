"""Rows as real companies have them, planted side by side, and the warehouse that is made of them.

Each module `<subject>_rows.py` of this folder plants the people of one subject, under ids and on
domains of their own: `ROWS`, by raw table, its rows with the columns that matter. All are built in
one build, at one moment.
"""

from __future__ import annotations

import csv
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.warehouses import ask

LOADED_AT = "2025-07-01 04:00:00"
"""When a row arrived that says nothing else; the build's moment."""

Row = Mapping[str, str]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Messy:
    """A built warehouse; only to be read."""

    db: Path

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Give the rows of a query; tables are named by schema and name."""
        return ask(self.db, sql, *parameters)

    def of_person(
        self, identifier_type: str, identifier: str, select: str
    ) -> list[tuple[Any, ...]]:
        """Give the rows of a query about one person; `{lead}` is their key."""
        [(lead_key,)] = self.ask(
            "select lead_key from intermediate.identity_members "
            "where identifier_type = ? and identifier_value = ?",
            identifier_type,
            identifier,
        )
        return self.ask(select.replace("{lead}", f"'{lead_key}'"))


def planted() -> dict[str, dict[str, Sequence[Row]]]:
    """Give the rows of every subject, by subject and raw table."""
    return {
        path.stem.removesuffix("_rows"): importlib.import_module(f"tests.messy.{path.stem}").ROWS
        for path in sorted(Path(__file__).parent.glob("*_rows.py"))
    }


def write_raw(raw: Path) -> None:
    """Write one CSV file per subject and raw table; null is written as empty."""
    for subject, tables in planted().items():
        for table, rows in tables.items():
            folder = raw / table
            folder.mkdir(parents=True, exist_ok=True)
            columns = list(dict.fromkeys(column for row in rows for column in row))
            columns += [] if "loaded_at" in columns else ["loaded_at"]
            with (folder / f"{subject}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows({"loaded_at": LOADED_AT} | dict(row) for row in rows)
