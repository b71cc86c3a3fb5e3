"""A simulated company in a built warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.warehouses import ask


@dataclass(frozen=True)
class Company:
    """A built warehouse and the truth it was simulated from."""

    db: Path
    truth: Path

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return ask(self.db, sql)
