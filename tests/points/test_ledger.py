"""The points ledger against one kept in plain Python, and the example of the documents."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.points.people import CAMPAIGNS, CAPS, EXAMPLE, RULES, SEEKER, STUDENT

EXPIRE_AFTER = 10
DAY = timedelta(days=1)


class Award(NamedTuple):
    """Points that an event earned in a cycle."""

    at: datetime
    points: float
    half_life_days: float


def earns(rule: dict[str, str], event: dict[str, Any]) -> bool:
    """Whether an event is one that a rule pays for."""
    path, campaign = event["page_path"], CAMPAIGNS.get(event["campaign_id"] or "", "")
    return (
        rule["dimension"] == "behavior"
        and rule["event_type"] in ("", event["event_type"])
        and (not rule["path_pattern"] or path.startswith(rule["path_pattern"].rstrip("%")))
        and rule["form_id"] in ("", event["raw_name"])
        and rule["campaign_type"] in ("", campaign)
        and rule["valid_from"] <= str(event["occurred_at"])[:10] <= rule["valid_to"]
    )


def awards(events: list[dict[str, Any]], start: datetime, end: datetime) -> list[Award]:
    """The awards of a cycle from start to before end."""
    awarded: list[Award] = []
    paid: dict[Any, int] = defaultdict(int)
    counted_at: dict[Any, datetime] = {}
    given: dict[Any, float] = defaultdict(float)
    caps = {cap["rule_group"]: cap for cap in csv.DictReader(StringIO(CAPS))}
    for event in sorted(events, key=lambda event: event["occurred_at"]):
        at = event["occurred_at"]
        for rule in csv.DictReader(StringIO(RULES)):
            if not (start <= at < end and earns(rule, event)):
                continue
            version = (rule["rule_id"], rule["valid_from"])
            rest = float(rule["cool_down_days"])
            if rest and version in counted_at and at - counted_at[version] < rest * DAY:
                continue
            counted_at[version] = at
            length = int(rule["period_days"])
            period = (rule["rule_id"], (at - start) // (length * DAY) if length else 0)
            paid[period] += 1
            if paid[period] > (int(rule["max_awards"]) or 10**9):
                continue
            points = float(rule["points"])
            if rule["rule_group"]:
                cap = caps[rule["rule_group"]]
                in_all = (rule["rule_group"], "in all")
                in_period = (rule["rule_group"], (at - start) // (int(cap["period_days"]) * DAY))
                left = min(
                    float(cap["max_points_in_period"]) - given[in_period],
                    float(cap["max_points"]) - given[in_all],
                )
                points = min(points, left)
                given[in_period] += points
                given[in_all] += points
            awarded.append(Award(at, points, float(rule["half_life_days"])))
    return awarded


def balance(awarded: list[Award], moment: datetime) -> float:
    """What is left of the awards at a moment."""
    total = 0.0
    for award in awarded:
        half_lives = (moment - award.at) / DAY / award.half_life_days if award.half_life_days else 0
        if award.at <= moment and half_lives < EXPIRE_AFTER:
            total += award.points * 2**-half_lives
    return total


@pytest.fixture(scope="module")
def connection(warehouse: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(warehouse), read_only=True)


class Cycle(NamedTuple):
    lead_key: Any
    cycle_number: int
    started_at: datetime
    ended_at: datetime
    awarded: list[Award]


@pytest.fixture(scope="module")
def cycles(connection: duckdb.DuckDBPyConnection) -> list[Cycle]:
    """Every cycle with its awards, kept in Python."""
    events = connection.execute(
        """
        select lead_key, occurred_at, events.event_type, campaign_id, raw_name, page_path
        from intermediate.lead_events as events
        inner join intermediate.event_signatures using (signature_key)
        union all
        select lead_key, occurred_at, 'went_silent', null, '', ''
        from intermediate.lead_silences
        """
    ).df()
    events["campaign_id"] = (
        events["campaign_id"].astype(object).where(events["campaign_id"].notna(), None)
    )
    by_lead = {
        key: [
            row | {"occurred_at": row["occurred_at"].to_pydatetime()}
            for row in rows.to_dict("records")
        ]
        for key, rows in events.groupby("lead_key")
    }
    bounds = connection.execute(
        "select lead_key, cycle_number, started_at, next_started_at from intermediate.cycle_bounds"
    ).fetchall()
    return [
        Cycle(key, number, start, end, awards(by_lead.get(key, []), start, end))
        for key, number, start, end in bounds
    ]


def test_every_kind_of_entry_occurs(connection: duckdb.DuckDBPyConnection) -> None:
    kinds = connection.execute(
        "select entry_type, count(*) from what_if.points_ledger group by 1"
    ).fetchall()
    counts = dict(kinds)
    for kind in ("award", "capped", "cooled_down", "expired", "cycle_reset"):
        assert counts[kind] > 20, counts


def test_a_group_stops_at_its_caps(connection: duckdb.DuckDBPyConnection) -> None:
    """The award that meets a cap gives what is left of it; those after it are rows of nothing."""
    [(cut, taken, most)] = connection.execute(
        """
        with deep as (
            select *, sum(points) over (partition by lead_key, cycle_number) as points_of_group
            from what_if.points_ledger
            where rule_id in ('security', 'scan') and entry_type in ('award', 'capped')
        )
        select
            count(*) filter (points not in (0, 3, 5)),
            count(*) filter (entry_type = 'capped'),
            max(points_of_group)
        from deep
        """
    ).fetchall()
    assert cut > 10
    assert taken > 10
    assert most == 13


def test_the_sum_of_the_rows_is_the_balance_of_a_ledger_in_python(
    connection: duckdb.DuckDBPyConnection, cycles: list[Cycle]
) -> None:
    """At random moments, and at the very moments at which something happens."""
    rng = random.Random(3)
    as_of = connection.execute("select as_of from intermediate.clock").fetchall()[0][0]
    moments = []
    for run in cycles:
        end = min(run.ended_at - timedelta(microseconds=1), as_of)
        happened = [award.at for award in run.awarded]
        drawn = [run.started_at + rng.random() * (end - run.started_at) for _ in range(20)]
        moments += [(run, moment) for moment in [*drawn, *happened, end] if moment <= end]
    assert len(moments) > 3000
    mirror = duckdb.connect()
    mirror.execute("create table moments (number int, lead_key uuid, moment timestamp)")
    mirror.executemany(
        "insert into moments values (?, ?, ?)",
        [(number, run.lead_key, moment) for number, (run, moment) in enumerate(moments)],
    )
    ledger = connection.table("what_if.points_ledger").arrow()  # noqa: F841
    summed = mirror.execute(
        """
        select number, coalesce(sum(
            points * case
                when half_life_days > 0 then pow(
                    2::double,
                    -(epoch_us(moment) - epoch_us(occurred_at)) / 86400e6 / half_life_days
                )
                else 1
            end
        ), 0)
        from moments
        left join ledger
            on ledger.lead_key = moments.lead_key::varchar and dimension = 'behavior'
            and occurred_at <= moment
        group by number
        """
    ).fetchall()
    assert len(summed) == len(moments)
    for number, points in summed:
        run, moment = moments[number]
        assert points == pytest.approx(balance(run.awarded, moment), rel=0, abs=1e-9), moment


def test_the_running_balance_is_that_of_a_ledger_in_python(
    connection: duckdb.DuckDBPyConnection, cycles: list[Cycle]
) -> None:
    rows = connection.execute(
        """
        select lead_key, cycle_number, occurred_at, balance
        from (
            select *, row_number() over (
                partition by lead_key, cycle_number, occurred_at order by ledger_entry_key desc
            ) as from_last
            from what_if.points_ledger as ledger
            where dimension = 'behavior' and occurred_at < (
                select next_started_at from intermediate.cycle_bounds as cycles
                where cycles.lead_key = ledger.lead_key
                    and cycles.cycle_number = ledger.cycle_number
            )
        )
        where from_last = 1
        """
    ).fetchall()
    book = {(run.lead_key, run.cycle_number): run.awarded for run in cycles}
    assert len(rows) > 1000
    for lead_key, cycle_number, at, points in rows:
        expected = balance(book[lead_key, cycle_number], at)
        assert points == pytest.approx(expected, rel=0, abs=1e-9)


def test_a_cycle_that_is_over_has_no_points_left(connection: duckdb.DuckDBPyConnection) -> None:
    [(ended, worst)] = connection.execute(
        """
        select count(*), max(abs(balance)) from (
            select balance, row_number() over (
                partition by lead_key, cycle_number order by occurred_at desc, ledger_entry_key desc
            ) as from_last
            from what_if.points_ledger
            inner join intermediate.cycle_bounds using (lead_key, cycle_number)
            where dimension = 'behavior' and next_started_at < '9999-12-31'
        ) where from_last = 1
        """
    ).fetchall()
    assert ended > 20
    assert worst < 1e-9


def test_patterns_are_tried_once_per_distinct_path(connection: duckdb.DuckDBPyConnection) -> None:
    [(matches, paths)] = connection.execute(
        """
        select
            (select count(*) from what_if.int_points_path_matches),
            (select count(distinct page_path) from intermediate.event_signatures)
        """
    ).fetchall()
    # Both blog paths fit /blog%, one of them fits /blog/sec% as well.
    assert matches == 3
    assert paths < 20


def account(connection: duckdb.DuckDBPyConnection, email: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        """
        select strftime(occurred_at, '%m-%d %H:%M'), rule_id, points, round(balance, 1)
        from marts.fct_points_ledger
        where dimension = 'behavior' and lead_key = (
            select lead_key from intermediate.identity_members where identifier_value = ?
        )
        order by occurred_at
        """,
        [email],
    ).fetchall()


def test_the_example_of_the_documents(connection: duckdb.DuckDBPyConnection) -> None:
    """15 points, then over 35 with the request for a demonstration, then below again."""
    rows = account(connection, EXAMPLE)
    assert rows[:7] == [
        ("11-03 09:00", "qr_scan", 5.0, 5.0),
        ("11-03 09:10", "product_click", 3.0, 8.0),
        ("11-03 09:20", "newsletter", 7.0, 15.0),
        ("11-03 09:30", "webinar_registration", 6.0, 21.0),
        ("11-03 09:40", "case_study_view", 4.0, 25.0),
        ("11-03 09:50", "demo_request", 25.0, 50.0),
        ("12-13 09:00", "careers_visit", -10.0, 26.9),
    ]
    stages = connection.execute(
        """
        select cycle_number, stage, strftime(entered_at, '%m-%d %H:%M'), signal_source
        from intermediate.stage_entries
        where lead_key = (
            select lead_key from intermediate.identity_members where identifier_value = ?
        )
        order by entry_number
        """,
        [EXAMPLE],
    ).fetchall()
    assert stages == [
        (1, "inquiry", "11-03 09:00", "first_contact"),
        (1, "mql", "11-03 09:50", "points"),
    ]


def test_the_example_is_worth_less_by_the_tried_rules(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Rules that do not know a webinar, a case study or a demonstration hand nobody over."""
    lead = "(select lead_key from intermediate.identity_members where identifier_value = ?)"
    assert connection.execute(
        f"""
        select handed_over_by, strftime(published_handoff_at, '%m-%d %H:%M'), tried_handoff_at
        from what_if.rule_backtest where lead_key = {lead}
        """,
        [EXAMPLE],
    ).fetchall() == [("missed", "11-03 09:50", None)]


@pytest.mark.parametrize(("email", "rule_id"), [(STUDENT, "student"), (SEEKER, "careers_visit")])
def test_students_and_job_seekers_are_not_handed_over_for_what_they_do(
    connection: duckdb.DuckDBPyConnection, email: str, rule_id: str
) -> None:
    """However many points they have, and however good the firm they work for."""
    lead = "(select lead_key from intermediate.identity_members where identifier_value = ?)"
    [(points, blocked_by)] = connection.execute(
        f"""
        select max(balance) filter (where dimension = 'behavior'),
            max(rule_id) filter (where blocks_mql)
        from marts.fct_points_ledger where lead_key = {lead}
        """,
        [email],
    ).fetchall()
    assert points >= 35
    assert blocked_by == rule_id
    assert (
        connection.execute(
            f"select 1 from intermediate.points_crossings where lead_key = {lead}", [email]
        ).fetchall()
        == []
    )
