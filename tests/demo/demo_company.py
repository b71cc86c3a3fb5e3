from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from demo.contract import RAW, TRUTH, Settings
from demo.simulate import simulate


class Company(NamedTuple):
    """A simulated company, its tables as views of `connection`."""

    raw: Path
    truth: Path
    summary: dict[str, Any]
    connection: duckdb.DuckDBPyConnection

    def value(self, query: str) -> Any:
        return self.connection.execute(query).fetchall()[0][0]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


def parquet_of(folder: Path, name: str) -> Path:
    in_folder = folder / name / "part-0.parquet"
    return in_folder if in_folder.exists() else folder / f"{name}.parquet"


def make_company(
    folder: Path, leads: int, seed: int, chunk: int = 20_000, second_crm: bool = False
) -> Company:
    raw, truth = folder / "raw", folder / "truth"
    simulate(Settings(leads, seed, raw, truth, chunk=chunk, second_crm=second_crm))
    connection = duckdb.connect()
    for place, names in ((raw, RAW), (truth, TRUTH)):
        for name in names:
            connection.execute(f"create view {name} as from '{parquet_of(place, name)}'")
    summary = json.loads((truth / "truth_summary.json").read_text(encoding="utf-8"))
    return Company(raw, truth, summary, connection)
