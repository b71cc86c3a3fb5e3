"""Nobody who must not be contacted is in a queue, whatever mix of words and states there is."""

from __future__ import annotations

import duckdb
import pytest

from tests.dbt_runs import RunDbt
from tests.pipeline.planted_people import Planted

GUARDS = ["assert_nurture_queue_is_allowed", "assert_handoffs_to_reps_are_allowed"]


def test_the_policy_allows_what_was_planted_as_allowed(planted: Planted) -> None:
    found = planted.ask("found.may_email, found.may_call", "contact_policy")
    expected = {key: (person.may_email, person.may_call) for key, person in planted.people.items()}
    assert found == expected
    assert {True, False} == {email for email, _ in found.values()}


def test_a_channel_is_closed_with_a_reason_and_open_without(planted: Planted) -> None:
    found = planted.ask(
        "found.may_email = (found.email_reason = 'none'), "
        "found.may_call = (found.call_reason = 'none')",
        "contact_policy",
    )
    assert set(found.values()) == {(True, True)}


def test_reps_get_only_who_may_be_contacted_and_are_told_how(planted: Planted) -> None:
    assigned = planted.ask("found.owner_id", "lead_assignments")
    with_rep = {key for key, (owner,) in assigned.items() if owner is not None}
    assert len(with_rep) > 30
    assert all(
        (planted.people[key].may_call or planted.people[key].may_email)
        and not planted.people[key].is_customer
        for key in with_rep
    )
    routable = planted.ask(
        "found.may_call, found.may_email, found.next_content_id", "routable_leads"
    )
    assert set(routable) == with_rep
    for key, (may_call, may_email, content) in routable.items():
        person = planted.people[key]
        assert (may_call, may_email) == (person.may_call, person.may_email)
        assert content is None or person.may_email


def test_the_nurture_queue_holds_exactly_who_may_be_written_to_now(planted: Planted) -> None:
    assigned = planted.ask("found.owner_id", "lead_assignments")
    with_rep = {key for key, (owner,) in assigned.items() if owner is not None}
    queue = planted.ask("found.track, found.content_id", "nurture_queue")
    expected = {
        key: "customer" if person.is_customer else "acquisition"
        for key, person in planted.people.items()
        if person.may_email and not person.is_resting and key not in with_rep
    }
    assert {key: track for key, (track, _) in queue.items()} == expected
    assert set(expected.values()) == {"customer", "acquisition"}
    for_customers = {content for track, content in queue.values() if track == "customer"}
    for_others = {content for track, content in queue.values() if track != "customer"}
    assert for_customers <= {"add-ons", "roadmap"} | {
        f"guide-{topic}" for topic in ("analytics", "automation", "integration", "security")
    }
    assert not for_customers & for_others


def test_the_crm_is_told_of_no_content_and_no_owner_that_is_not_allowed(planted: Planted) -> None:
    told = planted.ask("found.owner_id, found.next_content_id", "crm_lead_sync")
    assert set(told) == {
        key for key, person in planted.people.items() if not person.is_deleted | person.is_internal
    }
    for key, (owner, content) in told.items():
        person = planted.people[key]
        assert owner is None or person.may_call or person.may_email
        assert content is None or person.may_email


FAULTS = {
    "an unsubscribed person in the queue": (
        "insert into marts.nurture_queue by name select lead_key, 'inquiry' as stage, "
        "'acquisition' as track, 'recycled' as queue_reason "
        "from marts.contact_policy where is_unsubscribed limit 1"
    ),
    "acquisition mail for a customer": (
        "update marts.nurture_queue set content_id = 'blog-security' where track = 'customer'"
    ),
    "an owner who may not call": (
        "update marts.lead_assignments set owner_id = 'r1' where lead_key in "
        "(select lead_key from marts.contact_policy where is_opted_out)"
    ),
    "a number to call after an opt-out": "update marts.routable_leads set may_call = true",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_guards_of_the_queues_bite(planted: Planted, run_dbt: RunDbt, fault: str) -> None:
    tables = ("nurture_queue", "lead_assignments", "routable_leads")
    with duckdb.connect(str(planted.db)) as connection:
        for table in tables:
            connection.execute(f"create or replace table kept_{table} as from marts.{table}")
        connection.execute(fault)
    try:
        run = run_dbt(["test", "--select", *GUARDS], raw=planted.db.parent / "raw", db=planted.db)
    finally:
        with duckdb.connect(str(planted.db)) as connection:
            for table in tables:
                connection.execute(f"delete from marts.{table}")
                connection.execute(f"insert into marts.{table} from kept_{table}")
                connection.execute(f"drop table kept_{table}")
    assert not run.success
    assert run.messages


def test_the_guards_pass_what_was_built(planted: Planted, run_dbt: RunDbt) -> None:
    run = run_dbt(["test", "--select", *GUARDS], raw=planted.db.parent / "raw", db=planted.db)
    assert run.success, run.log
