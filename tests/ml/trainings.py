"""The model's command line on a warehouse of tests, and the rows that it leaves there."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from ml.commands.cli import main


def lead_ml(path: Path, *arguments: str) -> int:
    return main([*arguments, "--db", str(path), "--project-dir", str(path.parent)])


def rows(path: Path, table: str) -> pd.DataFrame:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql(f"select * from ml.{table}").df()
