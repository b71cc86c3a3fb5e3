"""The warehouse that people are erased from, as it was before, after and later."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from lead_funnel.warehouse import published_path
from tests.pipeline.erased_people import Tables
from tests.warehouses import ask

BYSTANDER_TABLES = [
    "marts.dim_leads",
    "marts.fct_lead_timeline",
    "marts.fct_stage_transitions",
    "marts.fct_lead_cycles",
    "marts.fct_handoffs",
    "marts.fct_points_ledger",
    "intermediate.identity_members",
    "intermediate.lead_events",
    "intermediate.lead_profiles",
]


@dataclass(frozen=True)
class Warehouse:
    raw: Path
    db: Path

    def load(self, tables: Tables, part: str = "first") -> None:
        for table, rows in tables.items():
            file = self.raw / table / f"{part}.ndjson"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def kept(self, moment: str) -> Warehouse:
        """The warehouse and its copy as they are now, to be asked later."""
        folder = self.db.parent / moment
        folder.mkdir()
        for file in (self.db, published_path(self.db)):
            if file.exists():
                shutil.copy(file, folder)
        return Warehouse(self.raw, folder / self.db.name)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return ask(self.db, sql, *values)

    @cached_property
    def rows(self) -> dict[str, str]:
        """By table or view, raw apart, all its rows in lower case, one a line.

        Read once: a search of one word in each row of each table takes as long.
        """
        with duckdb.connect(str(self.db), read_only=True) as connection:
            names = connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables "
                "where table_schema not in ('raw', 'main', 'information_schema', 'pg_catalog')"
            ).fetchall()
            return {
                name: "\n".join(
                    text
                    for (text,) in connection.execute(
                        f"select lower(cast(one_row as varchar)) from {name} as one_row"
                    ).fetchall()
                )
                for (name,) in names
            }

    def tables_with(self, text: str) -> set[str]:
        """Tables and views any row of which holds the text in any column."""
        return {name for name, rows in self.rows.items() if text.lower() in rows}

    def lead_key(self, identifier: str) -> str:
        sql = "select lead_key from intermediate.identity_members where identifier_value = ?"
        return str(self.ask(sql, identifier)[0][0])

    def receipt(self, request_id: str | None) -> dict[str | None, int]:
        sql = (
            "select raw_table, cast(sum(rows_found) as int) from marts.erasure_receipts "
            "where request_id is not distinct from ? group by 1"
        )
        return dict(self.ask(sql, request_id))


def in_bytes(file: Path, words: list[str]) -> set[str]:
    """Which of some words stand anywhere in a file, free blocks included."""
    content = file.read_bytes().lower()
    return {word for word in words if word.lower().encode() in content}


def of_bystanders(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    keys = [warehouse.lead_key(name) for name in ["bert@firm.example", "cleo@other.example"]]
    found = {}
    for table in BYSTANDER_TABLES:
        sql = f"select * from {table} where cast(lead_key as varchar) in (?, ?) order by all"
        found[table] = warehouse.ask(sql, *keys)
    return found


@dataclass(frozen=True)
class Course:
    """The warehouse before the requests, after them, and after all rows came again.

    Attributes
    ----------
    left_in_bytes : set of str
        Identifiers of Anna in the file when the build had ended, before the file was rewritten.
    """

    before: Warehouse
    after: Warehouse
    again: Warehouse
    then: Warehouse
    left_in_bytes: set[str] = field(default_factory=set)
