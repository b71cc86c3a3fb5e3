"""The compiled SQL of some models, run on a scratch warehouse of made-up tables.

Thousands of cases cost less than one dbt run.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from tests.dbt_runs import WAREHOUSE, invoke

AS_OF = pd.Timestamp("2025-03-10 09:00:00")


@dataclass(frozen=True)
class Compiled:
    """The project's compiled SQL and what it declares."""

    sql: dict[str, str]
    relations: dict[str, str]
    features: dict[str, str]


def compile_models(models: Sequence[str], folder: Path, parsed: Path) -> Compiled:
    """Compile models into a folder; give their SQL."""
    arguments = ["--quiet", "compile", "--no-populate-cache", "--select", *models]
    result = invoke(arguments, folder, folder / WAREHOUSE, folder / "no_files", parsed=parsed)
    assert result.success, result.exception
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    nodes = {node["name"]: node for node in manifest["nodes"].values()}
    sql = {}
    for name in models:
        path = folder / "target" / "compiled" / "lead_funnel" / nodes[name]["original_file_path"]
        sql[name] = path.read_text()
    columns = nodes["fct_lead_features"]["columns"].values()
    features = {
        column["name"]: column["meta"]["feature"]
        for column in columns
        if "feature" in column["meta"]
    }
    relations = {
        node["name"]: node["relation_name"]
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node.get("relation_name")
    }
    return Compiled(sql=sql, relations=relations, features=features)


class Warehouse:
    """A scratch warehouse of made-up tables."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute("set threads = 2")

    def put(self, name: str, frame: pd.DataFrame, types: dict[str, str] | None = None) -> None:
        """Write a table under the name the compiled SQL reads."""
        columns = ", ".join(
            f"cast({column} as {types[column]}) as {column}"
            if types and column in types
            else column
            for column in frame.columns
        )
        self.connection.register("frame", pa.Table.from_pandas(frame, preserve_index=False))
        self._create(name, f"select {columns} from frame")
        self.connection.unregister("frame")

    def run(self, name: str) -> pd.DataFrame:
        """Build a model and give its rows."""
        self._create(name, self.compiled.sql[name])
        return self.connection.execute(f"select * from {self.compiled.relations[name]}").df()

    def _create(self, name: str, sql: str) -> None:
        relation = self.compiled.relations[name]
        schema = relation.rsplit(".", 1)[0]
        self.connection.execute(f"create schema if not exists {schema}")
        self.connection.execute(f"create or replace table {relation} as {sql}")


def keys(count: int, random: np.random.Generator) -> list[str]:
    """Random keys, all different."""
    return [str(uuid.UUID(bytes=random.bytes(16))) for _ in range(count)]
