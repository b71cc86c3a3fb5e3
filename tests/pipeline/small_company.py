"""One small company, built night by night and built at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.warehouses import ask


@dataclass(frozen=True)
class SmallCompany:
    """Two warehouses of the same raw rows: one in nightly increments, one in one full build."""

    nightly: Path
    whole: Path
    raw: Path

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse that was built night by night."""
        return ask(self.nightly, sql)
