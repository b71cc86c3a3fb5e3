"""Faults planted in the compiled SQL are found: the proof bites."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.properties.compiled import Model
from tests.properties.replay import Replay
from tests.properties.stories import STORIES
from tests.properties.test_incremental import EVENTS, LEDGER, TIMELINE

# Faults: the form they are planted in, the right words, the wrong ones, and the models. The full
# refresh has the fault too where it is in both forms: what is found is only that they differ.
TOUCHED = "where input_versions.lead_version is distinct from stored_versions.lead_version"
DELETE = (
    "delete from @target\n"
    "    where lead_key in (select lead_key from @temp where lead_version is null);"
)
BASE = ("base_raw__web_events", "base_raw__crm_leads", "base_raw__form_submissions")
ALL = (EVENTS, LEDGER, TIMELINE)
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
        "both", ", content_hash, part", "", BASE,
    ),
    "rows of people who are forgotten later stay": (
        "erasing", "|| coalesce(':' || erased.version, '')", "", ("base_raw__email_events",),
    ),
    "only what was loaded after the last load counts": (
        "increment",
        TOUCHED,
        "where input_versions.lead_key in (select lead_key from assigned "
        "where loaded_at > (select max(loaded_at) from @target))",
        (EVENTS,),
    ),
    "only what happened after the last event counts": (
        "increment",
        TOUCHED,
        "where input_versions.lead_key in (select lead_key from assigned "
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
    "an order of awards and balances without its last key": (
        "both", "order by occurred_at, ledger_entry_key", "order by occurred_at", (LEDGER,),
    ),
    "the version of a timeline without that of its points": (
        "both", "hash('3', lead_version)", "hash('3')", (TIMELINE,),
    ),
    "the version of a lead's stages without what time brings": (
        "both", "hash('4', given)", "0", ("int_stage_signals",),
    ),
    "the version of an event without when it was known": (
        "both",
        "hash('1', given)",
        "hash('1', given.event_key, given.occurred_at, given.signature_version, given.campaign_id)",
        (EVENTS,),
    ),
}  # fmt: skip


# By fault, a story that tells it.
TOLD_BY = {
    "a part that was read once is not read again": (
        "a record has versions in several parts, and a part grows"
    ),
    "only parts after the last part count": (
        "a record has versions in several parts, and a part grows"
    ),
    "versions of a record in other parts are not ranked again": (
        "two people become one, and part again"
    ),
    "the old rows of a record stay": "a record has versions in several parts, and a part grows",
    "an order of versions without their content": (
        "a record has versions in several parts, and a part grows"
    ),
    "rows of people who are forgotten later stay": (
        "somebody is forgotten, and the same rows come again"
    ),
    "only what was loaded after the last load counts": "an older person takes the key",
    "only what happened after the last event counts": (
        "a late event lies between two that were there"
    ),
    "what a killed run left undone is forgotten": "our own people leave no rows",
    "only new leads are built": "a late event lies between two that were there",
    "leads that are gone stay: no coalesce": "an address turns out to be shared, and then not",
    "leads that are gone stay: a left join": "an address turns out to be shared, and then not",
    "unequal in place of distinct": "our own people leave no rows",
    "nothing is deleted": "two people become one, and part again",
    "events that are there already are kept": "an event is corrected and changes hands",
    "an order of events without its last key": (
        "one thing is told twice in one moment, of many people"
    ),
    "an order of awards and balances without its last key": "moments tie",
    "the version of a timeline without that of its points": (
        "a rule pays less and nothing arrives"
    ),
    "the version of a lead's stages without what time brings": (
        "a lead expires because time passes, and a late event takes it back"
    ),
    "the version of an event without when it was known": (
        "what is loaded later is from before the first load"
    ),
}


def spoil(model: Model, form: str, right: str, wrong: str) -> Model:
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
def test_a_planted_fault_is_found(replay: Replay, fault: str) -> None:
    form, right, wrong, names = FAULTS[fault]
    models = replay.project.models
    spoilt = {name: spoil(models[name], form, right, wrong) for name in names}
    differs = f"({'|'.join(names)}) (is not|changes)"
    with replay.planting(spoilt), pytest.raises(AssertionError, match=differs):
        replay.check(STORIES[TOLD_BY[fault]])
