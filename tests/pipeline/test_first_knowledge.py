"""What a build once knew is kept, and what it cannot have known is not made up."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.raw_files import QUALITY, Build, write_ndjson
from tests.warehouses import ask

EARLY, NIGHT_1, NIGHT_2 = "2024-01-10 10:00:00", "2024-03-12 10:00:00", "2024-06-20 10:00:00"
NO_TESTS = ["--exclude-resource-type", "test", "unit_test"]
SIGNALS = ["--select", "+crm_stage_signals", "+lead_events"]
WARNINGS = ["--select", "+data_warnings"]
WARNED = "select affected_count, subject from marts.data_warnings where kind = 'history_unseen'"
EDITED = {"phone": "+49 30 1234567", "updated_at": "2024-06-20 09:00:00", "loaded_at": NIGHT_2}
KNOWN = """
    select
        (
            select max(known_at)::date::varchar
            from intermediate.lead_events
            where source_id = 'upsert-2' and event_type = 'lead_created'
        ),
        (
            select max(joined_at)::date::varchar < '2024-03-13'
            from intermediate.identity_members
            where identifier_value in ('upsert-2', 'two@upsert.example')
        ),
        (
            select max(known_at)::date::varchar
            from intermediate.crm_stage_signals
            where source_id = 'upsert-2' and stage = 'mql'
        )
"""


def write_night(raw: Path, edited: dict[str, Any]) -> None:
    """Write the table as a loader leaves it that updates rows in place."""
    rows = [
        {
            "lead_id": f"upsert-{number}",
            "created_at": "2024-03-10 09:00:00" if number == "2" else "2024-01-10 09:00:00",
            "updated_at": NIGHT_1 if number == "2" else EARLY,
            "email": f"{name}@upsert.example",
            "status": "MQL" if number == "2" else "New",
            "loaded_at": NIGHT_1 if number == "2" else EARLY,
        }
        for number, name in (("1", "one"), ("2", "two"))
    ]
    write_ndjson(raw / "crm_leads.ndjson", [rows[0], rows[1] | edited])


class Upserted(NamedTuple):
    """A warehouse after two nights, the second of which found a row edited; to be copied.

    Attributes
    ----------
    first : list of tuple
        What was known after the first night.
    """

    raw: Path
    db: Path
    first: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def upserted(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Upserted:
    folder = tmp_path_factory.mktemp("upserted")
    raw, db = folder / "raw", folder / "warehouse.duckdb"
    write_night(raw, {})
    run = run_dbt(["build", *SIGNALS, *NO_TESTS], raw=raw, db=db)
    assert run.success, run.log
    first = ask(db, KNOWN)
    write_night(raw, EDITED)
    run = run_dbt(["build", *WARNINGS, *NO_TESTS], raw=raw, db=db)
    assert run.success, run.log
    return Upserted(raw, db, first)


def test_an_updated_row_stays_known_since_it_was_first_seen(
    upserted: Upserted, build: Build, db: Path
) -> None:
    assert upserted.first == [("2024-03-12", True, "2024-03-12")]
    shutil.copy(upserted.db, db)
    assert ask(db, "select max(loaded_at)::varchar from staging.stg_raw__crm_leads") == [(NIGHT_2,)]
    assert ask(db, KNOWN) == upserted.first
    # Not even a full refresh forgets it.
    assert build([*SIGNALS, "--full-refresh"], raw=upserted.raw).success
    assert ask(db, KNOWN) == upserted.first
    # A person who asks to be forgotten is.
    write_ndjson(
        upserted.raw / "erasure_requests.ndjson",
        [
            {
                "request_id": "1",
                "requested_at": NIGHT_2,
                "email": "two@upsert.example",
                "loaded_at": NIGHT_2,
            }
        ],
    )
    facts = "select count(distinct row_hash) from staging.first_knowledge"
    assert ask(db, facts) == [(2,)]
    assert build(["--select", "+first_knowledge"], raw=upserted.raw).success
    assert ask(db, facts) == [(1,)]


def test_a_warehouse_says_that_it_cannot_know_what_rows_said_before(
    upserted: Upserted, build: Build, raw: Path, db: Path
) -> None:
    """From the second night alone; one that was there on the first has nothing to say."""
    write_night(raw, EDITED)
    assert build(WARNINGS).success
    assert ask(db, KNOWN)[0][0] == NIGHT_2[:10]
    assert ask(db, WARNED) == [(1, "crm_leads")]
    [(said,)] = ask(db, WARNED.replace("affected_count, subject", "message"))
    assert "1 of 1 records of crm_leads were first seen and last changed more than a week" in said
    assert ask(upserted.db, WARNED) == []


def test_one_row_from_another_year_does_not_move_the_clock(
    build: Build, raw: Path, db: Path
) -> None:
    """The same rows decide, whenever they came: the odd one first, or the rest."""
    odd = {
        "lead_id": "odd",
        "created_at": "2024-01-01 09:00:00",
        "loaded_at": "2031-01-01 04:00:00",
    }
    rows = [odd | {"lead_id": f"{number}", "loaded_at": NIGHT_1} for number in range(20)]
    write_ndjson(raw / "crm_leads" / "odd.ndjson", [odd])
    chosen = [*QUALITY, "clock"]
    clock = "select as_of::varchar from intermediate.clock"
    assert build(chosen).success
    assert ask(db, clock) == [("2031-01-01 04:00:00",)]
    write_ndjson(raw / "crm_leads" / "rest.ndjson", rows)
    assert build(chosen).success
    assert ask(db, clock) == [(NIGHT_1,)]
    assert ask(db, "select row_key, reason from marts.quarantined_rows") == [
        ("odd", "loaded_in_the_future")
    ]
    assert ask(db, "select count(*) from staging.stg_raw__crm_leads") == [(20,)]
    balanced = "select is_balanced from marts.audit_raw_rows where raw_table = 'crm_leads'"
    assert ask(db, balanced) == [(True,)]
    learned_ahead = "select count(*) from staging.first_knowledge where first_loaded_at > "
    assert ask(db, f"{learned_ahead} timestamp '{NIGHT_1}'") == [(0,)]


def deal(number: int, loaded_at: str, **more: str) -> dict[str, str]:
    given = {"opportunity_id": f"d{number}", "lead_id": f"{number}", "is_closed": "false"}
    times = {"created_at": "2024-02-01 09:00:00", "updated_at": "2024-03-01 09:00:00"}
    return given | times | {"loaded_at": loaded_at} | more


def test_a_first_load_of_hours_is_one_backfill(build: Build, raw: Path, db: Path) -> None:
    """So is that of a table which is connected a month later, and the nights after it are none."""
    write_ndjson(
        raw / "crm_leads.ndjson",
        [
            {
                "lead_id": f"{minute}",
                "created_at": f"2024-01-01 09:{minute}:00",
                "loaded_at": f"2024-06-30 0{2 + minute % 5}:{minute}:00",
            }
            for minute in range(10, 60)
        ]
        + [
            {
                "lead_id": "next",
                "created_at": "2024-01-01 09:00:00",
                "loaded_at": "2024-07-01 02:00:00",
            }
        ],
    )
    deals = raw / "crm_opportunities"
    write_ndjson(
        deals / "sync.ndjson",
        [deal(n, f"2024-07-30 0{2 + n % 3}:{n}:00") for n in range(10, 30)],
    )
    assert build(SIGNALS).success
    known = """
        select event_type, count(*) filter (known_at = occurred_at), count(*)
        from intermediate.lead_events
        group by event_type
        order by event_type
    """
    signals = """
        select source_id, known_at::varchar from intermediate.crm_stage_signals
        where signal_source = 'opportunity' and known_at != occurred_at
    """
    assert ask(db, known) == [("lead_created", 50, 51), ("opportunity_created", 20, 20)]
    assert ask(db, signals) == []
    arrived = "select max(arrived_at)::varchar from intermediate.opportunity_outcomes"
    assert ask(db, arrived) == [("2024-07-30 04:29:00",)]
    # A sync of the day after brings a change, and an old deal that nobody knew of.
    night = "2024-07-31 02:00:00"
    changed = deal(10, night, updated_at="2024-07-30 20:00:00", amount="5")
    write_ndjson(deals / "night.ndjson", [changed, deal(40, night)])
    assert build(SIGNALS).success
    assert ask(db, known) == [("lead_created", 50, 51), ("opportunity_created", 20, 21)]
    assert ask(db, signals) == [("d40", night)]
