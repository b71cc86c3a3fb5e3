"""A warehouse of three web tools at once, with several connections each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_funnel.sources.macros import Project
from tests.dbt_runs import PROJECT, Once, RunDbt
from tests.sources.web_sites import fill as fill_web_sites

Rows = list[tuple[Any, ...]]
Ask = Callable[[str], Rows]
Connect = Callable[[], duckdb.DuckDBPyConnection]


@pytest.fixture(scope="session")
def web_db(once: Once, run_dbt: RunDbt) -> Path:
    """Give the warehouse; only to be read."""

    def build(folder: Path) -> None:
        raw, db = folder / "raw", folder / "warehouse.duckdb"
        raw.mkdir()
        (raw / "crm_reps.csv").write_text("rep_id,name\nr1,Rep One\n", encoding="utf-8")
        connections = fill_web_sites(db, folder)
        for connection in connections:
            if connection["tool"] == "snowplow":
                # As if every browser were signed in under its own name, see test_snowplow.py.
                connection["columns"] = {"events.user_id": "domain_userid"}
        chosen = ["--select", "+lead_profiles", "+lead_events", "+quarantined_rows"]
        chosen += ["+audit_raw_rows"]
        run = run_dbt(
            ["build", *chosen, "--exclude-resource-type", "unit_test", "test"],
            raw=raw,
            db=db,
            variables={"sources": connections},
        )
        assert run.success, run.messages

    return once("web_sites", build) / "warehouse.duckdb"


@pytest.fixture(scope="session")
def connect(web_db: Path) -> Connect:
    """Open the warehouse, and the file beside it that some of its views read."""

    def opened() -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(web_db), read_only=True)
        file = str(web_db.with_name("analytics.duckdb"))
        name = Project(PROJECT, connection, "warehouse", {}).call("database_of", {"database": file})
        connection.execute(f"attach if not exists '{file}' as {name} (read_only)")
        return connection

    return opened


@pytest.fixture(scope="session")
def ask(connect: Connect) -> Ask:
    """Ask the warehouse."""

    def query(sql: str) -> Rows:
        with connect() as connection:
            return connection.execute(sql).fetchall()

    return query
