"""A simulated company in a built warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.warehouses import ask

BERLIN = ZoneInfo("Europe/Berlin")
"""Where the company reports in the tests of what is true of it."""


@dataclass(frozen=True)
class Company:
    """A built warehouse and the truth it was simulated from."""

    db: Path
    truth: Path

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return ask(self.db, sql)
