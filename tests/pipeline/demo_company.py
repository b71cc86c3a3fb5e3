"""A simulated company in a built warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb


@dataclass(frozen=True)
class Company:
    """A built warehouse and the truth it was simulated from."""

    db: Path
    truth: Path

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.db), read_only=True) as connection:
            return connection.execute(sql).fetchall()
