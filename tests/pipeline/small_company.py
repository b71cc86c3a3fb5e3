"""One small company, built night by night and built at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb


@dataclass(frozen=True)
class SmallCompany:
    """Two warehouses of the same raw rows: one in nightly increments, one in one full build."""

    nightly: Path
    whole: Path
    raw: Path

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse that was built night by night."""
        with duckdb.connect(str(self.nightly), read_only=True) as connection:
            return connection.execute(sql).fetchall()
