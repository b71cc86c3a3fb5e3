"""Asking a warehouse that a test built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb


def ask(db: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query; the file is opened for it alone, and only to be read."""
    with duckdb.connect(str(db), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()
