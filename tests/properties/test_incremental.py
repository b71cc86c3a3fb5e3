"""Increments end in the rows of a full refresh, whatever arrives, in whatever order.

PROOF_HISTORIES says how many histories are tried (300).
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.properties.histories import histories
from tests.properties.replay import Arrive, Edit, Model, Replay, Row, Run, Step

HISTORIES = int(os.environ.get("PROOF_HISTORIES", "300"))
EVENTS, LEDGER, RUNNING, TIMELINE = (
    "lead_events", "points_ledger", "int_points_running", "fct_lead_timeline",
)  # fmt: skip
# A planted fault is found when a story tells it, or one of so many random histories.
HISTORIES_FOR_A_FAULT = 60

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


def _try(replay: Replay, how: settings) -> None:
    """Replay random histories; fails with the smallest that differs."""
    strategy: st.SearchStrategy[tuple[Step, ...]] = histories(
        tuple(replay.project.models),
        tuple(model.name for model in replay.project.incremental),
        tuple(replay.project.raw_columns),
    )
    how(given(strategy)(replay.check))()


def _web(
    event_id: str, at: str, device: str = "phone", loaded: str = "2026-01-10", **more: str
) -> tuple[str, Row]:
    return "web_events", {
        "event_id": event_id,
        "event_name": "page_view",
        "occurred_at": at,
        "loaded_at": loaded,
        "anonymous_id": device,
        "page_url": "https://www.example.com/pricing",
        "user_agent": "Mozilla/5.0",
        **more,
    }


def _form(form_id: str, at: str, email: str, loaded: str = "2026-01-10") -> tuple[str, Row]:
    return "form_submissions", {
        "submission_id": form_id,
        "form_id": "demo_request",
        "occurred_at": at,
        "loaded_at": loaded,
        "anonymous_id": "phone",
        "email": email,
    }


def _lead(
    lead_id: str, email: str | None, loaded: str = "2026-01-10", **more: str
) -> tuple[str, Row]:
    return "crm_leads", {
        "lead_id": lead_id,
        "created_at": "2026-01-05 09:00:00",
        "email": email,
        "loaded_at": loaded,
        **more,
    }


def _mail(event_id: str, at: str, email: str) -> tuple[str, Row]:
    return "email_events", {
        "event_id": event_id,
        "event_name": "clicked",
        "occurred_at": at,
        "loaded_at": "2026-01-10",
        "email": email,
    }


def _deal(stage_name: str, loaded: str = "2026-01-10") -> tuple[str, Row]:
    return "crm_opportunities", {
        "opportunity_id": "O1",
        "lead_id": "L1",
        "created_at": "2026-01-06 09:00:00",
        "updated_at": "2026-01-09 09:00:00",
        "stage_name": stage_name,
        "loaded_at": loaded,
    }


def _deal_stage(stage_name: str, changed: str, loaded: str = "2026-01-12") -> tuple[str, Row]:
    return "crm_opportunity_history", {
        "history_id": "s1",
        "opportunity_id": "O1",
        "stage_name": stage_name,
        "changed_at": changed,
        "loaded_at": loaded,
    }


def _forget(request_id: str, email: str) -> tuple[str, Row]:
    return "erasure_requests", {
        "request_id": request_id,
        "requested_at": "2026-01-20",
        "loaded_at": "2026-01-21",
        "email": email,
    }


ANNA = "anna@firm.example"
BERT = "bert@firm.example"

STORIES: dict[str, tuple[Step, ...]] = {
    "nothing ever arrives": (Run(), Run()),
    "a late event lies between two that were there": (
        Arrive(
            (
                _form("f1", "2026-01-05 08:00", ANNA),
                _web("w1", "2026-01-05 08:20"),
                _web("w3", "2026-01-05 09:00"),
            )
        ),
        Run(),
        Arrive((_web("w2", "2026-01-05 08:40", loaded="2026-03-01"),)),
        Run(),
    ),
    "two people become one, and part again": (
        Arrive(
            (
                _lead("L1", ANNA),
                _lead("L2", BERT),
                _form("f1", "2026-01-05 08:00", ANNA),
                _form("f2", "2026-01-05 08:10", BERT),
            )
        ),
        Run(),
        Arrive((_lead("L2", BERT, "2026-01-11", merged_into_lead_id="L1"),)),
        Run(),
        Arrive((_lead("L2", BERT, "2026-01-12"),)),
        Run(),
    ),
    "an older person takes the key": (
        Arrive((_form("f1", "2026-01-06 08:00", ANNA), _web("w1", "2026-01-06 08:01"))),
        Run(),
        Arrive((_lead("L1", ANNA, "2026-01-09"),)),
        Run(),
    ),
    "an address turns out to be shared, and then not": (
        Arrive((_lead("L1", ANNA), _lead("L2", ANNA), _form("f1", "2026-01-05 10:00", ANNA))),
        Run(),
        Edit(frozenset({"a role address"})),
        Run(),
        Edit(frozenset()),
        Run(),
    ),
    "our own people leave no rows": (
        Arrive((_form("f1", "2026-01-05 10:00", ANNA), _web("w1", "2026-01-05 10:01"))),
        Run(),
        Edit(frozenset({"an own domain"})),
        Run(),
    ),
    "rules and types change and nothing arrives": (
        Arrive((_form("f1", "2026-01-05 10:00", ANNA), _web("w1", "2026-01-05 10:01"))),
        Run(),
        Edit(frozenset({"points of a page"})),
        Run(),
        Edit(frozenset({"no type for a page", "points of a page"})),
        Run(),
    ),
    "a rule pays less and nothing arrives": (
        Arrive((_form("f1", "2026-01-05 10:00", ANNA), _web("w1", "2026-01-05 10:01"))),
        Run(),
        Edit(frozenset({"fewer points of a page"})),
        Run(),
    ),
    "a run is killed after every model": (
        Arrive((_form("f1", "2026-01-05 10:00", ANNA), _web("w1", "2026-01-05 10:01"))),
        Run(),
        Arrive((_lead("L1", ANNA, status="Working"), _web("w2", "2026-01-05 10:00"))),
        *(Run(killed_after=number) for number in range(1, 60, 3)),
    ),
    "moments tie": (
        Arrive(tuple(_web(f"w{number}", "2026-01-05 10:00", email=ANNA) for number in range(8))),
        Run(),
        Arrive(
            tuple(
                _web(f"v{number}", "2026-01-05 10:00", email=ANNA, utm_campaign=f"c{number % 3}")
                for number in range(8)
            )
        ),
        Run(),
    ),
    "an event is corrected and changes hands": (
        Arrive(
            (
                _web("w1", "2026-01-05 10:00", email=ANNA),
                _web("w2", "2026-01-05 11:00", email=BERT),
            )
        ),
        Run(),
        Arrive((_web("w1", "2026-01-05 10:00", email=BERT, loaded="2026-01-11"),)),
        Run(),
    ),
    "a cycle begins and its events were there": (
        Arrive(
            (
                _lead("L1", ANNA),
                _form("f1", "2026-01-05 10:00", ANNA),
                _form("f2", "2026-01-25 10:00", ANNA, loaded="2026-01-26"),
                _web("w1", "2026-01-25 10:00"),
            )
        ),
        Run(),
        Arrive(
            tuple(
                (
                    "crm_lead_history",
                    {
                        "history_id": f"h{day}",
                        "lead_id": "L1",
                        "field_name": "Status",
                        "old_value": old,
                        "new_value": new,
                        "changed_at": f"2026-01-{day}",
                        "loaded_at": "2026-02-01",
                    },
                )
                for day, old, new in ((10, "New", "MQL"), (20, "MQL", "Not Ready"))
            )
        ),
        Run(),
    ),
    "a deal without flags is won by its history, and was not": (
        Arrive((_lead("L1", ANNA), _deal("Proposal"))),
        Run(),
        Arrive((_deal("Closed Won", "2026-01-12"), _deal_stage("Closed Won", "2026-01-11"))),
        Run(),
        Arrive((_deal_stage("Proposal", "2026-01-11", "2026-01-13"),)),
        Run(),
        Arrive((_deal("Proposal", "2026-01-14"),)),
        Run(),
    ),
    "a record has versions in several parts, and a part grows": (
        Arrive((_lead("L1", ANNA, "2026-01-10"), _lead("L2", BERT, "2026-01-11"))),
        Run(),
        Arrive((_lead("L1", BERT, "2026-01-11"), _lead("L1", ANNA, "2026-01-11"))),
        Run(),
        Arrive((_lead("L1", None, "2026-01-09"), _lead("L2", BERT, "2026-01-11"))),
        Run(),
    ),
    "somebody is forgotten, and the same rows come again": (
        Arrive(
            (
                _lead("L1", ANNA),
                _form("f1", "2026-01-05 10:00", ANNA),
                _web("w1", "2026-01-05 10:01"),
                _mail("m1", "2026-01-05 11:00", ANNA),
                _form("f2", "2026-01-06 10:00", BERT),
                _web("w2", "2026-01-06 10:01"),
            )
        ),
        Run(),
        Arrive((_forget("e1", ANNA),)),
        Run(),
        Arrive((_lead("L1", ANNA, "2026-02-01"), _form("f1", "2026-01-05 10:00", ANNA))),
        Run(),
        Arrive((_form("f3", "2026-01-05 10:30", BERT, "2026-02-01"),)),
        Run(),
    ),
    "what is loaded later is from before the first load": (
        Arrive((_form("f1", "2026-01-05 10:00", ANNA), _web("w1", "2026-01-05 10:01"))),
        Run(),
        Arrive((_web("w2", "2026-01-04 10:01", loaded="2026-01-04 12:00", email=BERT),)),
        Run(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_a_full_refresh(replay: Replay, story: str) -> None:
    replay.check(STORIES[story])


def test_any_history_ends_as_a_full_refresh(
    replay: Replay, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        _try(replay, CI)
    finally:
        with capsys.disabled():
            print(f"\n{replay.tally}")  # noqa: T201 - the figures are what the proof is for
    assert replay.tally.rows_compared > 0


def test_an_edited_rule_rebuilds_whom_it_touches_and_nobody_else(replay: Replay) -> None:
    warehouse = replay.warehouse
    relations = {
        name: replay.project.models[name].relation for name in (EVENTS, LEDGER, RUNNING, TIMELINE)
    }

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
            _form("f1", "2026-01-05 10:00", ANNA),
            _web("w1", "2026-01-05 10:01", device="phone"),
            _web("w2", "2026-01-05 10:02", device="laptop", email=BERT),
        )
    )
    warehouse.run(Run())
    before = versions()
    warehouse.seed(frozenset({"no points for a form"}))
    warehouse.run(Run())
    after = versions()
    assert after[EVENTS] == before[EVENTS]
    for name in (LEDGER, RUNNING, TIMELINE):
        assert len(before[name]) == 2, name
        assert len(after[name] & before[name]) == 1, name


# Faults: the form they are planted in, the right words, the wrong ones, and the models. The full
# refresh has the fault too where it is in both forms: what is found is only that they differ.
TOUCHED = "where input_versions.lead_version is distinct from stored_versions.lead_version"
DELETE = (
    "delete from @target\n"
    "    where lead_key in (select lead_key from @temp where lead_version is null);"
)
BASE = ("base_raw__web_events", "base_raw__crm_leads", "base_raw__form_submissions")
ALL = (EVENTS, LEDGER, RUNNING, TIMELINE)
FAULTS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "a part that was read once is not read again": (
        "increment",
        "where parts.part_version is distinct from stored_parts.part_version",
        "where stored_parts.part is null",
        BASE,
    ),
    "only parts after the last part count": (
        "increment",
        "where parts.part_version is distinct from stored_parts.part_version",
        "where parts.part > (select max(part) from @target)",
        BASE,
    ),
    "versions of a record in other parts are not ranked again": (
        "increment", "record_key in (select record_key from touched_records)", "false", BASE,
    ),
    "the old rows of a record stay": (
        "strategy", "where record_key in (select record_key from @temp)", "where false", BASE,
    ),
    "an order of versions without their content": (
        "both", "order by arrived_at desc, content_hash, part", "order by arrived_at desc", BASE,
    ),
    "rows of people who are forgotten later stay": (
        "erasing", "|| coalesce(':' || erased.version, '')", "", ("base_raw__email_events",),
    ),
    "only what was loaded after the last load counts": (
        "increment",
        TOUCHED,
        "where input_versions.lead_key in (select lead_key from typed "
        "where loaded_at > (select max(loaded_at) from @target))",
        (EVENTS,),
    ),
    "only what happened after the last event counts": (
        "increment",
        TOUCHED,
        "where input_versions.lead_key in (select lead_key from typed "
        "where occurred_at > (select coalesce(max(occurred_at), '1970-01-01') from @target))",
        (EVENTS,),
    ),
    "what a killed run left undone is forgotten": (
        "increment",
        TOUCHED,
        f"{TOUCHED} and coalesce(input_versions.lead_key, stored_versions.lead_key) in ("
        'select lead_key from "warehouse"."intermediate"."lead_events" where loaded_at >= '
        '(select as_of from "warehouse"."intermediate"."clock"))',
        (LEDGER,),
    ),
    "only new leads are built": (
        "increment", TOUCHED, "where stored_versions.lead_key is null", ALL,
    ),
    "leads that are gone stay: no coalesce": (
        "increment",
        "coalesce(input_versions.lead_key, stored_versions.lead_key) as lead_key",
        "input_versions.lead_key",
        (EVENTS,),
    ),
    "leads that are gone stay: a left join": (
        "increment", "full outer join", "left join", (TIMELINE,),
    ),
    "unequal in place of distinct": ("increment", "is distinct from stored", "!= stored", ALL),
    "nothing is deleted": ("strategy", DELETE, "", ALL),
    "events that are there already are kept": (
        "strategy",
        DELETE,
        "delete from @temp where event_key in (select event_key from @target);",
        (EVENTS,),
    ),
    "an order of events without its last key": (
        "both", "order by occurred_at, event_key", "order by occurred_at", (EVENTS,),
    ),
    "an order of awards without its last key": (
        "both", "order by occurred_at, ledger_entry_key", "order by occurred_at", (LEDGER,),
    ),
    "an order of balances without its last key": (
        "both", "order by occurred_at, ledger_entry_key", "order by occurred_at", (RUNNING,),
    ),
    "the version of a timeline without that of its points": (
        "both", "hash('3', lead_version)", "hash('3')", (TIMELINE,),
    ),
    "the version of an event without when it was known": (
        "both",
        "hash('1', given)",
        "hash('1', given.event_key, given.occurred_at, given.event_type, given.campaign_id)",
        (EVENTS,),
    ),
}  # fmt: skip


def _spoil(model: Model, form: str, right: str, wrong: str) -> Model:
    """The model with other words in one of its forms, or in both."""
    if form == "strategy":
        assert right in model.strategy, f"The strategy of {model.name} has no '{right}'."
        return replace(model, strategy=model.strategy.replace(right, wrong))
    wrong = wrong.replace("@target", model.relation)
    spoilt = {name: text for name, text in model.forms.items() if form == "both" or form in name}
    missing = [name for name, text in spoilt.items() if right not in text]
    assert not missing, f"{model.name} has no '{right}' in {missing}."
    spoilt = {name: text.replace(right, wrong) for name, text in spoilt.items()}
    return replace(model, forms=model.forms | spoilt)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(
    replay: Replay, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    form, right, wrong, names = FAULTS[fault]
    models = replay.project.models
    spoilt = {name: _spoil(models[name], form, right, wrong) for name in names}
    without_shrinking = settings(
        CI, max_examples=HISTORIES_FOR_A_FAULT, phases=[Phase.generate], print_blob=False
    )
    with replay.planting(spoilt):
        with pytest.raises(AssertionError, match=f"({'|'.join(names)}) (is not|changes)"):
            for story in STORIES.values():
                replay.check(story)
            _try(replay, without_shrinking)
        found_by = replay.tally.histories
    with capsys.disabled():
        print(f"\nfound by history {found_by}: {fault}")  # noqa: T201
