"""Sessions and page views of Snowplow's own fixtures, held to what Snowplow makes of them.

The fixtures are events of Snowplow's atomic table, with the page views and sessions that its
web package derives. They are mapped onto raw `web_events` column by column:

- `occurred_at` is `derived_tstamp`, the time of the event corrected for the device's clock:
  the collector's time would put what was sent days late where it was sent.
- `loaded_at` is `load_tstamp`, and where that is empty `etl_tstamp`: when it was here.
- `user_id` is `domain_userid`, as if every browser were signed in under its own name. Our
  sessions are sessions of known people on a device, and so all of them are known with no
  event added. The fixtures' own `user_id` names the trap that is planted in each case; it
  changes within a session and would cut it.

Wherever we come to another answer, the test says which, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_runs import RunDbt

Rows = list[tuple[Any, ...]]
Ask = Callable[[str], Rows]

PROJECT = Path(__file__).resolve().parents[2]
FIXTURES = PROJECT.parent / "shared" / "data" / "snowplow_web"

pytestmark = pytest.mark.skipif(
    not (FIXTURES / "events.csv").exists(),
    reason=f"Snowplow's fixtures are not in '{FIXTURES}'",
)

WEB_EVENTS = """
    copy (
        select
            event_id,
            event_name,
            derived_tstamp as occurred_at,
            coalesce(load_tstamp, etl_tstamp) as loaded_at,
            domain_userid as anonymous_id,
            domain_userid as user_id,
            domain_sessionid as session_id,
            page_url,
            page_title,
            page_referrer as referrer_url,
            mkt_source as utm_source,
            mkt_medium as utm_medium,
            mkt_campaign as utm_campaign,
            mkt_content as utm_content,
            mkt_term as utm_term,
            useragent as user_agent,
            geo_country as country_code
        from read_csv('{source}', all_varchar = true)
    ) to '{target}' (format parquet)
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Ask:
    """Ask the warehouse built from the fixtures, which are there as events, views and sessions."""
    folder = tmp_path_factory.mktemp("snowplow")
    raw, db = folder / "raw", folder / "warehouse.duckdb"
    raw.mkdir()
    duckdb.execute(
        WEB_EVENTS.format(source=FIXTURES / "events.csv", target=raw / "web_events.parquet")
    )
    wanted = ["--resource-type", "seed", "--resource-type", "model"]
    wanted += ["--select", "+lead_events", "staging", "quarantined_rows", "audit_raw_rows"]
    outcome = run_dbt(["build", *wanted], raw=raw, db=db)
    assert outcome.success, outcome.messages

    def query(sql: str) -> Rows:
        with duckdb.connect(str(db), read_only=True) as connection:
            for name in ["events", "page_views_expected", "sessions_expected"]:
                file = FIXTURES / f"{name}.csv"
                connection.execute(
                    f"create temp table {name} as from read_csv('{file}', all_varchar = true)"
                )
            return connection.execute(sql).fetchall()

    return query


def test_every_row_is_accounted_for(ask: Ask) -> None:
    assert ask(
        """
        select rows_read, rows_accepted, rows_duplicate, rows_quarantined, is_balanced
        from marts.audit_raw_rows where raw_table = 'web_events'
        """
    ) == [(160, 155, 3, 2, True)]
    # Enriched, so the fixtures say, eight days before they were collected.
    assert ask("select row_key[1:8], reason from marts.quarantined_rows order by row_key") == [
        ("0aada0f0", "time_after_load"),
        ("8776bb28", "time_after_load"),
    ]


def test_page_views(ask: Ask) -> None:
    """Ours are one an event id, wherever Snowplow's are one a page view id and a short session."""
    ours = """
        select event_id from events
        where event_name = 'page_view'
            and cast(md5(event_id) as uuid) in (select event_key from staging.stg_raw__web_events)
    """
    theirs = "select event_id from page_views_expected"
    assert ask("select count(*) from page_views_expected") == [(43,)]
    assert ask(f"select count(distinct event_id) from ({ours})") == [(48,)]
    assert dict(
        ask(
            f"""
            select distinct event_id[1:8], user_id from events
            where event_id in ({ours}) and event_id not in ({theirs})
            """
        )
    ) == {
        # Snowplow closes a session for good after three days; here it only falls silent.
        "6d72f61a": "long session",
        "9b02c625": "long session",
        "b0c248b5": "Unexpired session",
        # Snowplow leaves out what was sent more than three days late; here late is not lost.
        "941c1388": "late arriving: device created/sent >3 days",
        # Two events of one page view id, and one without any.
        "0464e31b": "dupe: page_view_id different derived_tstamp",
        "b0833046": "NULL page_view_id",
    }
    # In quarantine, see above.
    assert ask(
        f"select event_id[1:8] from ({theirs}) where event_id not in ({ours}) order by 1"
    ) == [("0aada0f0",)]
    # Sent twice with different times and nothing else: it happened at the earlier.
    late = ask(
        """
        select expected.event_id
        from page_views_expected as expected
        inner join staging.stg_raw__web_events as ours
            on cast(md5(expected.event_id) as uuid) = ours.event_key
        where cast(expected.derived_tstamp as timestamp) != ours.occurred_at
        """
    )
    assert late == []


OURS = """
    select
        devices.domain_userid,
        min(lead_events.occurred_at) as started_at,
        max(lead_events.occurred_at) as ended_at,
        count(*) as events
    from intermediate.lead_events as lead_events
    inner join (select distinct domain_userid from events) as devices
        on lead_events.device_key = cast(md5(devices.domain_userid) as uuid)
    group by devices.domain_userid, lead_events.session_number
"""
THEIRS = """
    select
        domain_userid,
        cast(start_tstamp as timestamp) as started_at,
        cast(end_tstamp as timestamp) as ended_at,
        cast(total_events as int) as events
    from sessions_expected
"""

# Sessions that differ, each as device, start, end and events: Snowplow's, then ours.
DEVIATIONS: dict[str, tuple[Rows, Rows]] = {
    "Snowplow takes the tracker's word for a session; here only silence and campaigns end one": (
        [
            ("066d5a", "03-02 07:23:19.675", "03-02 07:23:24.741", 2),
            ("066d5a", "03-02 07:23:19.675", "03-02 07:23:28.297", 5),
            ("24837e", "03-02 02:01:19.675", "03-02 02:01:28.297", 5),
            ("24837e", "03-02 02:01:28.297", "03-02 02:01:28.297", 1),
        ],
        [
            ("066d5a", "03-02 07:23:19.675", "03-02 07:23:28.297", 7),
            ("24837e", "03-02 02:01:19.675", "03-02 02:01:28.297", 6),
        ],
    ),
    "the tracker kept one session for days; half an hour of silence ends ours": (
        [("4f011c", "03-01 21:39:43.815", "03-03 21:39:50.989", 3)],
        [
            ("4f011c", at, at, 1)
            for at in [
                "03-01 21:39:43.815",
                "03-02 21:39:42.446",
                "03-03 21:39:50.989",
                "03-04 21:39:49.485",
                "03-05 21:39:50.720",
                "03-06 21:40:44.322",
                "03-07 21:40:46.188",
                "03-08 21:40:45.949",
                "03-09 21:41:56.571",
                "03-10 21:41:56.531",
                "03-11 21:42:15.543",
            ]
        ],
    ),
    "Snowplow never takes up a session again after three days; here the return counts": (
        [],
        [("12c98e", "03-04 15:55:27.085", "03-04 15:55:27.085", 1)],
    ),
    "one session id on three devices: a session of ours is on one device": (
        [("0e9ab9", "03-02 15:55:18.539", "03-04 15:55:27.084", 5)],
        [
            ("0e9ab9", "03-02 15:55:18.539", "03-02 15:55:23.355", 2),
            ("1f72f3", "03-03 15:55:26.044", "03-03 15:55:26.061", 2),
            ("2e340e", "03-04 15:55:27.084", "03-04 15:55:27.084", 1),
        ],
    ),
    "a page ping speaks for the seconds before it; ours is one moment": (
        [
            ("0691aa", "03-02 22:59:24.752", "03-02 22:59:29.752", 1),
            ("0691aa", "03-04 22:59:24.752", "03-04 22:59:29.752", 1),
            ("b3c883", "03-03 18:01:33.658", "03-03 18:01:38.658", 1),
        ],
        [
            ("0691aa", "03-02 22:59:29.752", "03-02 22:59:29.752", 1),
            ("0691aa", "03-04 22:59:29.752", "03-04 22:59:29.752", 1),
            ("b3c883", "03-03 18:01:38.658", "03-03 18:01:38.658", 1),
        ],
    ),
    # Its first event came by one campaign, the sixth by another. The ninth names that
    # other campaign again after an event that named none.
    "a new campaign starts a session of ours": (
        [("bc0da6", "03-01 20:39:52.944", "03-01 20:59:19.860", 12)],
        [
            ("bc0da6", "03-01 20:39:52.944", "03-01 20:45:42.159", 5),
            ("bc0da6", "03-01 20:56:39.192", "03-01 20:58:06.498", 3),
            ("bc0da6", "03-01 20:58:11.004", "03-01 20:59:19.860", 4),
        ],
    ),
    "one page told of twice at one moment, under two ids: it was seen once": (
        [("5d27ff", "03-03 21:27:22.334", "03-03 21:27:35.176", 6)],
        [("5d27ff", "03-03 21:27:22.334", "03-03 21:27:35.176", 5)],
    ),
    "in quarantine: enriched before it was collected": (
        [("434dff", "03-01 23:57:04.705", "03-01 23:57:07.554", 2)],
        [],
    ),
    "without a device nobody is known, and sessions are of known people": (
        [(None, "03-01 17:09:42.323", "03-01 17:09:42.323", 1)],
        [],
    ),
    "sent more than three days late; here late is not lost": (
        [],
        [("9341fb", "02-26 09:42:56.128", "02-26 09:42:56.139", 2)],
    ),
    "a page view without page view id": (
        [],
        [("ff7476", "03-01 00:30:19.052", "03-01 00:30:19.958", 2)],
    ),
    "an event without session id, which ours do not need": (
        [],
        [("4f1b66", "03-01 11:46:46.218", "03-01 11:46:46.218", 1)],
    ),
}


def test_sessions(ask: Ask) -> None:
    """Five sessions are the same to the millisecond; all others differ for a reason."""

    def sessions(sql: str) -> set[tuple[Any, ...]]:
        shown = f"""
            select domain_userid[1:6], started_at[6:23], ended_at[6:23], events
            from (
                select * replace (
                    strftime(started_at, '%Y-%m-%d %H:%M:%S.%g') as started_at,
                    strftime(ended_at, '%Y-%m-%d %H:%M:%S.%g') as ended_at
                )
                from ({sql})
            )
        """
        rows = ask(shown)
        assert len(set(rows)) == len(rows)
        return set(rows)

    ours, theirs = sessions(OURS), sessions(THEIRS)
    # A visit on which nothing was done but the cookie banner is no session to Snowplow.
    only_consent = {
        device
        for (device,) in ask(
            """
            select domain_userid[1:6] from events group by domain_userid
            having bool_and(event_name in ('cmp_visible', 'consent_preferences'))
            """
        )
    }
    banner_only = {session for session in ours if session[0] in only_consent}
    assert len(banner_only) == len(only_consent) == 26

    assert len(theirs) == 18
    assert len(ours & theirs) == 5
    expected_theirs = {row for rows, _ in DEVIATIONS.values() for row in rows}
    expected_ours = {row for _, rows in DEVIATIONS.values() for row in rows}
    assert theirs - ours == expected_theirs
    assert ours - theirs - banner_only == expected_ours
