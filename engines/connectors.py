"""The views of the connectors, on DuckDB and on Spark."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from engines.compare import Difference, compare_rows
from engines.tables import duckdb_rows, export_tables
from tests.sources.crm_views import Tables, fill, make_views, models_of
from tests.sources.hubspot_portal import PORTAL
from tests.sources.marketo_instances import INSTANCE
from tests.sources.salesforce_orgs import ORG
from tests.sources.web_sites import DAY, SITE, SO_FAR

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What a tracker of Snowplow sends, one of it by a machine.
COLLECTED: Tables = {
    "events": [
        {
            "event_id": "e1",
            "event_name": "page_view",
            "derived_tstamp": "2021-03-03 10:00:00",
            "collector_tstamp": "2021-03-03 10:00:01",
            "load_tstamp": "2021-03-03 11:00:00",
            "platform": "web",
            "domain_userid": "d1",
            "page_url": "https://one.example/?utm_source=news",
            "mkt_source": "news",
            "mkt_network": "Microsoft",
            "mkt_clickid": "m1",
        },
        {
            "event_id": "e2",
            "event_name": "page_view",
            "collector_tstamp": "2021-03-03 10:00:02",
            "platform": "mob",
            "network_userid": "n1",
        },
        {
            "event_id": "e3",
            "event_name": "page_view",
            "collector_tstamp": "2021-03-03 10:00:03",
            "contexts_com_iab_snowplow_spiders_and_robots_1": '[{"spiderOrRobot": true}]',
        },
    ]
}
TEXTS = {"hubspot": PORTAL, "salesforce": ORG, "marketo": INSTANCE, "snowplow": COLLECTED}
"""By tool, its tables of text."""
TOOLS = (*TEXTS, "segment", "ga4")


def fill_tools(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make a schema of each tool's name with its tables."""
    for tool, tables in TEXTS.items():
        fill(connection, tool, tables)
    connection.execute("create schema segment; create schema ga4")
    for table, query in SITE.items():
        connection.execute(f"create table segment.{table} as {query}")
    for table, events in {"events_20210303": DAY, "events_intraday_20210303": SO_FAR}.items():
        file = folder / f"{table}.ndjson"
        file.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
        connection.execute(f"create table ga4.{table} as from read_json('{file}')")


def compare_connectors(
    session: SparkSession, folder: Path, run_dbt: Callable[[Sequence[str], str, Path], None]
) -> dict[str, Difference | None]:
    """Make the views of all tools on both engines, each of the same tables, and compare.

    On DuckDB the project's own macros make them, without dbt.

    Parameters
    ----------
    run_dbt : callable
        Runs a command of dbt on a target; the seeds are there.

    Returns
    -------
    dict of str to Difference or None
        By view; None where Spark has no such view.
    """
    from engines.session import create_tables, has_table, spark_rows

    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        fill_tools(connection, folder)
        create_tables(session, export_tables(connection, TOOLS, folder / "given"))
        sources = [{"tool": tool, "name": tool} for tool in TOOLS]
        views = [f"tag:{tool}" for tool in TOOLS]
        run_dbt(
            ["run", "--select", *views, "--vars", json.dumps({"sources": sources})], "spark", folder
        )
        for tool in TOOLS:
            make_views(connection, tool, [{"name": tool}])
        models = [model.stem for tool in TOOLS for model in models_of(tool)]
        ours = {model: duckdb_rows(connection, "main", model) for model in models}

    def compare(model: str) -> Difference | None:
        if not has_table(session, "staging", model):
            return None
        names, rows = ours[model]
        return compare_rows(names, rows, spark_rows(session, "staging", model, names))

    # Planning such a view takes Spark a second or two, on one core.
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(models, pool.map(compare, models), strict=True))
