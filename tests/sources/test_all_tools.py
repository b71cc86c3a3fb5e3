"""All connectors on at once on the tables of their own packages, then one of them off again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_runs import Once, RunDbt
from tests.sources.crm_views import SHARED, fill, fill_from_files
from tests.sources.test_marketo import INSTANCE
from tests.sources.web_sites import CSV, FIXTURES

FOLDERS = {tool: SHARED / tool for tool in ("hubspot", "salesforce")}
FILES = {tool: (table, file) for tool, table, file in FIXTURES.values()}
PLACES = [*FOLDERS.values(), *(file for _, file in FILES.values())]
OFF = "hubspot"
"""Salesforce gives rows of the same tables, and so does Marketo."""

pytestmark = pytest.mark.skipif(
    not all(place.exists() for place in PLACES),
    reason="The tables of the tools' own packages are not there",
)


def fill_tools(db: Path) -> list[dict[str, Any]]:
    """Write the tables of each tool into a schema; gives the connections."""
    with duckdb.connect(str(db)) as connection:
        for tool, folder in FOLDERS.items():
            fill_from_files(connection, tool, folder)
        for tool, (table, file) in FILES.items():
            read = "read_json('{}')" if file.suffix == ".ndjson" else CSV
            connection.execute(f"create schema {tool}")
            connection.execute(f"create table {tool}.{table} as from {read.format(file)}")
        fill(connection, "marketo", INSTANCE)
    return [
        {"tool": tool, "name": f"our_{tool}", "schema": tool}
        for tool in (*FOLDERS, *FILES, "marketo")
    ]


@pytest.fixture(scope="module")
def warehouses(once: Once, run_dbt: RunDbt) -> Path:
    """Give a folder with a warehouse of all tools, and with what the next run without one made."""

    def build(folder: Path) -> None:
        raw, db = folder / "raw", folder / "warehouse.duckdb"
        raw.mkdir()
        (raw / "crm_leads.csv").write_text(
            "lead_id,created_at,email,loaded_at\n"
            "1,2021-02-01 08:00:00,ada@one.example,2021-03-01 04:00:00\n",
            encoding="utf-8",
        )
        connections = fill_tools(db)

        def run(arguments: list[str], sources: list[dict[str, Any]], name: str) -> None:
            outcome = run_dbt(arguments, raw=raw, db=db, variables={"sources": sources})
            assert outcome.success, outcome.messages
            shutil.copy(db, folder / f"{name}.duckdb")

        base = ["--select", "+path:models/staging/raw/base"]
        run(["build", *base, "--exclude-resource-type", "unit_test", "test"], connections, "all")
        # The views of the other connectors stay as they are.
        staged = [
            "--select",
            "path:models/staging/raw",
            "--exclude",
            "path:models/staging/raw/stg*",
        ]
        others = [one for one in connections if one["tool"] != OFF]
        run(["run", *staged], others, "others")

    return once("all_tools", build)


@pytest.fixture
def both(warehouses: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the two warehouses, as `everything` and `others`."""
    with duckdb.connect() as connection:
        for alias, name in {"everything": "all", "others": "others"}.items():
            connection.execute(f"attach '{warehouses / name}.duckdb' as {alias} (read_only)")
        yield connection


def base_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = 'everything' and table_name like 'base_raw_%' order by all"
    )
    return [name for (name,) in found.fetchall()]


@pytest.mark.slow
def test_each_tool_s_rows_are_accepted_beside_all_others(both: duckdb.DuckDBPyConnection) -> None:
    counted: dict[str, dict[str | None, int]] = {}
    for table in base_tables(both):
        columns = both.execute(f"describe everything.staging.{table}").fetchall()
        if "is_accepted" in {name for name, *_ in columns}:
            found = both.execute(
                f"select source, count(*) from everything.staging.{table} "
                "where is_accepted group by source"
            ).fetchall()
            counted[table.removeprefix("base_raw__")] = {
                source and source.removeprefix("our_"): count for source, count in found
            }
    assert {table: counts for table, counts in counted.items() if counts} == {
        "campaign_responses": {"marketo": 2},
        "campaigns": {"hubspot": 100, "marketo": 4},
        "crm_accounts": {"hubspot": 24, "salesforce": 10},
        "crm_activities": {"hubspot": 105, "salesforce": 20},
        "crm_contacts": {"salesforce": 4},
        "crm_lead_history": {"marketo": 2},
        "crm_leads": {"hubspot": 22, "salesforce": 1, "marketo": 4, None: 1},
        "crm_opportunities": {"hubspot": 44, "salesforce": 10},
        "crm_opportunity_contacts": {"hubspot": 11},
        "crm_opportunity_history": {"hubspot": 14, "salesforce": 10},
        "crm_reps": {"hubspot": 100, "salesforce": 10},
        "email_events": {"hubspot": 93, "marketo": 5},
        "form_submissions": {"hubspot": 5, "marketo": 1},
        # What Snowplow's rows of a wrong time and of one key are, its own test says.
        "web_events": {"segment": 1, "ga4": 5, "snowplow": 155, "marketo": 1},
    }


@pytest.mark.slow
def test_one_id_of_two_tools_names_two_records(both: duckdb.DuckDBPyConnection) -> None:
    assert both.execute(
        "select lead_id, version_count from everything.staging.base_raw__crm_leads "
        "where lead_id in ('1', 'our_marketo:1') order by all"
    ).fetchall() == [("1", 1), ("our_marketo:1", 1)]


@pytest.mark.slow
def test_a_tool_that_is_off_takes_its_rows_along_and_nothing_else(
    both: duckdb.DuckDBPyConnection,
) -> None:
    for table in base_tables(both):
        # The file or the tool and connection that rows came of; all rows have it.
        kept = f"select * from everything.staging.{table} where part not like '%/{OFF}/our_{OFF}/%'"
        now = f"select * from others.staging.{table}"
        assert both.execute(f"({kept}) except all ({now})").fetchall() == [], table
        assert both.execute(f"({now}) except all ({kept})").fetchall() == [], table
        columns = both.execute(f"describe {now}").fetchall()
        if "source" in {name for name, *_ in columns}:
            gone = f"where source = 'our_{OFF}'"
            assert both.execute(f"select count(*) from ({now}) {gone}").fetchall() == [(0,)]
            assert both.execute(f"select count(*) from ({kept}) {gone}").fetchall() == [(0,)]
