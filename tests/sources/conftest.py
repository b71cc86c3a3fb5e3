"""A warehouse of three web tools at once, with several connections each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_runs import Once, RunDbt
from tests.sources.web_sites import fill as fill_web_sites

Rows = list[tuple[Any, ...]]
Ask = Callable[[str], Rows]


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
        chosen = ["--select", "+lead_profiles", "+lead_events", "staging"]
        chosen += ["quarantined_rows", "audit_raw_rows"]
        run = run_dbt(
            ["build", *chosen, "--exclude-resource-type", "unit_test", "test"],
            raw=raw,
            db=db,
            variables={"sources": connections},
        )
        assert run.success, run.messages

    return once("web_sites", build) / "warehouse.duckdb"


@pytest.fixture(scope="session")
def ask(web_db: Path) -> Ask:
    """Ask the warehouse."""

    def query(sql: str) -> Rows:
        with duckdb.connect(str(web_db), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return query
