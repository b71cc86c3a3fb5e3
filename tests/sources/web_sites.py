"""Tables as Segment and GA4 leave them, with invented rows, and those of their fixtures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FIXTURES = {
    "segment_sample": ("segment", "pages", SHARED / "segment" / "pages.csv"),
    "ga4_sample": ("ga4", "events", SHARED / "ga4" / "events.ndjson"),
    "snowplow_sample": ("snowplow", "events", SHARED / "snowplow_web" / "events.csv"),
}
"""By connection, its tool, table and file, which need not be there."""

CSV = "read_csv('{}', all_varchar = true)"
PAGE = "select '{}' as id, 'a1' as anonymous_id, timestamp '2021-03-02 10:0{}:00' as timestamp"
SITE = {
    "pages": f"""
        {PAGE.format("p0", 0)}, '2021-03-02 10:00:09' as received_at, 'https://site.example/' as url
        union all by name
        {PAGE.format("p1", 1)}, '2021-03-02 10:01:09' as received_at,
            'https://site.example/pricing?utm_source=google&utm_medium=cpc' as url
        union all by name
        {PAGE.format("p1", 1)}, '2021-03-02 10:01:10' as received_at,
            'https://site.example/pricing?utm_source=google&utm_medium=cpc' as url
    """,
    "identifies": f"{PAGE.format('i1', 2)}, '2021-03-02 10:02:09' as received_at, 'u1' as user_id, "
    "'ada@one.example' as email",
    # The address in a track is somebody else's.
    "tracks": f"{PAGE.format('t1', 3)}, '2021-03-02 10:03:09' as received_at, "
    "'colleague_invited' as event, 'bob@two.example' as email",
    # The same call again, as every event's own table has it.
    "colleague_invited": f"{PAGE.format('t1', 3)}, 'bob@two.example' as email",
}
"""By table, the query of its rows: without screens, aliases and most columns."""


def ga4_event(name: str, second: int, **params: Any) -> dict[str, Any]:
    """Make an event as it is exported; numbers are text there."""
    values = [
        {
            "key": key,
            "value": {
                "string_value": value if isinstance(value, str) else None,
                "int_value": None if isinstance(value, str) else str(value),
            },
        }
        for key, value in params.items()
    ]
    return {
        "event_date": "20210303",
        "event_timestamp": 1614765600000000 + second * 1_000_000,
        "event_name": name,
        "event_params": values,
        "user_pseudo_id": "7.7",
        "user_id": "ga_u1" if second > 10 else None,
        "stream_id": "1",
        "geo": {"country": "Viet Nam" if second < 30 else "(not set)"},
        "collected_traffic_source": {"manual_source": "(direct)", "manual_campaign_name": None},
    }


VISIT = {"ga_session_id": 5, "page_location": "https://shop.example/", "page_title": "Shop"}
DAY = [
    ga4_event("session_start", 0, **VISIT),
    ga4_event("page_view", 0, **VISIT, source="(direct)", medium="(none)", campaign="(direct)"),
    ga4_event("page_view", 20, **VISIT, source="news", medium="email", campaign="spring"),
    ga4_event("sign_up", 40, ga_session_id=5),
]
# Of a day that is not over, with its parameters in another order.
SO_FAR = [
    ga4_event("sign_up", 40, ga_session_id=5),
    ga4_event("page_view", 20, medium="email", campaign="spring", source="news", **VISIT),
    ga4_event("scroll", 50, ga_session_id=5),
]


def fill(db: Path, folder: Path) -> list[dict[str, Any]]:
    """Write the tables into a warehouse, and the shop's into a file of its own.

    Returns
    -------
    list of dict
        The connections.
    """
    with duckdb.connect(str(db)) as connection:
        connection.execute("create schema site")
        for table, query in SITE.items():
            connection.execute(f"create table site.{table} as {query}")
        connections: list[dict[str, Any]] = [{"tool": "segment", "name": "site"}]
        for name, (tool, table, file) in FIXTURES.items():
            if file.exists():
                read = "read_json('{}')" if file.suffix == ".ndjson" else CSV
                connection.execute(f"create schema {name}")
                connection.execute(f"create table {name}.{table} as from {read.format(file)}")
                connections.append({"tool": tool, "name": name})
    analytics = folder / "analytics.duckdb"
    with duckdb.connect(str(analytics)) as connection:
        connection.execute("create schema shop")
        for table, events in {"events_20210303": DAY, "events_intraday_20210303": SO_FAR}.items():
            file = folder / f"{table}.ndjson"
            file.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
            connection.execute(f"create table shop.{table} as from read_json('{file}')")
    return [*connections, {"tool": "ga4", "name": "shop", "database": str(analytics)}]
