"""Stages of a long and odd status history, against a walk through it in plain Python."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from bench.stage_history import LOADED, Size, write_stage_history
from bench.stage_people import read_entries, read_people
from bench.stage_replay import replay
from bench.stage_words import in_order, read_funnel
from tests.dbt_runs import RunDbt

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LEADS, CHANGES = 3_000, 30_000


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Path:
    """Folder of the raw tables and of the warehouse built from them."""
    folder = tmp_path_factory.mktemp("stage_replay")
    write_stage_history(Size(LEADS, CHANGES), folder / "raw")
    built = run_dbt(
        ["run", "--select", "+dim_leads", "+fct_stage_transitions"],
        raw=folder / "raw",
        db=seeded(folder, run_dbt),
    )
    assert built.success, built.log
    return folder


def seeded(folder: Path, run_dbt: RunDbt) -> Path:
    db = folder / "warehouse.duckdb"
    seeds = run_dbt(["seed"], raw=folder / "raw", db=db)
    assert seeds.success, seeds.log
    return db


def test_every_transition_is_the_one_that_a_walk_through_the_history_finds(history: Path) -> None:
    funnel = read_funnel(SEEDS)
    told = read_entries(history / "warehouse.duckdb")
    people = read_people(history / "raw")
    as_of = LOADED.item()
    differing = [
        email for email, person in people.items() if replay(person, funnel, as_of) != told[email]
    ]
    assert differing == []
    assert len(people) > 2_000
    assert sum(map(len, told.values())) > LEADS * 5


def test_the_history_holds_what_is_hard_to_tell(history: Path) -> None:
    """Chains in one second that neither ids nor stages put in order, and further cycles."""
    people = read_people(history / "raw").values()
    out_of_order = 0
    for person in people:
        for lead in person.leads:
            changes = person.changes[lead["lead_id"]]
            by_id = sorted(changes, key=lambda row: (row["changed_at"], row["history_id"]))
            out_of_order += [row for row, _ in in_order(changes, lead["status"])] != by_id
    assert out_of_order > 500
    told = read_entries(history / "warehouse.duckdb").values()
    assert sum(entries[-1][0] > 2 for entries in told) > 500
    assert sum(stage == "expired" for entries in told for _, stage, _, _ in entries) > 100


def test_no_lead_is_lost_on_the_way(history: Path, run_dbt: RunDbt) -> None:
    checked = run_dbt(
        [
            "test",
            "--select",
            "assert_each_cohort_is_conserved",
            "assert_stage_entries_are_in_order",
        ],
        raw=history / "raw",
        db=history / "warehouse.duckdb",
    )
    assert checked.success, checked.log


@pytest.mark.parametrize(
    "fault",
    [
        "delete from marts.fct_stage_transitions where stage = 'mql' and cycle_number = 2",
        "update marts.fct_stage_transitions set next_stage = null where next_stage = 'recycled'",
        "update marts.fct_lead_cycles set sal_at = null where sql_at is not null",
        "update marts.fct_lead_cycles set current_stage = 'sal' where current_stage = 'sql'",
        "update marts.fct_stage_transitions set next_stage = 'sql' where next_stage = 'sal'",
    ],
)
def test_conservation_fails_when_leads_are_lost(
    history: Path, tmp_path: Path, run_dbt: RunDbt, fault: str
) -> None:
    db = tmp_path / "warehouse.duckdb"
    shutil.copy(history / "warehouse.duckdb", db)
    with duckdb.connect(str(db)) as connection:
        connection.execute(fault)
    checked = run_dbt(
        ["test", "--select", "assert_each_cohort_is_conserved"], raw=history / "raw", db=db
    )
    assert "assert_each_cohort_is_conserved" in checked.messages
