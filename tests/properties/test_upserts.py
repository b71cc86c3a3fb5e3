"""Increments end in the rows of a full refresh where loaders replace rows in place.

HubSpot and Segment are on. A loader puts a record of HubSpot in the place of what it said before,
with another time of loading, and flags what is deleted; calls of Segment are added. The reference
is given only what the tables hold at the end.

What was replaced is in no table any more. First_knowledge alone remembers it, and no full refresh
makes it anew: the reference has it from the warehouse, adds to it what the tables still tell, and
must end in the same rows, as all other tables must. So none is left out. Whether it remembers the
right things is compared with what the tables told at the end of each run, which is counted in
Python; where somebody asked to be forgotten, it may remember less.

PROOF_HISTORIES says how many histories are tried (a fifth of them).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.properties.compiled import Project
from tests.properties.histories import EDITS
from tests.properties.replay import Replay
from tests.properties.steps import Arrive, Run, Value
from tests.properties.test_incremental import CI, HISTORIES, try_histories
from tests.properties.test_planted_faults import spoil
from tests.properties.tool_stories import COMPANY, TOOL_STORIES
from tests.properties.tools import DRAWN, FILLED, tools

FEW = max(HISTORIES // 5, 1)
MEMORY = "first_knowledge"
# Tells all of the faults.
TELLING = "late rows were loaded before those that are there"

# By fault: the form it is planted in, the right words, the wrong ones, and the model.
FAULTS = {
    "a part that was read once is not read again": (
        "increment",
        "where parts.part_version is distinct from stored_parts.part_version",
        "where stored_parts.part is null",
        "base_raw__crm_leads",
    ),
    "what the tables no longer tell is forgotten": (
        "increment",
        "erased.row_hash is not null",
        "(erased.row_hash is not null"
        " or remembered.fact_key not in (select fact_key from told))",
        MEMORY,
    ),
    "what turns out to have been known earlier stays as it was": (
        "increment", "or told.first_loaded_at < remembered.first_loaded_at", "", MEMORY,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def upserts(connected: Project) -> Iterator[Replay]:
    made = Replay(connected, EDITS)
    yield made
    made.close()


@pytest.mark.parametrize("story", TOOL_STORIES)
def test_a_story_ends_as_a_full_refresh(upserts: Replay, story: str) -> None:
    upserts.check(TOOL_STORIES[story])


def test_any_history_ends_as_a_full_refresh(
    upserts: Replay, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        try_histories(upserts, settings(CI, max_examples=FEW), DRAWN)
    finally:
        with capsys.disabled():
            print(f"\n{upserts.tally}")  # noqa: T201 - the figures are what the proof is for
    assert upserts.tally.rows_compared > 0


def test_what_is_loaded_again_as_it_was_rebuilds_nothing(upserts: Replay) -> None:
    warehouse = upserts.warehouse
    warehouse.begin()
    warehouse.insert(COMPANY)
    warehouse.run(Run())
    made = [model.relation for model in upserts.project.models.values()]
    made = [relation for relation in made if relation in warehouse.content]
    before = [warehouse.changes[relation] for relation in made]

    records = [(name, row) for name, row in COMPANY if upserts.project.tables[name].key]
    assert len(records) > len(COMPANY) / 2
    warehouse.insert(records[::-1])
    warehouse.run(Run(), again=True)
    assert [warehouse.changes[relation] for relation in made] == before
    # A part that names no page leaves no row by which it is remembered, and is read again.
    assert set(warehouse.rebuilt()) <= {"base_raw__web_pages"}


def test_only_the_memory_is_kept_from_a_full_refresh(connected: Project) -> None:
    assert [model.name for model in connected.models.values() if model.is_memory] == [MEMORY]


def test_the_memory_holds_what_was_replaced(upserts: Replay) -> None:
    upserts.check((Arrive(COMPANY), Run()))
    before = upserts.warehouse.remembered()
    upserts.check(TOOL_STORIES["a contact gets another address, and the first one back"])
    after = upserts.warehouse.remembered()
    assert before.items() < after.items()


def test_every_column_that_the_tools_fill_is_read(upserts: Replay) -> None:
    warehouse, project = upserts.warehouse, upserts.project
    any_value: dict[str, Value] = {"timestamp": "2026-01-05", "boolean": False, "varchar": "1"}
    named = dict(COMPANY) | {"hubspot.contact_property_history": {"name": "lifecyclestage"}}
    warehouse.begin()
    for name, table in tools().tables.items():
        row = {column: any_value[kind] for column, kind in table.columns.items()}
        warehouse.insert(((name, row | named.get(name, {})),))
    warehouse.run(Run(only=frozenset(name for name in project.models if "__" in name)))
    for name, read in FILLED.items():
        view = project.models.get(f"all_raw__{name}")
        if view:
            columns = [column.strip('"') for column in warehouse.columns(view.relation)]
            filled = {
                column
                for row in warehouse.rows(view.relation, columns)
                for column, value in zip(columns, row, strict=True)
                if value is not None
            }
            assert filled > {"source", "loaded_at"}, name
            assert filled <= {*read, *project.tables[name].columns, "source_file"}, name


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(upserts: Replay, fault: str) -> None:
    form, right, wrong, name = FAULTS[fault]
    spoilt = {name: spoil(upserts.project.models[name], form, right, wrong)}
    with upserts.planting(spoilt), pytest.raises(AssertionError, match=f"{name} (is not|changes)"):
        upserts.check(TOOL_STORIES[TELLING])
