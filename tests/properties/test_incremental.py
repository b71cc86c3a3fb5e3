"""Increments end in the rows of a full refresh, whatever arrives, in whatever order.

PROOF_HISTORIES says how many histories are tried (60), each of up to four companies.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.draws import Drawn, histories
from tests.properties.histories import EDITS, RAW
from tests.properties.replay import Replay
from tests.properties.steps import Run, Step
from tests.properties.stories import ANNA, BERT, STORIES, form_row, web_row

HISTORIES = int(os.environ.get("PROOF_HISTORIES", "60"))
EVENTS, LEDGER, TIMELINE = "lead_events", "points_ledger", "fct_lead_timeline"

settings.register_profile(
    "ci",
    max_examples=HISTORIES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
CI = settings.get_profile("ci")


def try_histories(replay: Replay, how: settings, drawn: Drawn = RAW) -> None:
    """Replay random histories; fails with the smallest that differs."""
    strategy: st.SearchStrategy[tuple[Step, ...]] = histories(
        tuple(replay.project.models),
        tuple(model.name for model in replay.project.incremental),
        tuple(replay.project.tables),
        tuple(sorted(EDITS)),
        drawn,
    )
    how(given(strategy)(replay.check))()


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_a_full_refresh(replay: Replay, story: str) -> None:
    replay.check(STORIES[story])


def test_any_history_ends_as_a_full_refresh(
    replay: Replay, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        try_histories(replay, CI)
    finally:
        with capsys.disabled():
            print(f"\n{replay.tally}")  # noqa: T201 - the figures are what the proof is for
    assert replay.tally.rows_compared > 0


def test_an_edited_rule_rebuilds_whom_it_touches_and_nobody_else(replay: Replay) -> None:
    warehouse = replay.warehouse
    relations = {name: replay.project.models[name].relation for name in (EVENTS, LEDGER, TIMELINE)}

    def versions() -> dict[str, set[tuple[str, str]]]:
        return {
            name: {
                (str(lead_key), str(version))
                for lead_key, version in warehouse.rows(relation, ("lead_key", "lead_version"))
            }
            for name, relation in relations.items()
        }

    warehouse.begin()
    warehouse.insert(
        (
            form_row("f1", "2026-01-05 10:00", ANNA),
            web_row("w1", "2026-01-05 10:01", device="phone"),
            web_row("w2", "2026-01-05 10:02", device="laptop", email=BERT),
        )
    )
    warehouse.run(Run())
    before = versions()
    warehouse.seed(frozenset({"no points for a form"}))
    warehouse.run(Run())
    after = versions()
    assert after[EVENTS] == before[EVENTS]
    for name in (LEDGER, TIMELINE):
        assert len(before[name]) == 2, name
        assert len(after[name] & before[name]) == 1, name
