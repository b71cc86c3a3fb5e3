"""Rules of the views over web tools, on a few rows each, without a build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_funnel.sources.exports import known_tools
from lead_funnel.sources.folders import open_folders
from lead_funnel.sources.look import Connectors
from lead_funnel.sources.settings import MEMORY, Opened
from lead_funnel.warehouse import open_beside
from tests.sources.web_sites import DAY

PROJECT = Path(__file__).resolve().parents[2]
Rows = list[tuple[Any, ...]]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_beside({}) as connection:
        connection.execute("create schema web")
        yield connection


def events(connection: duckdb.DuckDBPyConnection, tool: str, columns: str, **more: Any) -> Rows:
    """Ask the view of web events of a tool whose tables lie in the schema web."""
    opened = Opened(connection, MEMORY, [{"tool": tool, "name": "web", **more}])
    view = Connectors(PROJECT, opened, {}).view(tool, "web_events")
    return connection.execute(f"select {columns} from {view} order by all").fetchall()


def test_machines_of_snowplow_are_left_out(connection: duckdb.DuckDBPyConnection) -> None:
    """However the warehouse keeps contexts: as text, or as lists of structs."""
    connection.execute(
        """
        create table web.events as
        select
            event_id,
            [{'spiderOrRobot': event_id = 'spider'}]
                as contexts_com_iab_snowplow_spiders_and_robots_1,
            '[{"agentClass": "' || if(event_id = 'robot', 'Robot', 'Browser') || '"}]'
                as contexts_nl_basjes_yauaa_context_1
        from (values ('person'), ('spider'), ('robot')) as rows (event_id)
        """
    )
    assert events(connection, "snowplow", "event_id") == [("person",)]


def test_snowplow_without_robot_contexts_keeps_everything(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create table web.events as select 'e1' as event_id")
    assert events(connection, "snowplow", "event_id") == [("e1",)]


def test_times_devices_and_clicks_of_snowplow(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table web.atomic_events as
        select * from (values
            ('e1', 'web', null, '2024-05-01 10:00:00', '2024-05-01 10:00:09', null, 'n1', 'Google'),
            ('e2', 'mob', '2024-05-01 09:00:00', '2024-05-01 10:00:00', '', null, 'n1', 'Microsoft')
        ) as rows (
            event_id, platform, derived_tstamp, collector_tstamp, etl_tstamp, domain_userid,
            network_userid, mkt_network
        )
        cross join (select 'c1' as mkt_clickid)
        """
    )
    assert events(
        connection, "snowplow", "event_id, occurred_at, loaded_at, anonymous_id, click_id"
    ) == [
        ("e1", "2024-05-01 10:00:00", "2024-05-01 10:00:09", None, "c1"),
        ("e2", "2024-05-01 09:00:00", "2024-05-01 10:00:00", "n1", "msclkid=c1"),
    ]


def test_an_alias_of_segment_joins_a_visitor_to_a_user(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """In upper case, as Snowflake has it; nothing but aliases is there."""
    connection.execute(
        'create table web."ALIASES" as select \'l1\' as "ID", \'a1\' as "PREVIOUS_ID", '
        "'u1' as \"USER_ID\", timestamp '2024-05-01' as \"TIMESTAMP\""
    )
    assert events(connection, "segment", "event_name, event_id, anonymous_id, user_id") == [
        ("alias", "l1", "a1", "u1")
    ]


def test_an_exported_day_of_ga4_has_the_events_of_its_table(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """The keys of events are made of the same whether parameters are structs or JSON."""
    folder = tmp_path / "ga4"
    folder.mkdir()
    file = folder / "events_20210303.ndjson"
    file.write_text("\n".join(map(json.dumps, DAY)), encoding="utf-8")
    connection.execute(f"create table web.events_20210303 as from read_json('{file}')")
    of_table = events(connection, "ga4", "event_id, occurred_at, session_id, country_code")
    assert len(of_table) == len(DAY)

    entry = {"tool": "ga4", "name": "files", "path": str(folder)}
    opened = Opened(connection, MEMORY, [entry])
    open_folders(opened, known_tools(PROJECT), tmp_path / "intake", Path())
    view = Connectors(PROJECT, opened, {}).view("ga4", "web_events")
    columns = "event_id, occurred_at, session_id, country_code"
    assert connection.execute(f"select {columns} from {view} order by all").fetchall() == of_table


def test_ga4_without_parameters_and_with_broken_ones(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute(
        """
        create table web.events as
        select 'page_view' as event_name, 1614765600000000 as event_timestamp, event_params
        from (values (null), ('{"key": 1}'), ('[1, "'), ('[{"key": "page_location"}]'))
            as rows (event_params)
        """
    )
    found = events(connection, "ga4", "event_name, page_url")
    assert found == [("page_view", None)] * 4
